"""Keys are found by prefix and name, listed for good, and revoked once."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.domain.api_key import Scope
from dailypapers.store import api_keys
from dailypapers.store.database import writing


def add(tx: sa.Connection, name: str, prefix: str, now: dt.datetime) -> int | None:
    scopes = [Scope.EDITIONS_READ, Scope.SUBSCRIBERS_READ]
    return api_keys.add(tx, name, prefix=prefix, key_hash="hash", scopes=scopes, per_minute=5, expires_at=None, now=now)


def test_a_key_comes_back_as_it_was_added(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        number = add(tx, "website", "dpk_one", now)
        assert number is not None
        api_keys.note_use(tx, number, day=now.date())
        key = api_keys.by_prefix(tx, "dpk_one")
        assert key is not None
        assert (key.id, key.name, key.key_hash, key.per_minute, key.created_at) == (number, "website", "hash", 5, now)
        assert key.scopes == frozenset({Scope.EDITIONS_READ, Scope.SUBSCRIBERS_READ})
        assert key.last_used_on == now.date()
        assert api_keys.by_prefix(tx, "dpk_two") is None


def test_one_live_key_has_a_name_and_one_key_has_a_prefix(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        first = add(tx, "website", "dpk_one", now)
        assert first is not None
        assert (add(tx, "website", "dpk_two", now), add(tx, "other", "dpk_one", now)) == (None, None)
        assert [api_keys.revoke(tx, first, now=now) for _ in range(2)] == [True, False]
        assert api_keys.by_name(tx, "website") is None
        assert add(tx, "website", "dpk_two", now) is not None
        assert [key.prefix for key in api_keys.every(tx)] == ["dpk_one", "dpk_two"]
