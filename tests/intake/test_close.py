"""An edition is what had been announced when its day was closed, and nothing else."""

import datetime as dt

import sqlalchemy as sa
from tests.world import DAY, MONDAY, World, world

from dailypapers.intake.close import close
from dailypapers.intake.fetch import fetch
from dailypapers.store import editions
from dailypapers.store.database import reading


def ask(w: World, now: dt.datetime) -> None:
    fetch(w.dependencies.engine, w.dependencies.sources, make_http=w.dependencies.make_http, now=now)


def test_closing_twice_gives_the_same_edition(engine: sa.Engine) -> None:
    with world(engine) as w:
        ask(w, MONDAY)
        edition = close(engine, zone="UTC", now=MONDAY)
        w.announce("A Later Paper")
        ask(w, MONDAY)
        assert close(engine, zone="UTC", now=MONDAY + dt.timedelta(hours=1)) == edition
    assert (edition.day, edition.papers) == (MONDAY.date(), 3)


def test_what_comes_later_belongs_to_the_next_edition(engine: sa.Engine) -> None:
    with world(engine) as w:
        ask(w, MONDAY)
        close(engine, zone="UTC", now=MONDAY)
        w.announce("A Later Paper", "Something About the Weather")
        ask(w, MONDAY)
        following = close(engine, zone="UTC", now=MONDAY + DAY)
    assert following.papers == 1
    assert [status.new for status in following.sources] == [1]


def test_the_day_is_that_of_the_service(engine: sa.Engine) -> None:
    late = dt.datetime(2026, 4, 20, 23, 0, tzinfo=dt.UTC)
    assert close(engine, zone="Asia/Tokyo", now=late).day == dt.date(2026, 4, 21)
    assert close(engine, zone="America/New_York", now=late).day == dt.date(2026, 4, 20)
    with reading(engine) as tx:
        assert [edition.day.day for edition in editions.every(tx)] == [20, 21]
