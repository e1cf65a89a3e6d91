"""A paper has one thumbnail, which stays; what was sought in vain is sought on three days."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.source import Announcement
from dailypapers.domain.thumbnail import Thumbnail
from dailypapers.store import papers, thumbnails
from dailypapers.store.database import reading, writing

TODAY = dt.date(2026, 4, 20)
ONE, OTHER = Thumbnail("1" * 32, 480, 300), Thumbnail("2" * 32, 100, 100)


def store(engine: sa.Engine, now: dt.datetime) -> list[int]:
    told = [Announcement(Paper(PaperId("arxiv", f"2604.0000{n}"), f"Paper {n}"), "arxiv", TODAY) for n in range(2)]
    with writing(engine) as tx:
        papers.add(tx, told, now=now)
        return sorted(papers.ids_by_name(tx, [str(one.paper.id) for one in told]).values())


def test_the_first_thumbnail_of_a_paper_stays_and_several_papers_may_share_one(
    engine: sa.Engine, now: dt.datetime
) -> None:
    ids = store(engine, now)
    with writing(engine) as tx:
        thumbnails.put(tx, ids[0], ONE, b"one", day=TODAY)
        thumbnails.put(tx, ids[0], OTHER, b"other", day=TODAY)
        thumbnails.put(tx, ids[1], ONE, b"one", day=TODAY)
        thumbnails.sought_in_vain(tx, ids[1], day=TODAY)
    with reading(engine) as tx:
        assert thumbnails.of_papers(tx, ids) == dict.fromkeys(ids, ONE)
        assert thumbnails.contents(tx, [ONE.name, OTHER.name, ""]) == {ONE.name: b"one"}
        assert thumbnails.unsought(tx, ids, day=TODAY) == []


def test_what_was_sought_in_vain_is_sought_once_a_day_and_may_come_still(engine: sa.Engine, now: dt.datetime) -> None:
    ids = store(engine, now)[:1]
    days = [TODAY + dt.timedelta(days=n) for n in range(5)]
    sought = []
    for day in days:
        with writing(engine) as tx:
            sought.append(thumbnails.unsought(tx, ids, day=day))
            if sought[-1]:
                thumbnails.sought_in_vain(tx, ids[0], day=day)
            assert thumbnails.unsought(tx, ids, day=day) == []
            assert thumbnails.of_papers(tx, ids) == {}
    assert sought == [ids, ids, ids, [], []]
    with writing(engine) as tx:
        thumbnails.put(tx, ids[0], ONE, b"one", day=days[-1])
        assert thumbnails.of_papers(tx, ids) == {ids[0]: ONE}
