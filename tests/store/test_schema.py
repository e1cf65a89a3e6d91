"""A point in time is aware or rejected, and UTC on the way out."""

import datetime as dt

import pytest
import sqlalchemy as sa

from dailypapers.store.database import reading, writing
from dailypapers.store.schema import suppressions

PLUS_TWO = dt.timezone(dt.timedelta(hours=2))


def suppress(engine: sa.Engine, since: dt.datetime) -> None:
    row = {"address": "a@example.org", "reason": "", "detail": "", "since": since}
    with writing(engine) as tx:
        tx.execute(sa.insert(suppressions), [row])


def test_a_moment_comes_back_in_utc(engine: sa.Engine) -> None:
    suppress(engine, dt.datetime(2026, 4, 20, 10, 0, tzinfo=PLUS_TWO))
    with reading(engine) as tx:
        since = tx.execute(sa.select(suppressions.c.since)).scalar_one()
    assert since == dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
    assert since.utcoffset() == dt.timedelta()


def test_a_moment_without_a_zone_is_rejected(engine: sa.Engine) -> None:
    with pytest.raises(sa.exc.StatementError):
        suppress(engine, dt.datetime(2026, 4, 20, 10, 0))  # noqa: DTZ001 - that is the point
