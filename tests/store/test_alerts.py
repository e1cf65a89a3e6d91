"""What the operator was told is kept by kind, and a failed try forgets nothing."""

import datetime as dt

import sqlalchemy as sa
from tests.conftest import NOW

from dailypapers.domain.alert import Told
from dailypapers.store import alerts
from dailypapers.store.database import writing

HOUR = dt.timedelta(hours=1)


def test_a_failed_try_keeps_when_it_was_told_last(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        alerts.note(tx, "source", "out", has_arrived=True, before=None, now=NOW)
        before = alerts.told(tx)["source"]
        alerts.note(tx, "source", "still out", has_arrived=False, before=before, now=NOW + HOUR)
        assert alerts.told(tx) == {"source": Told(NOW + HOUR, NOW, "still out")}
