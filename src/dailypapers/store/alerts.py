"""When the operator was last told of each kind of thing."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.domain.alert import Told
from dailypapers.store.database import replace_rows
from dailypapers.store.schema import alerts


def told(tx: sa.Connection) -> dict[str, Told]:
    """Return what the operator was last told of each kind."""
    return {row.kind: Told(row.tried_at, row.told_at, row.text) for row in tx.execute(sa.select(alerts))}


def note(tx: sa.Connection, kind: str, text: str, *, has_arrived: bool, before: Told | None, now: dt.datetime) -> None:
    """Note that the operator was told, or that it was tried."""
    told_at = now if has_arrived else before.told_at if before else None
    replace_rows(tx, alerts, [{"kind": kind, "tried_at": now, "told_at": told_at, "text": text}])
