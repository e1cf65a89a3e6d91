"""E-readers as they are kept: of two who make a book one goes on, and the papers of earlier books are known."""

import datetime as dt

import sqlalchemy as sa
from tests.web.a_digest import NOW, a_digest

from dailypapers.domain.content import Content
from dailypapers.domain.delivery import MailKind
from dailypapers.domain.e_reader import EReader
from dailypapers.store import e_readers, outbox, subscribers
from dailypapers.store.database import writing

DAY = dt.timedelta(days=1)


def test_of_two_who_make_a_book_one_goes_on_and_none_for_an_address_changed_meanwhile(engine: sa.Engine) -> None:
    reader = a_digest(engine).reader
    mine = EReader(reader, "a@kindle.com", NOW)
    with writing(engine) as tx:
        e_readers.connect(tx, mine)
        (due,) = e_readers.due(tx, now=NOW, limit=9)
        begun = [e_readers.begin_book(tx, due, next_book_at=NOW + 7 * DAY, now=NOW) for _ in range(2)]
        assert begun == [True, False]
        assert e_readers.of_subscriber(tx, reader) == EReader(reader, "a@kindle.com", NOW + 7 * DAY, NOW)
        e_readers.connect(tx, EReader(reader, "b@kindle.com", NOW))
        assert not e_readers.begin_book(tx, mine, next_book_at=NOW + DAY, now=NOW)
        subscribers.pause(tx, reader, until=None, back_at=None)
        assert e_readers.due(tx, now=NOW, limit=9) == []


def test_the_papers_of_digests_and_of_earlier_books_are_those_of_one_reader_and_address(engine: sa.Engine) -> None:
    got, other = a_digest(engine), a_digest(engine, "bob")
    with writing(engine) as tx:
        assert e_readers.papers_of_digests(tx, got.reader, since=NOW) == list(got.papers)
        assert e_readers.papers_of_digests(tx, got.reader, since=NOW + DAY) == []
        content = Content(book=got.papers)
        outbox.put(
            tx, [outbox.NewDelivery(got.reader, "a@kindle.com", MailKind.BOOK, NOW + DAY, content=content)], now=NOW
        )
        assert e_readers.papers_of_books(tx, got.reader, "a@kindle.com", since=NOW) == set(got.papers)
        assert e_readers.papers_of_books(tx, got.reader, "b@kindle.com", since=NOW) == set()
        assert e_readers.papers_of_books(tx, other.reader, "a@kindle.com", since=NOW) == set()
