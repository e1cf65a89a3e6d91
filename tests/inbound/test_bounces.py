"""What follows from reports: for the mail, the address, the subscription; once, however often they come."""

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.web.a_digest import NOW, Got, a_digest

from dailypapers.domain.bounce import Affected, Diagnosis, Report, ReportKind
from dailypapers.domain.delivery import DeliveryState, MailKind
from dailypapers.domain.e_reader import EReader
from dailypapers.domain.fault import Fault
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, SubscriberState
from dailypapers.inbound.bounces import Recorded, record
from dailypapers.store import bounces, e_readers, editions, history, holds, ledger, outbox, subscribers, suppressions
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import lifecycle
from dailypapers.subscriptions.erase import erase
from dailypapers.tokens import Signer

SIGNER = Signer("https://papers.example.org", b"secret")
DAY = dt.timedelta(days=1)
DEAD = Diagnosis(Fault.MAILBOX, is_hard=True, status="5.1.1", code=550, text="no such user")
FULL = Diagnosis(Fault.MAILBOX, is_hard=False, status="5.2.2", code=552, text="full")
POLICY = Diagnosis(Fault.US, is_hard=False, status="5.7.1", code=550, text="blocked")


@pytest.fixture
def got(engine: sa.Engine) -> Got:
    """A digest the server has accepted, of an edition whose books balance."""
    digest = a_digest(engine)
    with writing(engine) as tx:
        (claimed,) = outbox.claim(tx, "tester", 1, now=NOW)
        outbox.record(tx, [claimed._replace(state=DeliveryState.ACCEPTED, message_id="<1.2@ours.example>")])
        edition = editions.newest(tx)
        assert edition is not None
        editions.count_due(tx, edition.id, 1)
    return digest


def bounced(told: Diagnosis, address: str = "alice@example.org", *, is_delay: bool = False) -> Report:
    return Report(ReportKind.BOUNCE, (Affected(address, told, is_delay),))


def told(engine: sa.Engine, report: Report, delivery: int = 0, *, trusted: bool = False, now: dt.datetime = NOW) -> str:
    token = SIGNER.bounce_token(delivery) if delivery else ""
    with writing(engine) as tx:
        return ", ".join(record(tx, SIGNER, report, token=token, is_trusted=trusted, now=now))


def stands(engine: sa.Engine, got: Got) -> tuple[SubscriberState, DeliveryState, bool]:
    with reading(engine) as tx:
        reader, delivery = subscribers.one(tx, got.reader), history.by_id(tx, got.delivery)
        assert reader is not None
        assert delivery is not None
        assert [book.balanced for book in ledger.ledgers(tx)] == [True]
        return reader.state, delivery.state, suppressions.is_suppressed(tx, "alice@example.org")


AS_BEFORE = (SubscriberState.ACTIVE, DeliveryState.ACCEPTED, False)


def test_a_hard_bounce_to_the_signed_address_ends_it_and_reading_it_twice_changes_nothing(
    engine: sa.Engine, got: Got
) -> None:
    assert told(engine, bounced(DEAD, "whoever@elsewhere.example"), got.delivery) == Recorded.NEW
    assert stands(engine, got) == (SubscriberState.BOUNCED, DeliveryState.BOUNCED, True)
    with writing(engine) as tx:
        lifecycle.lift(tx, "alice@example.org", now=NOW)
    assert told(engine, bounced(DEAD), got.delivery) == Recorded.REPEATED
    assert stands(engine, got)[0] is SubscriberState.ACTIVE


def test_a_fault_of_ours_is_recorded_and_costs_nobody_anything(engine: sa.Engine, got: Got) -> None:
    for days in range(20):
        told(engine, bounced(POLICY), got.delivery, now=NOW + days * DAY)
        told(engine, bounced(POLICY), trusted=True, now=NOW + days * DAY)
    assert stands(engine, got) == (SubscriberState.ACTIVE, DeliveryState.BOUNCED, False)
    with reading(engine) as tx:
        assert {each.fault for each in bounces.of_subscriber(tx, got.reader)} == {Fault.US}


def accepted_mails(engine: sa.Engine, *addresses: str) -> list[int]:
    """Accepted mails to new readers, one each."""
    new = {"rhythm": Rhythm(), "amount": Amount(5), "consent": Consent("test"), "now": NOW}
    mails = []
    with writing(engine) as tx:
        for address in addresses:
            reader = subscribers.add(tx, address, state=SubscriberState.ACTIVE, **new)  # type: ignore[arg-type]
            assert reader is not None
            outbox.put(tx, [outbox.NewDelivery(reader, address, MailKind.DIGEST, NOW + DAY)], now=NOW)
            (claimed,) = outbox.claim(tx, "tester", 1, now=NOW)
            outbox.record(tx, [claimed._replace(state=DeliveryState.ACCEPTED)])
            mails.append(claimed.id)
    return mails


