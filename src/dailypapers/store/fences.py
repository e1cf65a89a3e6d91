"""Fences: through which edition a database may not send by itself, as others may have sent."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from dailypapers.store.schema import fences


@dataclass(frozen=True, slots=True)
class DatabaseFence:
    """Digests of editions through a day wait for an operator."""

    through: dt.date
    why: str


def add(tx: sa.Connection, fence: DatabaseFence, *, now: dt.datetime) -> None:
    """Keep this database from sending editions through a day by itself."""
    tx.execute(sa.insert(fences).values(through=fence.through, why=fence.why, made_at=now))


def furthest(tx: sa.Connection) -> DatabaseFence | None:
    """Return the fence that reaches furthest; `None` where there is none."""
    row = tx.execute(sa.select(fences).order_by(fences.c.through.desc(), fences.c.id.desc()).limit(1)).one_or_none()
    return DatabaseFence(row.through, row.why) if row else None


def remove(tx: sa.Connection) -> int:
    """Let this database send by itself again; returns how many fences there were."""
    return tx.execute(sa.delete(fences)).rowcount
