"""What mails show, loaded many at a time: in order, with what stood beside each paper when it was composed."""

import pytest
import sqlalchemy as sa
from tests.web.a_digest import CELLS, GRAPHS, NOW, REASON, a_digest

from dailypapers.digests.render_input import RenderInput, Shared, digest_of, entry_of, laid_out, load_inputs
from dailypapers.domain.content import AboutPaper, Content
from dailypapers.domain.digest import Pick, Reason, Term, TermKind
from dailypapers.domain.edition import Edition
from dailypapers.domain.paper import Signals
from dailypapers.store import history, papers
from dailypapers.store.database import reading

EDITION = Edition(1, NOW.date(), NOW, 20, ())
LISTED = {
    1: papers.Listed(GRAPHS, ("arxiv",), Signals(upvotes=3), 1),
    2: papers.Listed(CELLS, ("biorxiv",), Signals(), 2),
}


def inputs_of(engine: sa.Engine, *deliveries: int) -> list[RenderInput]:
    with reading(engine) as tx:
        rows = [history.by_id(tx, number) for number in deliveries]
        return load_inputs(tx, [row for row in rows if row is not None])


def test_a_digest_is_loaded_with_its_picks_in_their_order(engine: sa.Engine) -> None:
    got, other = a_digest(engine), a_digest(engine, "bob", outside=True)
    first, second = inputs_of(engine, got.delivery, other.delivery)
    assert first.digest is not None
    assert second.digest is not None
    assert [entry.paper.title for entry in first.digest.entries] == [GRAPHS.title, CELLS.title]
    assert [entry.paper.title for entry in second.digest.entries] == [GRAPHS.title]
    assert [entry.paper.title for entry in second.digest.outside] == [CELLS.title]
    assert [entry.paper_id for entry in first.digest.entries] == list(got.papers)
    assert (first.bearer.subscriber_id, second.bearer.subscriber_id) == (got.reader, other.reader)
    assert first.digest.considered == 2


def test_picks_are_laid_out_in_order_with_what_stood_beside_the_papers_then() -> None:
    then = {str(GRAPHS.id): AboutPaper(("arxiv", "huggingface"), Signals(upvotes=1))}
    picks = (Pick("2", 0.9, REASON, paper_id=2), Pick("1", 0.8, REASON, paper_id=1, outside=True))
    digest = laid_out(EDITION, picks, LISTED, Content(notes=("A note.",), papers=then))
    assert [entry.paper for entry in digest.entries] == [CELLS]
    (outside,) = digest.outside
    assert (outside.paper, outside.sources, outside.signals) == (GRAPHS, ("arxiv", "huggingface"), Signals(upvotes=1))
    assert (digest.notes, digest.considered) == (("A note.",), EDITION.papers)
    assert digest.entries[0].signals == LISTED[2].signals
    several = laid_out(EDITION, picks, LISTED, Content(considered=812))
    assert (digest.is_of_several_days, several.is_of_several_days, several.considered) == (False, True, 812)


@pytest.mark.parametrize(
    ("kinds", "trending", "voted"),
    [
        ([TermKind.TRENDING], True, True),
        ([TermKind.NEW], True, False),
        ([TermKind.TRENDING, TermKind.NEW], True, True),
        ([TermKind.WORDS, TermKind.TRENDING], False, True),
        ([TermKind.WORDS], False, False),
        ([], True, False),
    ],
)
def test_a_digest_is_called_trending_where_nothing_was_asked_for(
    kinds: list[TermKind], trending: bool, voted: bool
) -> None:
    entries = [entry_of(LISTED[1], Reason((Term(kind, "text", 0.5),))) for kind in kinds]
    digest = digest_of(entries, EDITION)
    assert (digest.trending, digest.voted) == (trending, voted)


def test_nothing_to_send_is_nothing_to_load(engine: sa.Engine) -> None:
    got = a_digest(engine)
    assert inputs_of(engine) == []
    assert len(inputs_of(engine, got.delivery, got.delivery)) == 2


def test_papers_of_a_run_are_loaded_once(engine: sa.Engine) -> None:
    got, other = a_digest(engine), a_digest(engine, "bob")
    shared = Shared()
    with reading(engine) as tx:
        rows = [history.by_id(tx, number) for number in (got.delivery, other.delivery)]
        (first,), (second,) = (load_inputs(tx, [row], shared) for row in rows if row is not None)
    assert first.digest is not None
    assert second.digest is not None
    assert all(one.paper is two.paper for one, two in zip(first.digest.entries, second.digest.entries, strict=True))
    assert first.edition is second.edition
