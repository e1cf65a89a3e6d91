"""Requests are counted by key, over all processes, and anew each minute."""

import datetime as dt
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from dailypapers.domain.api_key import ApiKey
from dailypapers.store import api_keys
from dailypapers.store.database import writing
from dailypapers.web.api.limiter import Limiter, headers_of

NOW = dt.datetime(2026, 4, 20, 8, 0, 30, tzinfo=dt.UTC)


def key(engine: sa.Engine, name: str, *, per_minute: int = 2) -> ApiKey:
    with writing(engine) as tx:
        api_keys.add(tx, name, prefix=name, key_hash="hash", scopes=[], per_minute=per_minute, expires_at=None, now=NOW)
        added = api_keys.by_prefix(tx, name)
    assert added is not None
    return added


@pytest.fixture
def writes(engine: sa.Engine) -> Iterator[list[str]]:
    """The changes that were made in the database."""
    changes: list[str] = []

    def note(*arguments: object) -> None:
        changes.extend([str(arguments[2])] if str(arguments[2]).startswith("UPDATE") else [])

    event.listen(engine, "before_cursor_execute", note)
    yield changes
    event.remove(engine, "before_cursor_execute", note)


def test_each_key_has_its_own_minute(engine: sa.Engine) -> None:
    limiter, one, other = Limiter(engine), key(engine, "one"), key(engine, "other")
    assert [limiter.count(one, now=NOW).is_exceeded for _ in range(3)] == [False, False, True]
    assert not limiter.count(other, now=NOW).is_exceeded
    assert not limiter.count(one, now=NOW + dt.timedelta(seconds=30)).is_exceeded


def test_processes_share_a_key_s_minute(engine: sa.Engine) -> None:
    limiters, shared = (Limiter(engine), Limiter(engine)), key(engine, "one", per_minute=10)
    answers = [limiter.count(shared, now=NOW).is_exceeded for _ in range(8) for limiter in limiters]
    assert answers.count(False) == 10
    # Clocks differ: what one has counted in the next minute counts for the other.
    late, early = NOW + dt.timedelta(seconds=35), NOW + dt.timedelta(seconds=25)
    assert [limiters[0].count(shared, now=late).is_exceeded for _ in range(11)].count(False) == 10
    assert limiters[1].count(shared, now=early).is_exceeded


def test_a_clock_that_was_far_ahead_locks_no_key_out(engine: sa.Engine) -> None:
    shared = key(engine, "one")
    ahead = Limiter(engine)
    assert [ahead.count(shared, now=NOW + dt.timedelta(days=3)).is_exceeded for _ in range(3)][2]
    assert not Limiter(engine).count(shared, now=NOW).is_exceeded


def test_looking_seldom_writes_and_refusing_never(engine: sa.Engine, writes: list[str]) -> None:
    limiter, busy = Limiter(engine), key(engine, "one", per_minute=100)
    assert [limiter.count(busy, now=NOW).is_exceeded for _ in range(300)].count(False) == 100
    assert len(writes) == 20


def test_what_is_left_is_told(engine: sa.Engine) -> None:
    limiter, told = Limiter(engine), key(engine, "one", per_minute=100)
    left = [limiter.count(told, now=NOW) for _ in range(7)]
    assert headers_of(left[0]) == {"RateLimit-Policy": '"minute";q=100;w=60', "RateLimit": '"minute";r=99;t=30'}
    assert [each.remaining for each in left] == [99, 98, 97, 96, 95, 94, 93]
