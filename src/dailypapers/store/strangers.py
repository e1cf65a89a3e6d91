"""Who was invited to a group without being a reader, as keyed hashes of their mailboxes."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.store.database import insert_new
from dailypapers.store.schema import invited_strangers

#: For so long nobody is invited again who did not answer.
KEPT = dt.timedelta(days=365)


def note(tx: sa.Connection, mailbox: str, *, now: dt.datetime) -> bool:
    """Note that a mailbox gets an invitation; tells whether it had none."""
    row = {"mailbox": mailbox, "invited_at": now}
    return bool(insert_new(tx, invited_strangers, [row], invited_strangers.c.mailbox))


def prune(tx: sa.Connection, *, before: dt.datetime) -> int:
    """Delete what was noted before a moment; returns how many."""
    return tx.execute(sa.delete(invited_strangers).where(invited_strangers.c.invited_at < before)).rowcount
