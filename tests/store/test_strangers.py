"""Who was invited without being a reader is noted once, until it is forgotten."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.store import strangers
from dailypapers.store.database import writing

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)


def test_a_mailbox_is_noted_once_until_it_is_forgotten(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        assert strangers.note(tx, "hash of one", now=NOW)
        assert not strangers.note(tx, "hash of one", now=NOW + dt.timedelta(days=1))
        assert strangers.note(tx, "hash of another", now=NOW + dt.timedelta(days=1))
        assert strangers.prune(tx, before=NOW + dt.timedelta(hours=1)) == 1
        assert strangers.note(tx, "hash of one", now=NOW + strangers.KEPT)
        assert not strangers.note(tx, "hash of another", now=NOW + strangers.KEPT)
