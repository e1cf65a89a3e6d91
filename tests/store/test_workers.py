"""A worker counts as alive from its registration to its end, or until it is found dead."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.domain.worker import LEASE, Process, Worker
from dailypapers.store import workers
from dailypapers.store.database import reading, writing

HERE = Process("here", 17, "4711")
SECOND = dt.timedelta(seconds=1)


def register(engine: sa.Engine, name: str, now: dt.datetime) -> None:
    with writing(engine) as tx:
        workers.register(tx, name, HERE, now=now)


def alive(engine: sa.Engine) -> list[Worker]:
    with reading(engine) as tx:
        return workers.alive(tx)


def test_a_worker_lives_until_it_ends(engine: sa.Engine, now: dt.datetime) -> None:
    register(engine, "one", now)
    register(engine, "two", now)
    assert alive(engine) == [Worker("one", HERE, now + LEASE), Worker("two", HERE, now + LEASE)]
    with writing(engine) as tx:
        workers.end(tx, "one", stopped="", now=now)
        assert workers.renew(tx, "two", now=now + SECOND)
    assert alive(engine) == [Worker("two", HERE, now + LEASE + SECOND)]


def test_who_was_declared_dead_cannot_renew(engine: sa.Engine, now: dt.datetime) -> None:
    register(engine, "one", now)
    with writing(engine) as tx:
        workers.declare_dead(tx, workers.alive(tx), now=now)
        assert not workers.renew(tx, "one", now=now)
    assert alive(engine) == []


def test_who_renewed_meanwhile_is_not_declared_dead(engine: sa.Engine, now: dt.datetime) -> None:
    register(engine, "one", now)
    seen = alive(engine)
    with writing(engine) as tx:
        workers.renew(tx, "one", now=now + SECOND)
        workers.declare_dead(tx, seen, now=now + SECOND)
    assert [worker.id for worker in alive(engine)] == ["one"]


def test_those_that_ended_long_ago_are_pruned(engine: sa.Engine, now: dt.datetime) -> None:
    for name in ("one", "two", "three"):
        register(engine, name, now)
    with writing(engine) as tx:
        workers.end(tx, "one", stopped="", now=now)
        workers.end(tx, "two", stopped="asked to stop", now=now + SECOND)
        assert workers.prune(tx, before=now + SECOND) == 1
