"""Saved papers: a note and a collection each, and only what changes after saving is news, once."""

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.web.a_digest import CELLS, GRAPHS, Got, a_digest

from dailypapers.domain.paper import PaperId, Presentation
from dailypapers.domain.saved import Facts, Remark
from dailypapers.domain.source import Announcement, AnnounceType
from dailypapers.domain.vote import Vote
from dailypapers.store import papers, saved, subscribers, votes
from dailypapers.store.database import reading, writing
from dailypapers.store.schema import saved_papers

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)


@pytest.fixture
def got(engine: sa.Engine) -> Got:
    """A reader who has saved both papers of their digest."""
    got = a_digest(engine)
    with writing(engine) as tx:
        for paper in got.papers:
            votes.cast(tx, got.reader, paper, Vote.SAVE, now=NOW)
    return got


def test_a_note_and_a_collection_stay_while_the_paper_is_taken_out_and_put_back(engine: sa.Engine, got: Got) -> None:
    paper = got.papers[0]
    with writing(engine) as tx:
        assert saved.describe(tx, got.reader, paper, Remark("Thesis", "Read again"))
        votes.withdraw(tx, got.reader, paper, Vote.SAVE)
        assert [one.paper_id for one in saved.of_readers(tx, [got.reader])] == [got.papers[1]]
        assert not saved.describe(tx, got.reader, paper, Remark())
        votes.cast(tx, got.reader, paper, Vote.SAVE, now=NOW)
        (kept,) = saved.of_readers(tx, [got.reader], paper_id=paper)
    assert kept.remark == Remark("Thesis", "Read again")


def test_everything_that_becomes_of_a_paper_is_a_fact(engine: sa.Engine, got: Got) -> None:
    later = replace(GRAPHS, code_url="https://github.com/x/y", also=(PaperId("doi", "10.1000/journal.1"),))
    shown = Presentation(journal="Journal of Graphs 3 (2026)")
    with writing(engine) as tx:
        papers.add(tx, [Announcement(later, "arxiv", NOW.date(), AnnounceType.REPLACE, 2, None, shown)], now=NOW)
        notice = (got.papers[0], "retraction", "10.1000/notice.1")
        assert (saved.note_notices(tx, [notice], now=NOW), saved.note_notices(tx, [notice], now=NOW)) == (1, 0)
        facts = saved.facts_of(tx, got.papers)
    assert facts[got.papers[0]] == Facts(
        2, "10.1000/journal.1", shown.journal, later.code_url, (("retraction", "10.1000/notice.1"),)
    )
    assert facts[got.papers[1]].notices == ()


def test_the_newest_version_counts(engine: sa.Engine, got: Got) -> None:
    for version in (2, 3):
        with writing(engine) as tx:
            item = Announcement(GRAPHS, "arxiv", NOW.date(), AnnounceType.REPLACE, version)
            papers.add(tx, [item], now=NOW + dt.timedelta(days=version))
    with reading(engine) as tx:
        assert saved.facts_of(tx, got.papers)[got.papers[0]].version == 3


def test_a_reader_knows_what_was_so_when_they_saved_it(engine: sa.Engine, got: Got) -> None:
    with reading(engine) as tx:
        before = {one.paper_id: one.facts for one in saved.of_readers(tx, [got.reader])}
        assert before == saved.facts_of(tx, got.papers)


def test_papers_with_dois_are_those_that_somebody_saved(engine: sa.Engine, got: Got) -> None:
    with writing(engine) as tx:
        found = saved.with_dois(tx, limit=9)
        assert found == [(got.papers[1], CELLS.id.value)]
        assert saved.with_dois(tx, after=got.papers[1], limit=9) == []


def test_nothing_is_left_of_whoever_is_erased(engine: sa.Engine, got: Got) -> None:
    with writing(engine) as tx:
        subscribers.erase(tx, got.reader)
        assert tx.execute(sa.select(saved_papers)).all() == []