def test_a_fault_of_ours_that_two_domains_report_puts_mails_on_hold(engine: sa.Engine, got: Got) -> None:
    """One domain may be strict, and what comes by mail can be made up by one reader."""
    bob, carol = accepted_mails(engine, "bob@example.org", "carol@other.example")

    def comes_back(delivery: int, now: dt.datetime = NOW) -> DeliveryState:
        told(engine, bounced(POLICY), delivery, now=now)
        with reading(engine) as tx:
            after = history.by_id(tx, delivery)
            assert after is not None
            return after.state

    assert comes_back(got.delivery, NOW - 2 * DAY) is DeliveryState.BOUNCED
    assert comes_back(bob) is DeliveryState.BOUNCED, "the same domain"
    assert comes_back(carol) is DeliveryState.ON_HOLD
    with writing(engine) as tx:
        assert holds.on_hold(tx) == (1, "550 5.7.1 blocked")
        assert holds.release(tx, now=NOW) == 1, "once the fault is mended, it goes again"


def test_what_was_put_off_too_long_or_is_about_one_recipient_stops_nothing(engine: sa.Engine) -> None:
    """Relays give up after days of 421, and a closed group is no policy against all our mail."""
    mails = accepted_mails(engine, "bob@example.org", "carol@other.example", "dave@third.example")
    busy = Diagnosis(Fault.US, is_hard=False, status="4.7.0", code=421, text="slow down")
    closed = Diagnosis(Fault.US, is_hard=False, status="5.7.133", code=550, text="members only")
    for delivery, diagnosis in zip(mails, (busy, closed, POLICY), strict=True):
        told(engine, bounced(diagnosis), delivery)
    with reading(engine) as tx:
        states = [mail.state for each in mails if (mail := history.by_id(tx, each))]
    assert states == [DeliveryState.BOUNCED] * 3


def test_soft_bounces_add_up_by_day_and_are_forgiven_when_lifted(engine: sa.Engine, got: Got) -> None:
    for days in range(5):
        for _ in range(3):
            told(engine, bounced(FULL), trusted=True, now=NOW + days * DAY)
    assert stands(engine, got) == AS_BEFORE
    told(engine, bounced(FULL), trusted=True, now=NOW + 5 * DAY)
    assert stands(engine, got) == (SubscriberState.BOUNCED, DeliveryState.ACCEPTED, True)
    with writing(engine) as tx:
        lifecycle.lift(tx, "alice@example.org", now=NOW + 6 * DAY)
    told(engine, bounced(FULL), trusted=True, now=NOW + 7 * DAY)
    assert stands(engine, got) == AS_BEFORE


def test_a_delay_says_nothing_yet(engine: sa.Engine, got: Got) -> None:
    assert told(engine, bounced(FULL, is_delay=True), got.delivery) == Recorded.NEW
    assert stands(engine, got) == AS_BEFORE
    assert told(engine, bounced(DEAD), got.delivery) == Recorded.NEW
    assert stands(engine, got)[1] is DeliveryState.BOUNCED


def test_a_complaint_unsubscribes_and_suppresses(engine: sa.Engine, got: Got) -> None:
    quoted = Report(ReportKind.COMPLAINT, (), envelope_sender=f"b+{SIGNER.bounce_token(got.delivery)}@ours.example")
    assert told(engine, quoted) == Recorded.NEW
    assert stands(engine, got) == (SubscriberState.COMPLAINED, DeliveryState.COMPLAINED, True)


def test_a_message_id_of_ours_with_the_readers_address_is_proof(engine: sa.Engine, got: Got) -> None:
    report = replace(bounced(DEAD, "Alice@Example.org"), message_id="1.2@ours.example")
    assert told(engine, report) == Recorded.NEW
    assert stands(engine, got) == (SubscriberState.BOUNCED, DeliveryState.BOUNCED, True)


def test_an_address_alone_which_anybody_can_write_ends_nothing(engine: sa.Engine, got: Got) -> None:
    for report in (bounced(DEAD), Report(ReportKind.COMPLAINT, (Affected("alice@example.org"),))):
        assert told(engine, replace(report, message_id="made@up.example")) == Recorded.NEW
    assert told(engine, bounced(DEAD), got.delivery + 1) != Recorded.UNMATCHED
    assert stands(engine, got) == AS_BEFORE


