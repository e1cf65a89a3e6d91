"""A request of a provider is new once."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.store import webhook_calls
from dailypapers.store.database import writing


def test_a_request_is_new_once_until_it_is_forgotten(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        assert [webhook_calls.is_new(tx, key, now=now) for key in ("a", "a", "b")] == [True, False, True]
        assert webhook_calls.prune(tx, before=now) == 0
        assert webhook_calls.prune(tx, before=now + dt.timedelta(days=1)) == 2
        assert webhook_calls.is_new(tx, "a", now=now)
