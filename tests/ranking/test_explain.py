"""A reason says what would happen without it; and the same question has the same answer however it is asked."""

import datetime as dt
import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.paper import Paper, PaperId, Signals
from dailypapers.ranking.corpus.background import LEAST_PAPERS, fit
from dailypapers.ranking.features import build
from dailypapers.ranking.matching import Matcher
from dailypapers.ranking.rank import Known, Reader, rank

NOW = dt.datetime(2026, 4, 20, tzinfo=dt.UTC)
WORDS = [
    f"{a}{b}" for a in ("graph", "cell", "star", "bread") for b in ("a", "o", "u", "ine", "ium", "ite", "oid", "ics")
]


def papers(prefix: str, many: int, seed: int) -> list[Paper]:
    chance = random.Random(seed)  # noqa: S311 - made-up papers, the same in every run
    made = []
    for n in range(many):
        start = 8 * chance.randrange(4)
        text = chance.choices(WORDS[start : start + 8], k=12) + chance.choices(WORDS, k=8)
        authors = (chance.choice(["Ann Lee", "Bo Chen", "Cy Diaz"]),)
        category = chance.choice(["cs.LG", "q-bio.GN", "stat.ML"])
        made.append(Paper(PaperId("file", f"{prefix}{n:04}"), " ".join(text[:5]), " ".join(text), authors, (category,)))
    return made


LIBRARY, POOL = papers("old", LEAST_PAPERS, 1), papers("new", 40, 2)
PLACES = {str(paper.id): ("Dept. of Physics, University of Oxford", "ETH") for paper in POOL[::3]}
PLAIN, LEARNED = (
    Matcher(replace(built, affiliations=PLACES)) for built in (build(POOL), build(POOL, background=fit(LIBRARY)))
)
KNOWN = Known(
    signals={str(paper.id): Signals(upvotes=n) for n, paper in enumerate(POOL[:9])},
    examples={str(paper.id): paper for paper in LIBRARY[:20]},
)
INTERESTS = [
    *(Interest(InterestKind.TOPIC, text) for text in ("grapha graphium", "cello cellics", "staru bread", "graphoid")),
    *(Interest(InterestKind.PHRASE, word) for word in ("grapho", "cellite")),
    Interest(InterestKind.PHRASE, "starine", Stance.AVOID),
    Interest(InterestKind.AUTHOR, "Ann Lee"),
    Interest(InterestKind.INSTITUTION, "Oxford University"),
    Interest(InterestKind.INSTITUTION, "eth", Stance.AVOID),
    Interest(InterestKind.CATEGORY, "stat.ML"),
    Interest(InterestKind.TOPIC, "breadium", Stance.AVOID),
]
FIRM = INTERESTS[:2]
READERS = st.builds(
    Reader,
    interests=st.lists(st.sampled_from(INTERESTS), unique=True).map(tuple),
    liked=st.lists(st.sampled_from(sorted(KNOWN.examples)), unique=True, max_size=6).map(tuple),
    limit=st.integers(0, 12),
    threshold=st.sampled_from([0.0, 0.2]),
    explore=st.booleans(),
)


@given(
    st.lists(st.sampled_from(INTERESTS[2:]), unique=True, min_size=1),
    st.sampled_from([PLAIN, LEARNED]),
    st.data(),
)
@settings(max_examples=60, deadline=None)
def test_without_an_interest_a_paper_scores_less_by_what_the_reason_says(
    more: list[Interest], matcher: Matcher, data: st.DataObject
) -> None:
    removed = data.draw(st.sampled_from(more))
    whole = rank(matcher, [Reader((*FIRM, *more), limit=40)], KNOWN, now=NOW)[0]
    fewer = rank(matcher, [Reader((*FIRM, *(i for i in more if i != removed)), limit=40)], KNOWN, now=NOW)[0]
    before, after = ({pick.paper: pick for pick in picks} for picks in (whole, fewer))
    for paper in before.keys() & after.keys():
        said = sum(term.weight for term in before[paper].reason.terms if term.interest == removed.text)
        assert np.isclose(before[paper].score - said, after[paper].score, atol=1e-5)


@given(READERS, st.sampled_from([PLAIN, LEARNED]))
@settings(max_examples=60, deadline=None)
def test_picks_come_in_the_order_of_their_reasons(reader: Reader, matcher: Matcher) -> None:
    picks = rank(matcher, [reader], KNOWN, now=NOW)[0]
    own = [pick for pick in picks if all(term.kind != "elsewhere" for term in pick.reason.terms)]
    assert len(picks) <= max(reader.limit, 0)
    assert len(picks) - len(own) <= 1
    scores = [pick.score for pick in own]
    assert all(one >= other - 1e-5 for one, other in pairwise(scores))
    assert all(pick.reason.sentence() for pick in picks if pick.score > 0)


@given(st.lists(READERS, min_size=1, max_size=6), st.sampled_from([PLAIN, LEARNED]), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_whoever_else_is_served_changes_nothing(readers: list[Reader], matcher: Matcher, chance: random.Random) -> None:
    together = rank(matcher, readers, KNOWN, now=NOW)
    apart = [rank(Matcher(matcher.features), [reader], KNOWN, now=NOW)[0] for reader in readers]
    assert together == apart
    order = chance.sample(range(len(readers)), len(readers))
    assert rank(matcher, [readers[n] for n in order], KNOWN, now=NOW) == [together[n] for n in order]


def test_one_pick_from_elsewhere_at_most_and_only_for_who_wants_it() -> None:
    topic = (Interest(InterestKind.TOPIC, "cello cellics"),)
    calm, curious = rank(LEARNED, [Reader(topic, limit=5), Reader(topic, limit=5, explore=True)], KNOWN, now=NOW)
    assert len(calm) == len(curious) == 5
    assert calm[:4] == curious[:4]
    assert curious[4].reason.sentence().startswith("Something different")
    assert str(curious[4].paper) not in {pick.paper for pick in calm[:4]}


def test_a_followed_institution_is_said_as_the_paper_writes_it() -> None:
    followed = (Interest(InterestKind.INSTITUTION, "Oxford University"),)
    (picks,) = rank(PLAIN, [Reader(followed, limit=40)], KNOWN, now=NOW)
    assert {pick.paper for pick in picks} == set(PLACES)
    assert all("From University of Oxford, which you follow" in pick.reason.sentence() for pick in picks)
    never = (Interest(InterestKind.INSTITUTION, "Oxford University", Stance.EXCLUDE),)
    (others,) = rank(PLAIN, [Reader(never, limit=40)], KNOWN, now=NOW)
    assert others
    assert not {pick.paper for pick in others} & set(PLACES)


def test_a_cross_list_is_called_so_unless_its_primary_category_is_followed() -> None:
    listed = Paper(PaperId("file", "1"), "Grapha graphium", categories=("cs.CV", "cs.LG"))

    def said(*categories: str) -> str:
        interests = tuple(Interest(InterestKind.CATEGORY, category) for category in categories)
        ((pick, *_),) = rank(Matcher(build([listed])), [Reader(interests, limit=1)], Known(), now=NOW)
        return pick.reason.sentence().removesuffix(" · new, with no votes yet")

    assert said("cs.LG") == "Cross-listed in cs.LG"
    assert said("cs.CV") == "In cs.CV"
    assert said("cs.LG", "cs.CV") == "In cs.CV · in cs.LG"
