"""Erasing: whoever wants it, and whoever asked to subscribe and never confirmed."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.domain.link import Purpose
from dailypapers.domain.subscriber import SubscriberState
from dailypapers.store import subscribers
from dailypapers.tokens import LIFETIME


def erase(tx: sa.Connection, subscriber_id: int, *, now: dt.datetime | None = None) -> None:
    """Erase everything stored about somebody, but for a suppression of their address. Idempotent.

    Webhooks are told where the moment is given.
    """
    subscribers.erase(tx, subscriber_id, now=now)


def expire_unconfirmed(tx: sa.Connection, *, now: dt.datetime, limit: int = subscribers.BATCH) -> tuple[int, int]:
    """Erase the next of those whose confirmation link has expired, and unsubscribe again who was a subscriber before.

    Anybody may have asked in the name of the latter. Returns how many of each; none once nobody is left.
    """
    late = subscribers.unconfirmed(tx, before=now - LIFETIME[Purpose.CONFIRM], limit=limit)
    former = [reader for reader in late if reader.confirmed_at]
    strangers = [reader for reader in late if not reader.confirmed_at]
    for reader in former:
        subscribers.transition(tx, reader.id, to=SubscriberState.UNSUBSCRIBED, now=now)
    for reader in strangers:
        erase(tx, reader.id, now=now)
    return len(strangers), len(former)
