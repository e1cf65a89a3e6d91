"""One at a time holds a lease; what a clock that was ahead wrote keeps nobody out."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.store import leases
from dailypapers.store.database import writing

MINUTE = dt.timedelta(minutes=1)


def take(engine: sa.Engine, holder: str, now: dt.datetime) -> bool:
    with writing(engine) as tx:
        return leases.take(tx, "fetch", holder, lasting=MINUTE, now=now)


def test_one_holds_it_until_it_runs_out_or_is_given_back(engine: sa.Engine, now: dt.datetime) -> None:
    assert take(engine, "a", now)
    assert not take(engine, "b", now)
    assert take(engine, "a", now + MINUTE / 2), "it is renewed"
    assert not take(engine, "b", now + MINUTE)
    assert take(engine, "b", now + MINUTE * 2)
    with writing(engine) as tx:
        leases.give_back(tx, "fetch", "b", now=now + MINUTE * 2)
    assert take(engine, "a", now + MINUTE * 2)


def test_a_lease_of_a_clock_that_was_ahead_is_not_believed(engine: sa.Engine, now: dt.datetime) -> None:
    assert take(engine, "ahead", now + dt.timedelta(days=40))
    assert take(engine, "right", now)


def test_clocks_that_differ_a_little_do_not_take_a_lease_away(engine: sa.Engine, now: dt.datetime) -> None:
    assert take(engine, "a minute ahead", now + MINUTE)
    assert not take(engine, "right", now)
