"""The ledger: how the deliveries of each edition ended."""

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.delivery import DeliveryState, Doubt, Ledger
from dailypapers.store.schema import editions, ended_deliveries, outbox


def ledgers(tx: sa.Connection, *, limit: int = 30) -> list[Ledger]:
    """Return the ledgers of the newest editions, newest first."""
    return _ledgers(tx, sa.select(editions).order_by(editions.c.id.desc()).limit(limit))


def of_editions(tx: sa.Connection, edition_ids: Collection[int]) -> list[Ledger]:
    """Return the ledgers of these editions, newest first."""
    return _ledgers(tx, sa.select(editions).where(editions.c.id.in_(edition_ids)).order_by(editions.c.id.desc()))


def _ledgers(tx: sa.Connection, query: sa.Select[Any]) -> list[Ledger]:
    days = tx.execute(query).all()
    counts = {row.id: _Counts() for row in days}
    of_readers, of_groups = (_counting(column, counts) for column in (outbox.c.edition_id, outbox.c.group_edition_id))
    # What has been deleted since is counted apart.
    ended = sa.select(ended_deliveries).where(ended_deliveries.c.edition_id.in_(counts))
    for row in (*tx.execute(of_readers), *tx.execute(of_groups), *tx.execute(ended)):
        counts[row.edition_id].add(DeliveryState(row.state), Doubt(row.doubt) if row.doubt else None, row.deliveries)
    return [
        Ledger(
            row.id,
            row.day,
            row.due + (row.group_due or 0),
            dict(counts[row.id].states),
            counts[row.id].resent,
            counts[row.id].undecided,
        )
        for row in days
    ]


def _counting(edition_id: sa.Column[Any], edition_ids: Collection[int]) -> sa.Select[Any]:
    return (
        sa.select(edition_id.label("edition_id"), outbox.c.state, outbox.c.doubt, sa.func.count().label("deliveries"))
        .where(edition_id.in_(edition_ids))
        .group_by(edition_id, outbox.c.state, outbox.c.doubt)
    )


@dataclass
class _Counts:
    """What is counted of one edition."""

    states: Counter[DeliveryState] = field(default_factory=Counter)
    resent: int = 0
    undecided: int = 0

    def add(self, state: DeliveryState, doubt: Doubt | None, deliveries: int) -> None:
        self.states[state] += deliveries
        if doubt is Doubt.RESEND and state in _ARRIVED:
            self.resent += deliveries
        if doubt is Doubt.HOLD and state is DeliveryState.UNCERTAIN:
            self.undecided += deliveries


_ARRIVED = (DeliveryState.ACCEPTED, DeliveryState.BOUNCED, DeliveryState.COMPLAINED)


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person behind a number of a ledger."""

    day: dt.date
    address: str
    state: DeliveryState
    tries: int
    said: str
    """The mail server's words, or our own reason for not sending."""
    at: dt.datetime
    """When it was last claimed, or else composed."""


def recipients(
    tx: sa.Connection, states: Collection[DeliveryState], *, day: dt.date | None = None, limit: int
) -> list[Recipient]:
    """Return who is behind the number of deliveries in these states, newest edition first, by address."""
    query = (
        sa.select(outbox, editions.c.day)
        .join(editions, editions.c.id == sa.func.coalesce(outbox.c.edition_id, outbox.c.group_edition_id))
        .where(outbox.c.state.in_([state.value for state in states]))
        .order_by(editions.c.id.desc(), outbox.c.address)
        .limit(limit)
    )
    if day is not None:
        query = query.where(editions.c.day == day)
    return [
        Recipient(
            row.day, row.address, DeliveryState(row.state), row.attempts, row.detail, row.claimed_at or row.created_at
        )
        for row in tx.execute(query)
    ]
