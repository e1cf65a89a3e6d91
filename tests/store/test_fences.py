"""The fence that reaches furthest counts, and an operator can remove them."""

import datetime as dt

import sqlalchemy as sa
from tests.conftest import NOW

from dailypapers.store import fences
from dailypapers.store.database import writing
from dailypapers.store.fences import DatabaseFence

DAY = dt.date(2026, 4, 20)


def test_the_fence_that_reaches_furthest_counts_until_it_is_removed(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        assert fences.furthest(tx) is None
        for days in (1, 3, 2):
            fences.add(tx, DatabaseFence(DAY + days * dt.timedelta(days=1), f"{days} days"), now=NOW)
        assert fences.furthest(tx) == DatabaseFence(DAY + dt.timedelta(days=3), "3 days")
        assert fences.remove(tx) == 3
        assert fences.furthest(tx) is None
