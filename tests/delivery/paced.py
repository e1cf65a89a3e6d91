"""Mails that are claimed and sent at a pace; what tests of the pace, of routes and of domains share."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from tests.delivery import queued

from dailypapers.delivery.deliver import Sending, deliver_once
from dailypapers.delivery.pace import Claimed, Pace
from dailypapers.delivery.send import SenderOptions
from dailypapers.delivery.tally import Delivered
from dailypapers.domain.delivery import Priority
from dailypapers.domain.pace import Limit, Rules
from dailypapers.mail.transport import MemoryTransport
from dailypapers.store import attempts
from dailypapers.store.database import writing

NOW = queued.NOW
SECOND, MINUTE, HOUR, DAY = (dt.timedelta(seconds=n) for n in (1, 60, 3600, 86400))
PRIORITIES = (Priority.URGENT, Priority.BULK)


def as_digests(engine: sa.Engine, *, but: Sequence[int] = ()) -> None:
    """Make the mails in the outbox such as nobody waits for, but some."""
    with writing(engine) as tx:
        tx.execute(sa.text("UPDATE outbox SET priority = 'bulk'"))
        for key in but:
            tx.execute(sa.text("UPDATE outbox SET priority = 'urgent' WHERE id = :key"), {"key": key})


def daily(limit: int) -> Rules:
    """So many a day."""
    return Rules(quotas=(Limit(limit, DAY),))


def send(engine: sa.Engine, pace: Pace, transport: MemoryTransport, *, now: dt.datetime = NOW) -> Delivered:
    """Empty the outbox once."""
    options = SenderOptions(transport, "tester", pace)
    return deliver_once(Sending(engine, queued.renderer(), lambda: options), clock=lambda: now)


def claim(engine: sa.Engine, pace: Pace, worker: str, limit: int, *, now: dt.datetime = NOW) -> Claimed:
    """Claim as a run does."""
    with writing(engine) as tx:
        claimed = pace.claim(tx, worker, limit, PRIORITIES, now=now)
        attempts.start(
            tx,
            [turn.delivery for turn in claimed.turns],
            now=now,
            servers=[turn.server for turn in claimed.turns],
        )
    pace.went(claimed.turns)
    return claimed


def set_states(engine: sa.Engine, state: str, key: int) -> None:
    """Put a mail into a state."""
    with writing(engine) as tx:
        tx.execute(sa.text("UPDATE outbox SET state = :state WHERE id = :key"), {"state": state, "key": key})
