"""What reports told of mails that had left: bounces and complaints, each once."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

import sqlalchemy as sa

from dailypapers.domain.bounce import Diagnosis, ReportKind
from dailypapers.domain.delivery import DeliveryState
from dailypapers.domain.fault import Fault
from dailypapers.store.database import insert_new, replace_rows
from dailypapers.store.schema import bounces, outbox, refusals_of_us

#: Characters of a server's words that are stored.
_LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True)
class NewBounce:
    """A bounce or a complaint about somebody's mail."""

    key: str
    """Equal for what is the same report."""
    subscriber_id: int
    kind: ReportKind
    counts: bool
    """Whether it counts towards giving the address up."""
    diagnosis: Diagnosis | None = None
    delivery_id: int | None = None


@dataclass(frozen=True, slots=True)
class StoredBounce:
    """One that is stored."""

    subscriber_id: int
    delivery_id: int | None
    kind: ReportKind
    fault: Fault | None
    is_hard: bool
    status: str
    text: str
    received_at: dt.datetime


def add(tx: sa.Connection, bounce: NewBounce, *, now: dt.datetime) -> bool:
    """Store a bounce; return whether it is new."""
    diagnosis = bounce.diagnosis
    row = {
        "key": bounce.key,
        "subscriber_id": bounce.subscriber_id,
        "delivery_id": bounce.delivery_id,
        "kind": bounce.kind.value,
        "fault": diagnosis.fault.value if diagnosis else None,
        "hard": bool(diagnosis and diagnosis.is_hard),
        "counts": bounce.counts,
        "status": diagnosis.status if diagnosis else "",
        "code": diagnosis.code if diagnosis else 0,
        "text": diagnosis.text[:_LONGEST_TEXT] if diagnosis else "",
        "received_at": now,
    }
    return bool(insert_new(tx, bounces, [row], bounces.c.id))


def counted_moments(tx: sa.Connection, subscriber_id: int, *, since: dt.datetime) -> list[dt.datetime]:
    """Return when the bounces came that count towards giving a subscriber's address up."""
    query = sa.select(bounces.c.received_at).where(
        bounces.c.subscriber_id == subscriber_id, bounces.c.counts, bounces.c.received_at > since
    )
    return [row.received_at for row in tx.execute(query)]


def forgive(tx: sa.Connection, subscriber_id: int) -> None:
    """Let what has bounced so far no longer count."""
    tx.execute(sa.update(bounces).where(bounces.c.subscriber_id == subscriber_id).values(counts=False))


def mark_delivery(tx: sa.Connection, delivery_id: int, state: DeliveryState, detail: str) -> bool:
    """Note that a mail the server had taken, or may have, came back or was complained about; tells whether that is new.

    What became of a mail that bounced can still be a complaint, and a complaint stays one.
    """
    before = [DeliveryState.ACCEPTED, DeliveryState.UNCERTAIN]
    if state is DeliveryState.COMPLAINED:
        before.append(DeliveryState.BOUNCED)
    mine = sa.and_(outbox.c.id == delivery_id, outbox.c.state.in_([each.value for each in before]))
    values = {"state": state.value, "detail": detail[:_LONGEST_TEXT], "next_attempt_at": None}
    return tx.execute(sa.update(outbox).where(mine).values(values)).rowcount == 1


def of_subscriber(tx: sa.Connection, subscriber_id: int) -> list[StoredBounce]:
    """Return what came back of a subscriber's mails, oldest first."""
    query = sa.select(bounces).where(bounces.c.subscriber_id == subscriber_id).order_by(bounces.c.id)
    return [
        StoredBounce(
            row.subscriber_id,
            row.delivery_id,
            ReportKind(row.kind),
            Fault(row.fault) if row.fault else None,
            row.hard,
            row.status,
            row.text,
            row.received_at,
        )
        for row in tx.execute(query)
    ]


def note_refusal_of_us(tx: sa.Connection, domain: str, *, now: dt.datetime) -> None:
    """Note that a mail to a domain came back through a fault of ours that concerns all mail."""
    replace_rows(tx, refusals_of_us, [{"domain": domain, "refused_at": now}])


def domains_refusing_us(tx: sa.Connection, *, since: dt.datetime) -> int:
    """Return how many domains have refused our mail, whatever it was, since a moment."""
    query = sa.select(sa.func.count()).select_from(refusals_of_us).where(refusals_of_us.c.refused_at > since)
    return int(tx.execute(query).scalar_one())


def counts(tx: sa.Connection, *, since: dt.datetime) -> Counter[tuple[ReportKind, Fault | None, bool]]:
    """Count what came since a moment, by kind, whose fault it is, and whether the address is dead."""
    query = (
        sa.select(bounces.c.kind, bounces.c.fault, bounces.c.hard, sa.func.count().label("reports"))
        .where(bounces.c.received_at > since)
        .group_by(bounces.c.kind, bounces.c.fault, bounces.c.hard)
    )
    return Counter(
        {
            (ReportKind(row.kind), Fault(row.fault) if row.fault else None, row.hard): row.reports
            for row in tx.execute(query)
        }
    )


def prune(tx: sa.Connection, *, before: dt.datetime) -> int:
    """Forget what came before a moment; returns how many reports that were."""
    tx.execute(sa.delete(refusals_of_us).where(refusals_of_us.c.refused_at < before))
    return tx.execute(sa.delete(bounces).where(bounces.c.received_at < before)).rowcount
