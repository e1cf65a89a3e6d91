"""Readers' keys. Of a key only its hash is here; a revoked one is gone."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.reader_key import ReaderKey
from dailypapers.store.schema import reader_keys


def add(tx: sa.Connection, subscriber_id: int, *, prefix: str, key_hash: str, may_act: bool, now: dt.datetime) -> None:
    """Store a key of a reader."""
    row = {
        "subscriber_id": subscriber_id,
        "prefix": prefix,
        "key_hash": key_hash,
        "may_act": may_act,
        "created_at": now,
    }
    tx.execute(sa.insert(reader_keys).values(row))


def by_prefix(tx: sa.Connection, prefix: str) -> ReaderKey | None:
    """Return the key of a prefix; `None` where there is none."""
    row = tx.execute(sa.select(reader_keys).where(reader_keys.c.prefix == prefix)).one_or_none()
    return _key(row) if row else None


def of_subscriber(tx: sa.Connection, subscriber_id: int) -> list[ReaderKey]:
    """Return a reader's keys, oldest first."""
    query = sa.select(reader_keys).where(reader_keys.c.subscriber_id == subscriber_id)
    return [_key(row) for row in tx.execute(query.order_by(reader_keys.c.id))]


def revoke(tx: sa.Connection, subscriber_id: int, prefix: str) -> bool:
    """Delete a reader's key; return whether there was one."""
    mine = (reader_keys.c.subscriber_id == subscriber_id, reader_keys.c.prefix == prefix)
    return tx.execute(sa.delete(reader_keys).where(*mine)).rowcount == 1


def note_use(tx: sa.Connection, key_id: int, *, day: dt.date) -> None:
    """Note that a key is used on a day."""
    tx.execute(sa.update(reader_keys).where(reader_keys.c.id == key_id).values(last_used_on=day))


def _key(row: sa.Row[Any]) -> ReaderKey:
    return ReaderKey(row.id, row.subscriber_id, row.prefix, row.key_hash, row.may_act, row.created_at, row.last_used_on)
