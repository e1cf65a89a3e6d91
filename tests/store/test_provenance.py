"""Where a paper came from can be looked up: who announced it, in which edition, and what was counted."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.domain.paper import Paper, PaperId, Signals
from dailypapers.domain.source import Announcement, AnnounceType
from dailypapers.store import editions, papers, provenance
from dailypapers.store.database import reading, writing

DAY = dt.date(2026, 4, 20)
PAPER = Paper(PaperId("arxiv", "2604.01234"), "A Paper With a Telling Title", also=(PaperId("doi", "10.1000/j.1"),))


def test_announcements_editions_and_counts_are_listed(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        papers.add(tx, [Announcement(PAPER, "arxiv", DAY, AnnounceType.CROSS, 2)], now=now)
        editions.close(tx, DAY, now=now)
        later = now + dt.timedelta(days=1)
        papers.add(tx, [Announcement(PAPER, "huggingface", later.date(), signals=Signals(upvotes=7))], now=later)
    with reading(engine) as tx:
        origin = provenance.of(tx, "doi:10.1000/j.1")
        assert provenance.of(tx, "doi:10.1000/j.2") is None
    assert origin is not None
    assert (origin.paper.title, origin.first_seen_at, origin.names) == (PAPER.title, now, ("doi:10.1000/j.1",))
    assert origin.announcements == (
        provenance.Announced("arxiv", "cross", 2, DAY, now, edition=DAY),
        provenance.Announced("huggingface", "new", None, later.date(), later, edition=None),
    )
    assert origin.readings == (provenance.SignalReading("huggingface", later.date(), 7, None, None),)
    assert origin.merges == ()
