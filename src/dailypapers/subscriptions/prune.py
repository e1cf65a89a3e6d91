"""Prune: subscriptions that were never confirmed, and the record of who asked for one."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.store import signups, subscribers
from dailypapers.store.database import writing
from dailypapers.subscriptions.erase import expire_unconfirmed

#: The limits of the form look back a day; two more are for an operator who looks into an attack.
SIGN_UP_REQUESTS_KEPT = dt.timedelta(days=3)


def prune_sign_up_requests(engine: sa.Engine, *, now: dt.datetime) -> int:
    """Forget who asked to subscribe days ago; returns how many requests that were."""
    with writing(engine) as tx:
        return signups.prune(tx, before=now - SIGN_UP_REQUESTS_KEPT)


def prune_unconfirmed(engine: sa.Engine, *, now: dt.datetime, batch: int = subscribers.BATCH) -> tuple[int, int]:
    """End the subscriptions that were not confirmed in time, `batch` of them in a transaction.

    Returns how many subscribers were erased, and how many are unsubscribed as they were before they asked again.
    """
    erased, unsubscribed, more = 0, 0, (1, 1)
    while any(more):
        with writing(engine) as tx:
            more = expire_unconfirmed(tx, now=now, limit=batch)
        erased, unsubscribed = erased + more[0], unsubscribed + more[1]
    return erased, unsubscribed
