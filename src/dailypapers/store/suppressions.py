"""Addresses never to be mailed, and why."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dailypapers.store.database import begins_with, insert_new
from dailypapers.store.schema import suppressions


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address never to be mailed."""

    address: str
    reason: str
    detail: str
    """The server's words, or an operator's."""
    since: dt.datetime


def suppress(tx: sa.Connection, address: str, *, reason: str, detail: str, now: dt.datetime) -> None:
    """Suppress an address: it is never mailed again; the first reason stays."""
    row = {"address": address, "reason": reason, "detail": detail, "since": now}
    insert_new(tx, suppressions, [row])


def lift(tx: sa.Connection, address: str) -> bool:
    """Lift a suppression; return whether there was one."""
    return tx.execute(sa.delete(suppressions).where(suppressions.c.address == address)).rowcount == 1


def is_suppressed(tx: sa.Connection, address: str) -> bool:
    """Return whether an address is suppressed."""
    query = sa.select(suppressions.c.address).where(suppressions.c.address == address)
    return tx.execute(query).one_or_none() is not None


def one(tx: sa.Connection, address: str) -> Suppression | None:
    """Return why an address is suppressed, `None` where it is not."""
    row = tx.execute(sa.select(suppressions).where(suppressions.c.address == address)).one_or_none()
    return _suppression(row) if row else None


def beginning_with(tx: sa.Connection, text: str, *, limit: int, after: str = "") -> list[Suppression]:
    """Return suppressions of addresses that begin with a text, by address: those behind `after`, where it is given."""
    query = sa.select(suppressions).where(begins_with(tx, suppressions.c.address, text, after=after))
    return [_suppression(row) for row in tx.execute(query.order_by(suppressions.c.address).limit(limit))]


def _suppression(row: sa.Row[Any]) -> Suppression:
    return Suppression(row.address, row.reason, row.detail, row.since)
