"""The audit log: who changed what, when, from what to what."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dailypapers.store.schema import audit


@dataclass(frozen=True, slots=True)
class Entry:
    """One change."""

    id: int
    at: dt.datetime
    actor: str
    """An account's address, or "command line"."""
    action: str
    address: str = ""
    """Whom it was about; empty where it was about nobody, or they have been erased since."""
    address_hash: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


def note(
    tx: sa.Connection,
    action: str,
    *,
    actor: str,
    now: dt.datetime,
    address: str = "",
    address_hash: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Add a change, in the transaction that makes it. `before` and `after` must hold no address."""
    row = {"at": now, "actor": actor, "action": action, "before": before, "after": after}
    tx.execute(sa.insert(audit).values(**row, address=address or None, address_hash=address_hash or None))


def newest(
    tx: sa.Connection, *, limit: int, before_id: int | None = None, address_hash: str | None = None
) -> list[Entry]:
    """Return changes, newest first: those older than `before_id`, and those about one address, where given."""
    query = sa.select(audit).order_by(audit.c.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(audit.c.id < before_id)
    if address_hash is not None:
        query = query.where(audit.c.address_hash == address_hash)
    return [_entry(row) for row in tx.execute(query)]


def _entry(row: sa.Row[Any]) -> Entry:
    return Entry(
        row.id, row.at, row.actor, row.action, row.address or "", row.address_hash or "", row.before, row.after
    )
