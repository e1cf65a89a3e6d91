"""The book of the week: the papers of delivered digests, once each, to an address that is not the reader's own."""

import datetime as dt
import email
import email.policy
import io
import zipfile
from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.digests.test_group_digest import RENDERER
from tests.web.a_digest import GRAPHS, NOW, REASON, Got, a_digest

from dailypapers.digests.book import compose_books
from dailypapers.digests.layout import mail
from dailypapers.digests.render_input import load_inputs
from dailypapers.domain.delivery import Delivery, DeliveryState, Doubt, MailKind, in_doubt
from dailypapers.domain.paper import Presentation
from dailypapers.domain.saved import Remark
from dailypapers.domain.subscriber import Amount, Rhythm, Style
from dailypapers.domain.summary import Spent
from dailypapers.domain.vote import Vote
from dailypapers.store import e_readers, history, ledger, outbox, papers, saved, subscribers, summaries, votes
from dailypapers.store.database import reading, writing
from dailypapers.store.schema import outbox as outbox_rows
from dailypapers.tools.e_reader import connect

KINDLE = "alice@kindle.com"
#: `NOW` is a Monday; books come on Saturdays at seven in UTC.
SATURDAY = dt.datetime(2026, 4, 25, 7, 0, tzinfo=dt.UTC)
WEEK = dt.timedelta(days=7)


def an_e_reader(engine: sa.Engine, reader: int, address: str = KINDLE) -> None:
    with writing(engine) as tx:
        subscriber = subscribers.one(tx, reader)
        assert subscriber
        connect(tx, subscriber, address, now=NOW)


def books_of(engine: sa.Engine, reader: int) -> list[Delivery]:
    with reading(engine) as tx:
        return [each for each in history.of_subscriber(tx, reader) if each.kind is MailKind.BOOK]


