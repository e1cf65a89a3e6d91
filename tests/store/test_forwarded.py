"""Forwarded papers as they are stored: known ones shared, others each reader's own."""

import datetime as dt

import sqlalchemy as sa
from tests.web.a_digest import CELLS, GRAPHS, a_digest
from tests.web.conftest import NOW

from dailypapers.domain.forwarded import ForwardedFrom, Listing
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.source import Announcement
from dailypapers.store import forwarded, papers, subscribers
from dailypapers.store.database import reading, writing
from dailypapers.store.schema import forwarded_papers
from dailypapers.store.schema import papers as paper_rows

SEA = Paper(PaperId("arxiv", "2604.00009"), "Maps of the deep sea floor", "Forged.", ("C Day",))
EARLIER = NOW - dt.timedelta(days=1)


def listing(*listed: Paper, name: str = "maps", source: ForwardedFrom = ForwardedFrom.SCHOLAR) -> Listing:
    return Listing(source, name, listed)


def of(engine: sa.Engine, reader: int) -> forwarded.Forwarded:
    with reading(engine) as tx:
        return forwarded.of_readers(tx, [reader], since=EARLIER)[reader]


def test_known_papers_are_shared_and_others_are_met_by_nobody_else(engine: sa.Engine) -> None:
    got = a_digest(engine)
    with writing(engine) as tx:
        assert forwarded.add(tx, got.reader, listing(GRAPHS, SEA), limit=9, now=NOW) == 2
        assert forwarded.add(tx, got.reader, listing(SEA, CELLS, name="sea"), limit=9, now=NOW) == 1
        assert papers.ids_by_name(tx, SEA.names()) == {}
        found = papers.between(tx, 0, papers.last_id(tx)).values()
    assert {paper.title for paper in found} == {GRAPHS.title, CELLS.title}
    graphs, cells, sea = of(engine, got.reader).candidates
    assert (graphs.paper_id, cells.paper_id) == got.papers
    assert sea.alerts == ("maps", "sea")
    with writing(engine) as tx:
        # What a stranger's email says does not become what everybody reads.
        papers.add(tx, [Announcement(SEA.__class__(SEA.id, SEA.title, "True."), "arxiv", NOW.date())], now=NOW)
        public = papers.by_key(tx, [str(SEA.id)])[str(SEA.id)]
        public_id = papers.ids_by_name(tx, [str(SEA.id)])[str(SEA.id)]
    assert public.abstract == "True."
    again = of(engine, got.reader)
    assert public_id in {one.paper_id for one in again.candidates}
    assert again.twins == (frozenset({sea.paper_id, public_id}),)


def test_there_is_a_limit_and_what_is_asked_for_stays_asked_for(engine: sa.Engine) -> None:
    reader = a_digest(engine).reader
    with writing(engine) as tx:
        assert forwarded.add(tx, reader, listing(SEA, source=ForwardedFrom.ARXIV), limit=1, now=NOW) == 1
        assert forwarded.add(tx, reader, listing(GRAPHS, SEA), limit=0, now=NOW) == 0
        assert forwarded.count_since(tx, reader, EARLIER) == 1
        assert forwarded.count_since(tx, reader, NOW) == 0
    (sea,) = of(engine, reader).candidates
    assert sea.is_asked_for


def test_it_is_erased_with_its_reader_and_forgotten_after_a_while(engine: sa.Engine) -> None:
    reader = a_digest(engine).reader
    with writing(engine) as tx:
        forwarded.add(tx, reader, listing(SEA), limit=9, now=NOW)
        assert forwarded.prune(tx, before=NOW) == 0
        subscribers.erase(tx, reader, now=NOW)
        assert tx.execute(sa.select(forwarded_papers)).all() == []
        assert SEA.title not in tx.scalars(sa.select(paper_rows.c.title)).all()
    bob = a_digest(engine, "bob").reader
    with writing(engine) as tx:
        forwarded.add(tx, bob, listing(SEA), limit=9, now=NOW)
        assert forwarded.prune(tx, before=NOW + dt.timedelta(days=1)) == 1
