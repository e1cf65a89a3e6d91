"""E-readers: which addresses are taken, and a refusal that is told once and costs nobody their own address."""

import datetime as dt

import pytest
import sqlalchemy as sa
from tests.web.a_digest import NOW, a_digest

from dailypapers.domain.delivery import MailKind
from dailypapers.domain.e_reader import EReader
from dailypapers.domain.subscriber import SubscriberState
from dailypapers.errors import BadInput
from dailypapers.store import e_readers, history, subscribers, suppressions
from dailypapers.store.database import writing
from dailypapers.tools.e_reader import connect, switch_off

SATURDAY = dt.datetime(2026, 4, 25, 7, 0, tzinfo=dt.UTC)


def connected(tx: sa.Connection, reader: int, address: str) -> EReader:
    subscriber = subscribers.one(tx, reader)
    assert subscriber
    return connect(tx, subscriber, address, now=NOW)


def test_an_address_is_taken_as_it_is_meant_and_another_takes_its_place(engine: sa.Engine) -> None:
    reader = a_digest(engine).reader
    with writing(engine) as tx:
        assert connected(tx, reader, " Ann.Lee_7@Kindle.com ") == EReader(reader, "ann.lee_7@kindle.com", SATURDAY)
        connected(tx, reader, "ann@pbsync.com")
        assert e_readers.of_subscriber(tx, reader) == EReader(reader, "ann@pbsync.com", SATURDAY)
        assert e_readers.owners(tx, "ann.lee_7@kindle.com") == []
        assert e_readers.owners(tx, "ann@pbsync.com") == [reader]


@pytest.mark.parametrize("address", ["", "kindle.com", "@kindle.com", "a b@kindle.com", "a\r\nb@kindle.com",
    "ann@example.org", '"a"@kindle.com', "a..b@kindle.com", f"{'a' * 300}@kindle.com", "анна@kindle.com"])  # fmt: skip
def test_what_is_not_the_address_of_an_e_reader_is_refused(engine: sa.Engine, address: str) -> None:
    reader = a_digest(engine).reader
    with writing(engine) as tx:
        with pytest.raises(BadInput):
            connected(tx, reader, address)
        assert e_readers.of_subscriber(tx, reader) is None


def test_a_refusal_switches_it_off_once_and_leaves_the_reader_alone(engine: sa.Engine) -> None:
    reader = a_digest(engine).reader
    with writing(engine) as tx:
        connected(tx, reader, "ann@kindle.com")
        switch_off(tx, reader, "another@kindle.com", now=NOW)
        assert e_readers.due(tx, now=SATURDAY, limit=9)
        for _ in range(2):
            switch_off(tx, reader, "ann@kindle.com", now=NOW)
        assert not e_readers.due(tx, now=SATURDAY, limit=9)
        notices = [each for each in history.of_subscriber(tx, reader) if each.kind is MailKind.NOTICE]
        assert [each.address for each in notices] == ["alice@example.org"]
        (content,) = history.contents_of(tx, [notices[0].id]).values()
        assert "ann@kindle.com refused your papers of the week" in content.notes[0]
        subscriber = subscribers.one(tx, reader)
        assert subscriber
        assert subscriber.state is SubscriberState.ACTIVE
        assert not suppressions.is_suppressed(tx, "ann@kindle.com")
        connected(tx, reader, "ann@kindle.com")
        assert e_readers.due(tx, now=SATURDAY, limit=9)
