"""What a database that was restored, or copied to another, may not send by itself."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.store import fences, holds, workers
from dailypapers.store.fences import DatabaseFence

#: A database that was copied to another one sends nothing more by itself.
FOR_GOOD = dt.date.max
RESTORED = "the database was restored from a backup made before this was sent, or not"
MOVED = "the database was moved to another one, which sends instead"


def hold_what_was_sent_since(tx: sa.Connection, *, through: dt.date, now: dt.datetime) -> int:
    """Hold what waited when a backup was made, and what will be composed for editions through a day.

    Whatever was sent between the backup and `through` is not known here. Returns how many mails wait for an operator.
    """
    return _hold(tx, DatabaseFence(through, RESTORED), now)


def retire(tx: sa.Connection, *, now: dt.datetime) -> int:
    """Keep a database from sending that was copied to another one; returns how many mails are left in it unsent."""
    return _hold(tx, DatabaseFence(FOR_GOOD, MOVED), now)


def _hold(tx: sa.Connection, fence: DatabaseFence, now: dt.datetime) -> int:
    workers.declare_dead(tx, workers.alive(tx), now=now)
    fences.add(tx, fence, now=now)
    return holds.hold_open(tx, fence.why)
