"""A pause ends by itself at the reader's own hour, or when they say so; confirming is told from coming back."""

import datetime as dt

import pytest
import sqlalchemy as sa

from dailypapers.domain.delivery import MailKind
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Abstracts, Amount, Consent, Rhythm, Style, Subscriber, SubscriberState
from dailypapers.store import editions, outbox, subscribers
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import lifecycle, sign_up

ALICE = "alice@example.org"
WISHES = Preferences(
    Rhythm("Europe/Berlin", 7),
    Amount(5),
    (Interest(InterestKind.TOPIC, "graphs"),),
    Style(text_only=True, abstracts=Abstracts.WHOLE),
)


@pytest.fixture
def alice(engine: sa.Engine, now: dt.datetime) -> int:
    with writing(engine) as tx:
        sign_up.admit(tx, ALICE, WISHES, consent=Consent("web", "form 1", "network"), now=now)
        found = subscribers.by_address(tx, ALICE)
    assert found is not None
    return found.id


def found(engine: sa.Engine, reader: int) -> Subscriber:
    with reading(engine) as tx:
        return subscribers.by_id(tx, [reader])[reader]


def test_what_is_said_of_mails_and_consent_is_kept(engine: sa.Engine, alice: int) -> None:
    kept = found(engine, alice)
    assert kept.style == WISHES.style
    assert kept.consent == Consent("web", "form 1", "network")


def test_a_pause_ends_at_the_readers_hour_of_the_day(engine: sa.Engine, alice: int, now: dt.datetime) -> None:
    friday = dt.date(2026, 4, 24)
    with writing(engine) as tx:
        assert lifecycle.pause(tx, alice, until=friday, now=now)
    paused = found(engine, alice)
    back_at = dt.datetime(2026, 4, 24, 5, 0, tzinfo=dt.UTC)
    assert (paused.state, paused.paused_until, paused.next_digest_at) == (SubscriberState.PAUSED, friday, back_at)
    with writing(engine) as tx:
        assert subscribers.wake(tx, now=back_at - dt.timedelta(seconds=1)) == 0
        assert subscribers.wake(tx, now=back_at) == 1
    assert found(engine, alice).state is SubscriberState.ACTIVE


def test_a_pause_without_end_ends_when_the_reader_says_so(engine: sa.Engine, alice: int, now: dt.datetime) -> None:
    confirmed = found(engine, alice).confirmed_at
    later = now + dt.timedelta(days=400)
    with writing(engine) as tx:
        assert lifecycle.pause(tx, alice, until=None, now=now)
        assert subscribers.wake(tx, now=later) == 0
        assert lifecycle.resume(tx, alice, now=later)
    back = found(engine, alice)
    assert (back.state, back.paused_until, back.confirmed_at) == (SubscriberState.ACTIVE, None, confirmed)


@pytest.mark.parametrize("days", [-1, 0])
def test_a_pause_until_a_day_that_has_come_is_none(engine: sa.Engine, alice: int, now: dt.datetime, days: int) -> None:
    with writing(engine) as tx:
        assert not lifecycle.pause(tx, alice, until=now.date() + dt.timedelta(days=days), now=now)
    assert found(engine, alice).state is SubscriberState.ACTIVE


def test_who_has_left_is_neither_paused_nor_brought_back(engine: sa.Engine, alice: int, now: dt.datetime) -> None:
    with writing(engine) as tx:
        lifecycle.unsubscribe(tx, alice, now=now)
        assert not lifecycle.pause(tx, alice, until=None, now=now)
        assert not lifecycle.resume(tx, alice, now=now)
    assert found(engine, alice).state is SubscriberState.UNSUBSCRIBED


def test_what_waits_for_a_paused_reader_is_left_unsent(engine: sa.Engine, alice: int, now: dt.datetime) -> None:
    with writing(engine) as tx:
        edition = editions.close(tx, now.date(), now=now)
        late = now + dt.timedelta(days=1)
        mail = outbox.NewDelivery(alice, ALICE, MailKind.DIGEST, deadline=late, edition=edition.id)
        outbox.put(tx, [mail], now=now)
        lifecycle.pause(tx, alice, until=None, now=now)
    with writing(engine) as tx:
        assert outbox.claim(tx, "w", 10, now=now) == []
