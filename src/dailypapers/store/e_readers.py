"""Readers' e-readers: where the book of the week goes, and which papers were in earlier ones."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.delivery import NEVER_ARRIVED, MailKind
from dailypapers.domain.e_reader import EReader
from dailypapers.domain.subscriber import SubscriberState
from dailypapers.store.database import replace_rows
from dailypapers.store.outbox import skip_waiting
from dailypapers.store.schema import e_readers, outbox, picks, subscribers

_DISCONNECTED = "the e-reader was disconnected"
_NEVER_ARRIVED = sorted(state.value for state in NEVER_ARRIVED)


def connect(tx: sa.Connection, e_reader: EReader) -> None:
    """Send a reader's books there, in place of where they went before; what waits for that is not sent."""
    skip_waiting(tx, e_reader.subscriber_id, [MailKind.BOOK], _DISCONNECTED)
    row = {
        "subscriber_id": e_reader.subscriber_id,
        "address": e_reader.address,
        "next_book_at": e_reader.next_book_at,
        "last_book_at": e_reader.last_book_at,
        "disabled_at": None,
    }
    replace_rows(tx, e_readers, [row])


def disconnect(tx: sa.Connection, subscriber_id: int) -> bool:
    """Send no more books to a reader; returns whether they had an e-reader."""
    skip_waiting(tx, subscriber_id, [MailKind.BOOK], _DISCONNECTED)
    return tx.execute(sa.delete(e_readers).where(e_readers.c.subscriber_id == subscriber_id)).rowcount == 1


def switch_off(tx: sa.Connection, subscriber_id: int, address: str, *, now: dt.datetime) -> bool:
    """Send no more books to an address that refuses them; returns whether books went there until now."""
    is_on = (
        e_readers.c.subscriber_id == subscriber_id, e_readers.c.address == address, e_readers.c.disabled_at.is_(None)
    )  # fmt: skip
    if tx.execute(sa.update(e_readers).where(*is_on).values(disabled_at=now)).rowcount != 1:
        return False
    skip_waiting(tx, subscriber_id, [MailKind.BOOK], _DISCONNECTED)
    return True


def of_subscriber(tx: sa.Connection, subscriber_id: int) -> EReader | None:
    """Return a reader's e-reader, `None` where they have none."""
    row = tx.execute(sa.select(e_readers).where(e_readers.c.subscriber_id == subscriber_id)).one_or_none()
    return _e_reader(row) if row else None


def owners(tx: sa.Connection, address: str) -> list[int]:
    """Return whose e-readers have an address: several readers may share a device."""
    query = sa.select(e_readers.c.subscriber_id).where(e_readers.c.address == address)
    return list(tx.scalars(query.order_by(e_readers.c.subscriber_id)))


def due(tx: sa.Connection, *, now: dt.datetime, limit: int) -> list[EReader]:
    """Return e-readers of active readers whose book is due, the longest waiting first."""
    query = (
        sa.select(e_readers)
        .join(subscribers, subscribers.c.id == e_readers.c.subscriber_id)
        .where(e_readers.c.next_book_at <= now, e_readers.c.disabled_at.is_(None))
        .where(subscribers.c.state == SubscriberState.ACTIVE.value)
        .order_by(e_readers.c.next_book_at, e_readers.c.subscriber_id)
        .limit(limit)
    )
    return [_e_reader(row) for row in tx.execute(query)]


def begin_book(tx: sa.Connection, e_reader: EReader, *, next_book_at: dt.datetime, now: dt.datetime) -> bool:
    """Note that a book is made; tells whether it was still due there: of two who make it one goes on."""
    still = (
        e_readers.c.subscriber_id == e_reader.subscriber_id,
        e_readers.c.address == e_reader.address,
        e_readers.c.next_book_at == e_reader.next_book_at,
        e_readers.c.disabled_at.is_(None),
    )
    values = {"next_book_at": next_book_at, "last_book_at": now}
    return tx.execute(sa.update(e_readers).where(*still).values(values)).rowcount == 1


def papers_of_digests(tx: sa.Connection, subscriber_id: int, *, since: dt.datetime) -> list[int]:
    """Return the papers of a reader's digests made since a moment, oldest first; what never arrived is left out."""
    query = (
        sa.select(picks.c.paper_id)
        .join(outbox, outbox.c.id == picks.c.delivery_id)
        .where(picks.c.subscriber_id == subscriber_id, outbox.c.kind == MailKind.DIGEST.value)
        .where(outbox.c.created_at >= since, outbox.c.state.not_in(_NEVER_ARRIVED))
        .order_by(picks.c.delivery_id, picks.c.position)
    )
    return list(tx.scalars(query))


def papers_of_books(tx: sa.Connection, subscriber_id: int, address: str, *, since: dt.datetime) -> set[int]:
    """Return the papers of the books that were made for an address since a moment; what never arrived is left out."""
    query = sa.select(outbox.c.content).where(
        outbox.c.subscriber_id == subscriber_id,
        outbox.c.kind == MailKind.BOOK.value,
        outbox.c.address == address,
        outbox.c.created_at >= since,
        outbox.c.state.not_in(_NEVER_ARRIVED),
    )
    return {paper_id for content in tx.scalars(query) for paper_id in (content or {}).get("book", ())}


def _e_reader(row: sa.Row[Any]) -> EReader:
    return EReader(row.subscriber_id, row.address, row.next_book_at, row.last_book_at, row.disabled_at)
