"""Erasing: whoever wants it, and whoever asked to subscribe and never confirmed."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.domain.link import Purpose
from dailypapers.domain.subscriber import SubscriberState
from dailypapers.store import subscribers
from dailypapers.tokens import LIFETIME


def erase(tx: sa.Connection, subscriber_id: int) -> None:
    """Forget somebody altogether."""
    subscribers.erase(tx, subscriber_id)


def expire_unconfirmed(tx: sa.Connection, *, now: dt.datetime, limit: int = subscribers.BATCH) -> tuple[int, int]:
    """Erase the next of those whose confirmation link has run out; returns how many, none once all are erased.

    Whoever had been a subscriber before is unsubscribed as before, which is the second number: anybody may have asked
    in their name.
    """
    late = subscribers.unconfirmed(tx, before=now - LIFETIME[Purpose.CONFIRM], limit=limit)
    back = [reader for reader in late if reader.confirmed_at]
    for reader in late:
        if reader.confirmed_at:
            subscribers.transition(tx, reader.id, to=SubscriberState.UNSUBSCRIBED, now=now)
        else:
            erase(tx, reader.id)
    return len(late) - len(back), len(back)
