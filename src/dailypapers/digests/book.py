"""The book of the week: the papers of a reader's digests as an EPUB, by email to their e-reader.

    e-readers whose hour has come | the week's picks, less those of earlier books | put (tx)

A book is a row of the outbox, in no edition's ledger. The row says which papers it holds, what was known of them, and
what the reader had noted; the book itself is made when it leaves, the same for each try.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import sqlalchemy as sa
import structlog

from dailypapers.digests.known import about_shown
from dailypapers.domain.content import AboutPaper, Content, as_known, known_then
from dailypapers.domain.delivery import MailKind
from dailypapers.domain.digest import Entry
from dailypapers.domain.e_reader import EReader, next_book
from dailypapers.domain.paper import PaperId
from dailypapers.domain.saved import Remark
from dailypapers.domain.subscriber import Subscriber
from dailypapers.domain.summary import in_language
from dailypapers.store import e_readers, outbox, papers, picks, saved, subscribers
from dailypapers.store.database import reading, writing

log = structlog.get_logger()

#: E-readers of one run; the next one, a minute later, takes more.
_MOST = 1000
WEEK = dt.timedelta(days=7)
#: A digest that is put into the outbox beside a book may be older than it and come after it; what is in two windows is
#: in the first book alone.
_OVERLAP = dt.timedelta(days=1)
#: However long no book was made, no more than the papers of two weeks are in the next.
_LONGEST = 2 * WEEK
#: A book that arrives after two days is still the week's.
DEADLINE = dt.timedelta(days=2)
#: Papers of a book; more than ten readers' weeks have.
MOST_PAPERS = 500


@dataclass(frozen=True, slots=True)
class Book:
    """What a book holds."""

    day: dt.date
    entries: tuple[Entry, ...]
    remarks: Mapping[PaperId, Remark] = field(default_factory=dict)


def compose_books(engine: sa.Engine, *, now: dt.datetime) -> int:
    """Put the books of all e-readers whose hour has come into the outbox; returns how many. Idempotent."""
    with reading(engine) as tx:
        due = e_readers.due(tx, now=now, limit=_MOST)
    books = 0
    for e_reader in due:
        with writing(engine) as tx:
            books += _compose(tx, e_reader, now=now)
    if due:
        log.info("composed books", due=len(due), books=books)
    return books


def _compose(tx: sa.Connection, e_reader: EReader, *, now: dt.datetime) -> int:
    """Put one book into the outbox, with the note that it is made; nothing where there were no papers."""
    reader = subscribers.one(tx, e_reader.subscriber_id)
    if reader is None:
        return 0
    following = next_book(reader.rhythm, e_reader.next_book_at, now)
    if not e_readers.begin_book(tx, e_reader, next_book_at=following, now=now):
        return 0
    paper_ids = _papers(tx, e_reader, now=now)
    if not paper_ids:
        return 0
    content = _content(tx, reader, paper_ids)
    mail = outbox.NewDelivery(reader.id, e_reader.address, MailKind.BOOK, now + DEADLINE, content=content)
    return outbox.put(tx, [mail], now=now)


def _content(tx: sa.Connection, reader: Subscriber, paper_ids: Sequence[int]) -> Content:
    """Return what a book says: a later try is of what was known, and noted, when it was composed."""
    listed = papers.by_id(tx, paper_ids)
    noted = {one.paper_id: one.remark for one in saved.of_readers(tx, [reader.id]) if one.paper_id in listed}
    return Content(
        reader.style,
        papers=about_shown(tx, paper_ids, ""),
        book=tuple(paper_ids),
        remarks={str(listed[key].id): remark for key, remark in noted.items()},
    )


def _papers(tx: sa.Connection, e_reader: EReader, *, now: dt.datetime) -> tuple[int, ...]:
    last = e_reader.last_book_at
    since = max(min(last - _OVERLAP, now - WEEK), now - _LONGEST) if last else now - WEEK
    earlier = e_readers.papers_of_books(tx, e_reader.subscriber_id, e_reader.address, since=since - 2 * _LONGEST)
    picked = e_readers.papers_of_digests(tx, e_reader.subscriber_id, since=since)
    return tuple(paper_id for paper_id in picked if paper_id not in earlier)[-MOST_PAPERS:]


def load_book(tx: sa.Connection, subscriber_id: int, content: Content, day: dt.date) -> Book:
    """Return what a book holds: its papers with their reasons, and what the reader had noted of those they saved."""
    entries = with_reasons(tx, subscriber_id, content.book, language=content.summary_language, about=content.papers)
    names = {entry.paper.id: str(entry.paper.id) for entry in entries}
    remarks = {paper_id: content.remarks[name] for paper_id, name in names.items() if name in content.remarks}
    return Book(day, entries, remarks)


def with_reasons(
    tx: sa.Connection,
    subscriber_id: int,
    paper_ids: Sequence[int],
    *,
    language: str = "",
    about: Mapping[str, AboutPaper] = MappingProxyType({}),
) -> tuple[Entry, ...]:
    """Return papers with why they were picked for a reader, as far as that is known.

    `language` is that of summaries by a model; `about` tells, by the papers' names, what was known of them when a book
    was composed.
    """
    reasons = picks.reasons_of(tx, subscriber_id, paper_ids)
    items = papers.of_delivery(tx, paper_ids).values()
    known_of_each = [known_then(about.get(str(item.paper.id))) for item in items]
    return tuple(
        Entry(
            as_known(item.paper, known),
            reasons.get(item.paper_id, ""),
            paper_id=item.paper_id,
            presentation=as_known(item.presentation, known),
            summary=in_language(item.summaries, language) if "summary" in known else None,
        )
        for item, known in zip(items, known_of_each, strict=True)
    )