def test_an_address_from_a_provider_that_signs_is_believed(engine: sa.Engine, got: Got) -> None:
    assert told(engine, bounced(DEAD), trusted=True) == Recorded.NEW
    assert stands(engine, got) == (SubscriberState.BOUNCED, DeliveryState.ACCEPTED, True)


def test_what_is_about_no_mail_of_ours_changes_nothing(engine: sa.Engine, got: Got) -> None:
    for report in (bounced(DEAD, "bob@example.org"), bounced(DEAD, ""), Report(ReportKind.COMPLAINT, ())):
        assert told(engine, report) == Recorded.UNMATCHED
    assert told(engine, Report(ReportKind.AUTO_REPLY), got.delivery) == ""
    assert stands(engine, got) == AS_BEFORE


def test_who_has_left_stays_as_they_are_and_who_was_erased_is_unknown(engine: sa.Engine, got: Got) -> None:
    with writing(engine) as tx:
        lifecycle.unsubscribe(tx, got.reader, now=NOW)
    told(engine, bounced(DEAD), got.delivery)
    assert stands(engine, got) == (SubscriberState.UNSUBSCRIBED, DeliveryState.BOUNCED, True)
    with writing(engine) as tx:
        erase(tx, got.reader)
    assert told(engine, bounced(DEAD), got.delivery) == Recorded.UNMATCHED


BOOK_ID = "<book@ours.example>"


@pytest.fixture
def book(engine: sa.Engine, got: Got) -> int:
    """A book that was accepted for an e-reader which two readers share."""
    other = a_digest(engine, "bob").reader
    with writing(engine) as tx:
        for reader in (other, got.reader):
            e_readers.connect(tx, EReader(reader, "a@kindle.com", NOW))
        outbox.put(tx, [outbox.NewDelivery(got.reader, "a@kindle.com", MailKind.BOOK, NOW + DAY)], now=NOW)
        (claimed,) = [each for each in outbox.claim(tx, "tester", 9, now=NOW) if each.kind is MailKind.BOOK]
        outbox.record(tx, [claimed._replace(state=DeliveryState.ACCEPTED, message_id=BOOK_ID)])
    return claimed.id


def e_reader_is_on(engine: sa.Engine, got: Got) -> bool:
    with reading(engine) as tx:
        e_reader = e_readers.of_subscriber(tx, got.reader)
    assert e_reader
    return e_reader.disabled_at is None


@pytest.mark.parametrize("diagnosis", [DEAD, POLICY])
@pytest.mark.parametrize("by_token", [True, False])
def test_a_book_that_comes_back_switches_the_e_reader_off_and_nothing_else(
    engine: sa.Engine, got: Got, book: int, diagnosis: Diagnosis, *, by_token: bool
) -> None:
    report = bounced(diagnosis, "a@kindle.com")
    named = replace(report, message_id=BOOK_ID.strip("<>"))
    assert told(engine, report if by_token else named, book if by_token else 0) == Recorded.NEW
    assert not e_reader_is_on(engine, got)
    with reading(engine) as tx:
        reader = subscribers.one(tx, got.reader)
        assert reader is not None
        assert reader.state is SubscriberState.ACTIVE
        assert not suppressions.is_suppressed(tx, "a@kindle.com")
        assert bounces.domains_refusing_us(tx, since=NOW - DAY) == 0
        assert bounces.counted_moments(tx, got.reader, since=NOW - DAY) == []


def test_a_full_e_reader_stays_and_an_address_alone_says_nothing_of_a_book(
    engine: sa.Engine, got: Got, book: int
) -> None:
    assert told(engine, bounced(DEAD, "a@kindle.com"), trusted=True) == Recorded.UNMATCHED
    assert told(engine, bounced(FULL, "a@kindle.com"), book) == Recorded.NEW
    assert e_reader_is_on(engine, got)


@pytest.mark.parametrize("text", ["no such user", "550 5.1.1 no such user"])
def test_what_the_server_said_is_said_with_its_numbers_once(engine: sa.Engine, got: Got, text: str) -> None:
    told(engine, bounced(replace(DEAD, text=text)), got.delivery)
    with reading(engine) as tx:
        delivery, suppression = history.by_id(tx, got.delivery), suppressions.one(tx, "alice@example.org")
    assert delivery
    assert suppression
    assert (delivery.detail, suppression.detail) == ("550 5.1.1 no such user",) * 2
