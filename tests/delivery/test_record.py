"""What is about to happen and what has is one write; what is no longer ours to send is withdrawn."""

import datetime as dt

import sqlalchemy as sa
from tests.delivery.queued import NOW, claimed, delivery, queue, states
from tests.web.a_digest import a_digest

from dailypapers.delivery.pace import Pace
from dailypapers.delivery.record import Result, note
from dailypapers.domain.delivery import DeliveryState, MailKind, Outcome, OutcomeKind, after, of_book
from dailypapers.domain.e_reader import EReader
from dailypapers.domain.subscriber import SubscriberState
from dailypapers.store import attempts, e_readers, history, outbox, subscribers, suppressions
from dailypapers.store.database import reading, writing


def test_who_left_since_the_claim_is_withdrawn(engine: sa.Engine) -> None:
    queue(engine, 3)
    mails = claimed(engine, "one", 3)
    with writing(engine) as tx:
        suppressions.suppress(tx, "reader1@example.org", reason="complaint", detail="", now=NOW)
        subscribers.transition(tx, 2, to=SubscriberState.ACTIVE, now=NOW)
    with writing(engine) as tx:
        assert note(tx, "one", mails, (), pace=Pace(), now=NOW) == {1, 2}
        assert [len(attempts.of_delivery(tx, key)) for key in (1, 2, 3)] == [0, 0, 1]
    assert states(engine) == {"suppressed": 1, "skipped": 1, "claimed": 1}


def test_what_another_took_is_withdrawn_and_the_others_try_is_not_touched(engine: sa.Engine) -> None:
    queue(engine, 1)
    mails = claimed(engine, "slow", 1)
    with writing(engine) as tx:
        attempts.forget(tx, outbox.orphans(tx))
        outbox.unclaim(tx, mails, now=NOW)
    claimed(engine, "quick", 1)
    with writing(engine) as tx:
        assert note(tx, "slow", mails, (), pace=Pace(), now=NOW) == {1}
    with reading(engine) as tx:
        [attempt] = attempts.of_delivery(tx, 1)
    assert (attempt.worker, attempt.handed_over_at) == ("quick", None)


def test_written_twice_it_is_the_same(engine: sa.Engine) -> None:
    queue(engine, 2)
    first, second = claimed(engine, "one", 2)
    accepted = Outcome(OutcomeKind.ACCEPTED, 250, text="queued")
    for _ in range(2):
        with writing(engine) as tx:
            note(tx, "one", [first, second], (), pace=Pace(), now=NOW)
    for _ in range(2):
        with writing(engine) as tx:
            assert (
                note(tx, "one", (), [Result(after(first, accepted, NOW), accepted)], pace=Pace(), now=NOW)
                == frozenset()
            )
    assert delivery(engine, first.id).state is DeliveryState.ACCEPTED
    with reading(engine) as tx:
        assert [each.text for each in attempts.of_delivery(tx, first.id)] == ["queued"]


def test_a_dead_address_is_suppressed(engine: sa.Engine) -> None:
    queue(engine, 1)
    [mail] = claimed(engine, "one", 1)
    dead = Outcome(OutcomeKind.DEAD_ADDRESS, 550, "5.1.1")
    with writing(engine) as tx:
        note(tx, "one", (), [Result(after(mail, dead, NOW), dead)], pace=Pace(), now=NOW)
        assert tx.execute(sa.text("SELECT address FROM suppressions")).scalar_one() == "reader1@example.org"


def test_an_e_reader_that_refuses_a_book_is_switched_off_and_its_reader_stays(engine: sa.Engine) -> None:
    got = a_digest(engine)
    deadline = NOW + dt.timedelta(days=1)
    with writing(engine) as tx:
        e_readers.connect(tx, EReader(got.reader, "a@kindle.com", NOW))
        outbox.put(tx, [outbox.NewDelivery(got.reader, "a@kindle.com", MailKind.BOOK, deadline)], now=NOW)
        (book,) = [each for each in outbox.claim(tx, "one", 9, now=NOW) if each.kind is MailKind.BOOK]
        refused = of_book(book, Outcome(OutcomeKind.OUR_FAULT, 550, "5.7.1", "the sender is not approved"))
        note(tx, "one", (), [Result(after(book, refused, NOW), refused)], pace=Pace(), now=NOW)
        e_reader, reader = e_readers.of_subscriber(tx, got.reader), subscribers.one(tx, got.reader)
        assert e_reader and e_reader.disabled_at == NOW  # noqa: PT018
        assert reader and reader.state is SubscriberState.ACTIVE  # noqa: PT018
        assert not suppressions.is_suppressed(tx, "a@kindle.com")
        settled = history.by_id(tx, book.id)
        assert settled and settled.state is DeliveryState.FAILED  # noqa: PT018
