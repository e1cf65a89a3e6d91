"""Addresses never to be mailed, and why."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.store.database import insert_new
from dailypapers.store.schema import suppressions


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
