"""What readers get of candidates, and why there may be no digest."""

import pytest
import sqlalchemy as sa
from tests.digests.test_preview import announce, close
from tests.digests.test_window import HOW, NOW

from dailypapers.digests.candidates import Candidates
from dailypapers.digests.choose import (
    NOTHING_NEW,
    NOTHING_RELEVANT,
    TOO_FEW,
    ReaderContext,
    choose,
    picked_for,
    why_skipped,
)
from dailypapers.digests.window import Window, Windows
from dailypapers.domain.digest import Pick, QuietTopic, Reason, TermKind
from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.subscriber import Amount, OnEmpty
from dailypapers.domain.vote import Votes
from dailypapers.library.learn import Learned

GRAPHS = (Interest(InterestKind.TOPIC, "graph neural networks"),)


@pytest.fixture
def candidates(engine: sa.Engine) -> Candidates:
    announce(engine, ["Deeper graph neural networks", "The weather"], upvotes=(None, 9))
    close(engine)
    return Candidates(engine, Windows(1, waiting=False, earliest=0), Learned())


def test_a_window_is_loaded_once_for_all_its_readers(candidates: Candidates) -> None:
    assert candidates.of(Window(0, 1)) is candidates.of(Window(0, 1))
    assert candidates.recent() is None


def test_what_somebody_has_does_not_come_again(engine: sa.Engine, candidates: Candidates) -> None:
    papers = candidates.of(Window(0, 1))
    new, known = ReaderContext(Amount(), GRAPHS), ReaderContext(Amount(), GRAPHS, already=frozenset({1}))
    choices = choose(engine, papers, [new, known], HOW, now=NOW)
    assert [[pick.paper_id for pick in choice.picks] for choice in choices] == [[1], []]


def test_why_there_is_no_digest_is_said(candidates: Candidates) -> None:
    papers, none = candidates.of(Window(0, 1)), candidates.of(Window(1, 1))
    pick = Pick("file:1", 0.5, Reason(()))
    assert why_skipped(Amount(), papers, [pick]) == ""
    assert why_skipped(Amount(least=2), papers, [pick]) == TOO_FEW
    assert why_skipped(Amount(), papers, []) == NOTHING_RELEVANT
    assert why_skipped(Amount(), none, []) == NOTHING_NEW


def topics(*texts: str) -> tuple[Interest, ...]:
    return tuple(Interest(InterestKind.TOPIC, text) for text in texts)


ZEBRAFISH = topics("zebrafish development")
TRENDING = Amount(on_empty=OnEmpty.TRENDING)


def test_a_topic_on_which_nothing_came_is_named(engine: sa.Engine, candidates: Candidates) -> None:
    papers = candidates.of(Window(0, 1))
    asked = [ReaderContext(Amount(), wanted) for wanted in (GRAPHS, ZEBRAFISH, (*GRAPHS, *ZEBRAFISH), ())]
    choices = choose(engine, papers, asked, HOW, now=NOW)
    assert [[quiet.topic for quiet in choice.quiet] for choice in choices] == [
        [], ["zebrafish development"], ["zebrafish development"], []
    ]  # fmt: skip
    assert [bool(choice.picks) for choice in choices] == [True, False, True, True]


def test_what_a_misspelt_topic_may_mean_is_said_with_the_digest(engine: sa.Engine) -> None:
    announce(engine, ["Deeper graph neural networks", "Shallow graph neural networks", "The weather"])
    close(engine)
    papers = Candidates(engine, Windows(1, waiting=False, earliest=0), Learned()).of(Window(0, 1))
    asked = [ReaderContext(Amount(), topics("weather", topic)) for topic in ("graph nueral networks", "ricci flow")]
    misspelt, quiet = choose(engine, papers, asked, HOW, now=NOW)
    assert misspelt.notes == ("Nothing matches “graph nueral networks” exactly. Did you mean “graph neural networks”?",)
    assert quiet.notes == ()


def test_the_nearest_paper_is_named_where_there_is_one(engine: sa.Engine, candidates: Candidates) -> None:
    """It is not relevant enough for the reader, who does not have it yet."""
    strict = Amount(relevance=0.99)
    near, far = GRAPHS, topics("stomatal conductance")
    asked = [
        ReaderContext(strict, (*near, *far)),
        ReaderContext(strict, near, already=frozenset({1})),
        ReaderContext(strict, (*near, Interest(InterestKind.PHRASE, "deeper", Stance.EXCLUDE))),
    ]
    choices = choose(engine, candidates.of(Window(0, 1)), asked, HOW, now=NOW)
    assert [choice.quiet for choice in choices] == [
        (QuietTopic("graph neural networks", 1), QuietTopic("stomatal conductance")),
        (QuietTopic("graph neural networks"),),
        (QuietTopic("graph neural networks"),),
    ]


def test_a_topic_that_cannot_be_used_is_not_quiet(engine: sa.Engine, candidates: Candidates) -> None:
    """There is a sentence that says why not."""
    asked = ReaderContext(Amount(), topics("the of and", "深度学习"))
    (choice,) = choose(engine, candidates.of(Window(0, 1)), [asked], HOW, now=NOW)
    assert choice.quiet == ()


def test_on_an_empty_day_comes_nothing_or_what_is_trending(engine: sa.Engine, candidates: Candidates) -> None:
    papers = candidates.of(Window(0, 1))
    asked = [ReaderContext(amount, ZEBRAFISH) for amount in (Amount(), TRENDING)]
    silent, trending = choose(engine, papers, asked, HOW, now=NOW)
    assert (silent.picks, silent.instead) == ((), False)
    assert [pick.paper for pick in trending.picks] == ["file:The weather", "file:Deeper graph neural networks"]
    assert trending.instead
    assert {term.kind for pick in trending.picks for term in pick.reason.terms} == {TermKind.TRENDING, TermKind.NEW}
    assert [why_skipped(Amount(), papers, one.picks) for one in (silent, trending)] == [NOTHING_RELEVANT, ""]


def test_on_a_day_that_brings_something_nothing_else_comes(engine: sa.Engine, candidates: Candidates) -> None:
    (choice,) = choose(engine, candidates.of(Window(0, 1)), [ReaderContext(TRENDING, GRAPHS)], HOW, now=NOW)
    assert ([pick.paper for pick in choice.picks], choice.instead) == (["file:Deeper graph neural networks"], False)


def test_what_is_trending_instead_is_news_and_not_unwanted(engine: sa.Engine, candidates: Candidates) -> None:
    never = Interest(InterestKind.PHRASE, "weather", Stance.EXCLUDE)
    voted = Votes(liked=("file:The weather",))
    asked = [
        ReaderContext(TRENDING, (*ZEBRAFISH, never)),
        ReaderContext(TRENDING, ZEBRAFISH, already=frozenset({2})),
        ReaderContext(TRENDING, ZEBRAFISH, voted),
    ]
    choices = choose(engine, candidates.of(Window(0, 1)), asked, HOW, now=NOW)
    assert [[pick.paper for pick in choice.picks] for choice in choices] == [["file:Deeper graph neural networks"]] * 3


def test_a_paper_outside_the_topics_alone_makes_no_digest(engine: sa.Engine, candidates: Candidates) -> None:
    (choice,) = choose(
        engine, candidates.of(Window(0, 1)), [ReaderContext(Amount(explore=True), ZEBRAFISH)], HOW, now=NOW
    )
    assert choice.picks == ()


def test_what_is_trending_outside_makes_no_digest() -> None:
    outside = Pick("file:2", 0.5, Reason(()), outside=True)
    assert picked_for([outside]) == ()