def opened(engine: sa.Engine, delivery: Delivery) -> tuple[email.message.EmailMessage, dict[str, str]]:
    """Return the mail of a book, and the files of the book."""
    with reading(engine) as tx:
        (rendered,) = load_inputs(tx, [delivery])
    sent = email.message_from_bytes(mail(RENDERER, rendered)[1].content, policy=email.policy.default)
    assert isinstance(sent, email.message.EmailMessage)
    (file,) = sent.iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == ("application/epub+zip", "papers-2026-04-25.epub")
    with zipfile.ZipFile(io.BytesIO(file.get_content())) as archive:
        return sent, {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_weeks_papers_go_to_the_e_reader_once_and_stand_in_no_ledger(engine: sa.Engine) -> None:
    got = a_digest(engine)
    an_e_reader(engine, got.reader)
    assert compose_books(engine, now=SATURDAY - dt.timedelta(minutes=1)) == 0
    assert compose_books(engine, now=SATURDAY) == 1
    for later in (SATURDAY, SATURDAY + WEEK - dt.timedelta(minutes=1), SATURDAY + WEEK):
        assert compose_books(engine, now=later) == 0
    (delivery,) = books_of(engine, got.reader)
    assert (delivery.address, delivery.edition) == (KINDLE, None)
    with reading(engine) as tx:
        assert [each.due for each in ledger.ledgers(tx)] == [0]
    sent, files = opened(engine, delivery)
    assert sent["To"] == KINDLE
    assert sent["Subject"] == "Daily Papers: the week to 25 Apr 2026"
    text = sent.get_body()
    assert text is not None
    assert "the 2 papers from last week’s digests" in " ".join(text.get_content().split())
    assert REASON.sentence() in files["paper-1.xhtml"]
    assert "Single-Cell" in files["paper-2.xhtml"]


def test_a_week_without_papers_brings_no_book_and_what_never_arrived_is_left_out(engine: sa.Engine) -> None:
    got = a_digest(engine)
    an_e_reader(engine, got.reader)
    with writing(engine) as tx:
        (claimed,) = outbox.claim(tx, "w", 9, now=NOW)
        outbox.record(tx, [claimed._replace(state=DeliveryState.FAILED)])
    assert compose_books(engine, now=SATURDAY) == 0
    assert books_of(engine, got.reader) == []
    with reading(engine) as tx:
        e_reader = e_readers.of_subscriber(tx, got.reader)
    assert e_reader
    assert e_reader.next_book_at == SATURDAY + WEEK


def a_book(engine: sa.Engine) -> Got:
    got = a_digest(engine)
    an_e_reader(engine, got.reader)
    assert compose_books(engine, now=SATURDAY) == 1
    return got


def test_killed_between_the_steps_nothing_is_lost_and_nothing_doubled(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    got = a_digest(engine)
    an_e_reader(engine, got.reader)
    with monkeypatch.context() as patched:
        patched.setattr(outbox, "put", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            compose_books(engine, now=SATURDAY)
    assert compose_books(engine, now=SATURDAY) == 1
    assert len(books_of(engine, got.reader)) == 1


@pytest.mark.parametrize(("state", "books"), [(DeliveryState.ACCEPTED, 0), (DeliveryState.EXPIRED, 1)])
def test_a_digest_made_beside_a_book_is_not_in_the_next_one_unless_that_book_never_arrived(
    engine: sa.Engine, state: DeliveryState, books: int
) -> None:
    got = a_digest(engine)
    an_e_reader(engine, got.reader)
    with writing(engine) as tx:
        moments = {"created_at": SATURDAY - dt.timedelta(seconds=1), "deadline": SATURDAY + WEEK}
        tx.execute(sa.update(outbox_rows).values(moments))
    assert compose_books(engine, now=SATURDAY) == 1
    with writing(engine) as tx:
        claimed = [each for each in outbox.claim(tx, "w", 9, now=SATURDAY) if each.kind is MailKind.BOOK]
        outbox.record(tx, [each._replace(state=state) for each in claimed])
    assert compose_books(engine, now=SATURDAY + WEEK) == books


def test_who_pauses_gets_none_of_what_waits_and_no_new_one(engine: sa.Engine) -> None:
    got = a_book(engine)
    with writing(engine) as tx:
        subscribers.pause(tx, got.reader, until=None, back_at=None)
        assert [each.kind for each in outbox.claim(tx, "w", 9, now=SATURDAY)] == []
    (skipped,) = books_of(engine, got.reader)
    assert skipped.state is DeliveryState.SKIPPED
    assert compose_books(engine, now=SATURDAY + WEEK) == 0


def test_what_waits_is_not_sent_once_the_e_reader_is_disconnected(engine: sa.Engine) -> None:
    got = a_book(engine)
    with writing(engine) as tx:
        assert e_readers.disconnect(tx, got.reader)
        assert not e_readers.disconnect(tx, got.reader)
    assert [each.state for each in books_of(engine, got.reader)] == [DeliveryState.SKIPPED]
    assert compose_books(engine, now=SATURDAY + WEEK) == 0


def test_a_book_that_may_have_arrived_ends_uncertain_when_the_e_reader_is_disconnected(engine: sa.Engine) -> None:
    got = a_book(engine)
    with writing(engine) as tx:
        [book] = [each for each in outbox.claim(tx, "w", 9, now=SATURDAY) if each.kind is MailKind.BOOK]
        outbox.record(tx, [in_doubt(book, Doubt.RESEND, resend_at=SATURDAY)])
        assert e_readers.disconnect(tx, got.reader)
    assert [each.state for each in books_of(engine, got.reader)] == [DeliveryState.UNCERTAIN]


def test_what_the_reader_noted_is_in_the_book(engine: sa.Engine) -> None:
    got = a_digest(engine)
    an_e_reader(engine, got.reader)
    with writing(engine) as tx:
        votes.cast(tx, got.reader, got.papers[0], Vote.SAVE, now=NOW)
        saved.describe(tx, got.reader, got.papers[0], Remark("Graphs to read", "For Monday"))
    assert compose_books(engine, now=SATURDAY) == 1
    (delivery,) = books_of(engine, got.reader)
    _, files = opened(engine, delivery)
    assert "Graphs to read" in files["paper-1.xhtml"]
    assert "For Monday" in files["paper-1.xhtml"]
    assert GRAPHS.title.partition(" &")[0] in files["nav.xhtml"]


def test_a_book_made_again_is_the_same_whatever_has_become_known_and_noted_since(engine: sa.Engine) -> None:
    got = a_book(engine)
    (delivery,) = books_of(engine, got.reader)

    def content() -> bytes:
        with reading(engine) as tx:
            (rendered,) = load_inputs(tx, [delivery])
        return mail(RENDERER, rendered)[1].content

    before = content()
    with writing(engine) as tx:
        journal = Presentation(journal="Annals of Graphs", affiliations=("ETH Zurich",))
        papers.describe(tx, "crossref", [(replace(GRAPHS, code_url="https://github.com/a/b"), journal)], now=SATURDAY)
        summaries.put(tx, got.papers[0], "en", "Graphs are deep.", model="m", day=NOW.date(), spent=Spent(1, 1.0))
        votes.cast(tx, got.reader, got.papers[0], Vote.SAVE, now=SATURDAY)
        saved.describe(tx, got.reader, got.papers[0], Remark("Graphs to read", "For Monday"))
        subscribers.change(tx, got.reader, rhythm=Rhythm(), amount=Amount(5), style=Style(language="de"))
    assert content() == before
