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
from dailypapers.domain.digest import Pick, Reason
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.subscriber import Amount
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
    assert [[pick.paper_id for pick in picks] for picks in choose(engine, papers, [new, known], HOW, now=NOW)] == [
        [1],
        [],
    ]


def test_why_there_is_no_digest_is_said(candidates: Candidates) -> None:
    papers, none = candidates.of(Window(0, 1)), candidates.of(Window(1, 1))
    pick = Pick("file:1", 0.5, Reason(()))
    assert why_skipped(Amount(), papers, [pick]) == ""
    assert why_skipped(Amount(least=2), papers, [pick]) == TOO_FEW
    assert why_skipped(Amount(), papers, []) == NOTHING_RELEVANT
    assert why_skipped(Amount(), none, []) == NOTHING_NEW


def test_what_is_trending_outside_makes_no_digest() -> None:
    outside = Pick("file:2", 0.5, Reason(()), outside=True)
    assert picked_for([outside]) == ()
