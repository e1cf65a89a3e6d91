"""What is counted for monitoring, several times a minute: each query is bounded, however much history there is."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from dailypapers.domain.delivery import DeliveryState
from dailypapers.domain.subscriber import SubscriberState
from dailypapers.store import latencies, ledger, outbox, subscribers
from dailypapers.store.controls import Name, control
from dailypapers.store.latencies import Latencies
from dailypapers.store.schema import attempts, bounces, editions, fetches, mail_server_counts, suppressions
from dailypapers.store.schema import workers as workers_table

#: Replies are counted of so many of the newest mails.
NEWEST_MAILS = 10_000
_HOUR, _DAY, _MONTH = dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SourceAge:
    """How a source stands."""

    state: str
    """As the last fetch found it."""
    fetched_at: dt.datetime
    brought_at: dt.datetime | None
    """When it last brought a new paper; `None` where it has not for a month."""


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest edition, and what became of its digests."""

    closed_at: dt.datetime
    papers: int
    due: int
    deliveries: Mapping[DeliveryState, int]
    residue: int
    """Of those that were due, how many are in no state: anything but 0 is a fault."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that is counted, at one moment."""

    waiting: Mapping[DeliveryState, int]
    sent_in_the_last_hour: int
    replies: Mapping[str, int]
    """Of the newest mails, by whose fault a refusal was and whether that passes, such as "mailbox final"."""
    bounces: Mapping[tuple[str, str, bool], int]
    """Of the last day: by kind, whose fault, and whether the address is dead."""
    subscribers: Mapping[SubscriberState, int]
    suppressed: int
    sources: Mapping[str, SourceAge]
    newest: Newest | None
    workers: int
    switched_on: Mapping[Name, bool]
    answers: Latencies = latencies.NONE
    """Of the newest mails: how long the mail server took."""
    waits: Latencies = latencies.NONE
    """Of the newest mails: how long they were in the outbox before."""


def snapshot(tx: sa.Connection, *, now: dt.datetime) -> Snapshot:
    """Count everything."""
    sent = sa.select(sa.func.coalesce(sa.func.sum(mail_server_counts.c.mails), 0))
    alive = sa.select(sa.func.count()).select_from(workers_table).where(workers_table.c.ended_at.is_(None))
    return Snapshot(
        waiting=outbox.waiting(tx),
        sent_in_the_last_hour=tx.execute(sent.where(mail_server_counts.c.began_at > now - _HOUR)).scalar_one(),
        replies=_replies(tx),
        bounces=_bounces(tx, now - _DAY),
        subscribers=subscribers.counts(tx),
        suppressed=tx.execute(sa.select(sa.func.count()).select_from(suppressions)).scalar_one(),
        sources=_sources(tx, now - _MONTH),
        newest=_newest(tx),
        workers=tx.execute(alive).scalar_one(),
        switched_on={name: control(tx, name) is not None for name in Name},
        answers=latencies.answers(tx, newest=NEWEST_MAILS),
        waits=latencies.waits(tx, newest=NEWEST_MAILS),
    )


def _replies(tx: sa.Connection) -> dict[str, int]:
    newest = sa.select(sa.func.coalesce(sa.func.max(attempts.c.delivery_id), 0)).scalar_subquery()
    query = (
        sa.select(attempts.c.outcome, sa.func.count().label("mails"))
        .where(attempts.c.delivery_id > newest - NEWEST_MAILS, attempts.c.outcome.is_not(None))
        .group_by(attempts.c.outcome)
    )
    return {row.outcome: row.mails for row in tx.execute(query)}


def _bounces(tx: sa.Connection, since: dt.datetime) -> dict[tuple[str, str, bool], int]:
    query = (
        sa.select(bounces.c.kind, bounces.c.fault, bounces.c.hard, sa.func.count().label("reports"))
        .where(bounces.c.received_at > since)
        .group_by(bounces.c.kind, bounces.c.fault, bounces.c.hard)
    )
    return {(row.kind, row.fault or "", row.hard): row.reports for row in tx.execute(query)}


def _sources(tx: sa.Connection, since: dt.datetime) -> dict[str, SourceAge]:
    # Those of a category are counted in their source's.
    whole = fetches.c.category.is_(None)
    last = sa.func.max(fetches.c.fetched_at)
    brought = sa.func.max(sa.case((fetches.c.new > 0, fetches.c.fetched_at)))
    ages = sa.select(fetches.c.source, last.label("last"), brought.label("brought")).where(
        whole, fetches.c.fetched_at > since
    )
    by_source = {row.source: row for row in tx.execute(ages.group_by(fetches.c.source))}
    sources: dict[str, SourceAge] = {}
    for source, row in by_source.items():
        state = sa.select(fetches.c.state).where(whole, fetches.c.source == source, fetches.c.fetched_at == row.last)
        state_now = tx.execute(state.order_by(fetches.c.id.desc()).limit(1)).scalar_one()
        sources[source] = SourceAge(state_now, row.last, row.brought)
    return sources


def _newest(tx: sa.Connection) -> Newest | None:
    row = tx.execute(sa.select(editions).order_by(editions.c.id.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    (books,) = ledger.of_editions(tx, [row.id])
    return Newest(row.closed_at, row.papers, books.due, books.counts, books.residue)
