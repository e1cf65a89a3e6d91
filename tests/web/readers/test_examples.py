"""Pasted papers: those we know are examples, the others are named, and beyond twenty counted."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.reference import References
from dailypapers.domain.source import Announcement
from dailypapers.references.read import read
from dailypapers.store import papers
from dailypapers.store.database import reading, writing
from dailypapers.web.readers.examples import Examples, look_up

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)


def test_known_papers_come_once_and_unknown_ones_are_named(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        papers.add(tx, [Announcement(Paper(PaperId("doi", "10.1000/two"), "Two"), "arxiv", NOW.date())], now=NOW)
    with reading(engine) as tx:
        examples = look_up(tx, read("10.1000/two, 10.1000/three"), read("10.1000/two\nprose"))
    assert (examples.ids, examples.unknown, examples.more_unknown) == (("doi:10.1000/two",), ("10.1000/three",), 0)
    assert len(examples.unread) == 1
    assert not examples.is_whole


def test_many_unknown_ones_are_counted(engine: sa.Engine) -> None:
    with reading(engine) as tx:
        examples = look_up(tx, read(" ".join(f"10.1000/{n:04}" for n in range(1, 26))))
        assert look_up(tx, References()) == Examples()
    assert (len(examples.unknown), examples.more_unknown) == (20, 5)
    assert Examples().is_whole
