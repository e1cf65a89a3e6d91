"""What is trending outside a reader's subjects: talked about, and nothing they get anyway or do not want."""

import datetime as dt

import numpy as np
from tests.ranking.test_rank import POOL

from dailypapers.domain.digest import TermKind
from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.paper import Signals
from dailypapers.ranking.exploration import outside
from dailypapers.ranking.features import build
from dailypapers.ranking.matching import Matcher
from dailypapers.ranking.rank import Known, Reader, rank

NOW = dt.datetime(2026, 4, 20, tzinfo=dt.UTC)
SCORES = np.array([0.9, 0.0, 0.1, -np.inf, -0.5, 0.0])
INSIDE = np.array([0.9, 0.0, 0.1, 0.0, 0.0, 0.0]) > 0.5
KIN = np.array([0, 1, 2, 3, 4, 1])


def test_the_most_talked_about_comes_first_and_nothing_that_is_not_wanted() -> None:
    assert outside([3, 4, 0, 2, 1, 5], SCORES, INSIDE, KIN, taken=(), count=3) == (2, 1)


def test_of_papers_that_say_the_same_one_is_shown() -> None:
    assert outside([5, 1, 2], SCORES, INSIDE, KIN, taken=(), count=3) == (5, 2)
    assert outside([5, 1, 2], SCORES, INSIDE, KIN, taken=(1,), count=3) == (2,)


def test_no_more_are_shown_than_asked_for() -> None:
    assert outside([1, 2], SCORES, INSIDE, KIN, taken=(), count=1) == (1,)
    assert outside([1, 2], SCORES, INSIDE, KIN, taken=(), count=0) == ()


def test_a_reader_with_topics_gets_what_others_talk_about_last_and_marked() -> None:
    matcher = Matcher(build(POOL))
    talk = Known(signals={str(paper.id): Signals(upvotes=10 * (n + 1)) for n, paper in enumerate(POOL)})
    topic = Interest(InterestKind.TOPIC, "state space models")
    picks, none, bare = rank(
        matcher,
        [
            Reader((topic,), limit=1, threshold=0.1, outside=2),
            Reader((), limit=1, outside=2),
            Reader((topic,), limit=1, threshold=0.1),
        ],
        talk,
        now=NOW,
    )
    assert [pick.outside for pick in picks] == [False, True, True]
    assert all(pick.reason.terms[0].kind is TermKind.TRENDING for pick in picks[1:])
    assert all("upvotes" in pick.reason.sentence() for pick in picks[1:])
    assert not any(pick.outside for pick in (*none, *bare))
    assert len({pick.paper for pick in picks}) == 3


def test_what_a_reader_excludes_is_not_shown_from_outside_either() -> None:
    matcher = Matcher(build(POOL))
    talk = Known(signals={str(paper.id): Signals(upvotes=10) for paper in POOL})
    topic = Interest(InterestKind.TOPIC, "state space models")
    unwanted = [Interest(InterestKind.PHRASE, " ".join(p.title.split()[:2]), Stance.EXCLUDE) for p in POOL[2:]]
    before, after = rank(matcher, [Reader((topic,), outside=9), Reader((topic, *unwanted), outside=9)], talk, now=NOW)
    gone = {str(paper.id) for paper in POOL[2:]}
    assert gone & {pick.paper for pick in before if pick.outside}
    assert not gone & {pick.paper for pick in after}


def test_the_last_paper_of_a_day_can_be_the_one_from_elsewhere() -> None:
    matcher = Matcher(build(POOL))
    last = str(matcher.features.papers[-1].id)
    topic = Interest(InterestKind.TOPIC, "protein folding")
    reader = Reader((topic,), limit=5, threshold=0.3, explore=True)
    (picks,) = rank(matcher, [reader], Known(signals={last: Signals(upvotes=9)}), now=NOW)
    assert [pick.paper for pick in picks][-1] == last
    assert picks[-1].reason.terms[0].kind is TermKind.ELSEWHERE
