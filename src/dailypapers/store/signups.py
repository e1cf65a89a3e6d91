"""Who asked to subscribe lately, as keyed hashes: what the limits of `domain.signup` are counted on."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.domain.signup import MAILBOX_PAUSE, Counts, SignUpRequest
from dailypapers.store.database import lock
from dailypapers.store.schema import asks

_HOUR = MAILBOX_PAUSE
_DAY = dt.timedelta(days=1)


def count(tx: sa.Connection, ask: SignUpRequest, *, now: dt.datetime) -> Counts:
    """Count what the limits go by. Other requests wait until this transaction ends, so that two cannot both be last."""
    lock(tx, asks)
    hour, granted = asks.c.asked_at > now - _HOUR, asks.c.granted.is_(sa.true())
    same_mailbox = sa.or_(asks.c.address == ask.address, asks.c.canonical == ask.mailbox)
    counts_of_mailbox = sa.select(sa.func.count(), sa.func.count(sa.case((hour, 1)))).where(
        same_mailbox, granted, asks.c.asked_at > now - _DAY
    )
    network = sa.select(sa.func.count()).where(asks.c.network == ask.network, granted, hour)
    overall = sa.select(sa.func.count(), sa.func.count(sa.case((granted, 1)))).where(hour)
    of_day, of_hour = tx.execute(counts_of_mailbox).one()
    requests, let_through = tx.execute(overall).one()
    last = tx.execute(sa.select(sa.func.max(asks.c.asked_at))).scalar()
    before = sa.select(sa.func.count()).where(asks.c.asked_at > last - _HOUR) if last else sa.select(sa.literal(0))
    of_network, stood = tx.execute(network).scalar_one(), tx.execute(before).scalar_one()
    return Counts(of_hour, of_day, of_network, requests, let_through, asked_before=stood)


def note(tx: sa.Connection, ask: SignUpRequest, *, granted: bool, now: dt.datetime) -> None:
    """Record a request."""
    row = {"asked_at": now, "address": ask.address, "canonical": ask.mailbox, "network": ask.network}
    tx.execute(sa.insert(asks).values(**row, granted=granted))


def prune(tx: sa.Connection, *, before: dt.datetime) -> int:
    """Delete requests from before a moment; return how many."""
    return tx.execute(sa.delete(asks).where(asks.c.asked_at < before)).rowcount
