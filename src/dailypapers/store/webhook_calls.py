"""Which requests of providers have been dealt with: what comes again changes nothing."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.store.database import insert_new
from dailypapers.store.schema import webhook_calls


def is_new(tx: sa.Connection, key: str, *, now: dt.datetime) -> bool:
    """Note a request; return whether it comes for the first time."""
    return bool(insert_new(tx, webhook_calls, [{"key": key, "received_at": now}], webhook_calls.c.key))


def prune(tx: sa.Connection, *, before: dt.datetime) -> int:
    """Forget what came before a moment; returns how many requests that were."""
    return tx.execute(sa.delete(webhook_calls).where(webhook_calls.c.received_at < before)).rowcount
