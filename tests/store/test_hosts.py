"""Hosts by the database's own clock."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.store import hosts
from dailypapers.store.database import reading, writing

MINUTE = dt.timedelta(minutes=1)


def test_the_databases_clock_is_the_time_of_day(engine: sa.Engine) -> None:
    with reading(engine) as tx:
        first = hosts.clock(tx)
        assert abs(dt.datetime.now(dt.UTC) - first) < MINUTE
        while hosts.clock(tx) == first:
            """It goes on within a transaction."""


def test_a_host_that_was_never_asked_is_not_waited_for(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        assert hosts.ahead(tx, ["example.org"]) == ()
        assert hosts.closed(tx) == {}
        hosts.note(tx, "example.org", rest=30, is_closed=False)
        (times,) = hosts.ahead(tx, ["example.org", "example.net"])
        assert 25 < times.next_in <= 30
        assert times.closed_for <= 0
        hosts.note(tx, "example.org", rest=90, is_closed=True)
        assert 80 < hosts.ahead(tx, ["example.org"])[0].closed_for <= 90
        assert list(hosts.closed(tx)) == ["example.org"]


def test_a_turn_is_one_holders_until_it_is_given_back(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        assert hosts.take(tx, "example.org", "a", lasting=MINUTE)
        assert hosts.take(tx, "example.org", "a", lasting=MINUTE)
        assert not hosts.take(tx, "example.org", "b", lasting=MINUTE)
        hosts.note(tx, "example.org", rest=0, is_closed=False)
        assert not hosts.take(tx, "example.org", "b", lasting=MINUTE)
        hosts.give_back(tx, "example.org", "b")
        assert not hosts.take(tx, "example.org", "b", lasting=MINUTE)
        hosts.give_back(tx, "example.org", "a")
    with writing(engine) as tx:
        assert hosts.take(tx, "example.org", "b", lasting=MINUTE)
