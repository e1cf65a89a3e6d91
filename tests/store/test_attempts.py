"""A row a try: written before the mail leaves, completed by the answer."""

import datetime as dt

import pytest
import sqlalchemy as sa
from tests.store.digests import CAST, DEADLINE

from dailypapers.domain.delivery import Delivery, MailKind, Outcome, OutcomeKind
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, SubscriberState
from dailypapers.store import attempts, outbox, subscribers
from dailypapers.store.database import reading, writing

SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def claimed(engine: sa.Engine, now: dt.datetime) -> Delivery:
    """A claimed mail."""
    with writing(engine) as tx:
        reader = subscribers.add(
            tx,
            CAST[0],
            state=SubscriberState.PENDING,
            rhythm=Rhythm(),
            amount=Amount(5),
            consent=Consent("test"),
            now=now,
        )
        assert reader is not None
        new = outbox.NewDelivery(subscriber=reader, address=CAST[0], kind=MailKind.CONFIRM, deadline=now + DEADLINE)
        outbox.put(tx, [new], now=now)
        (delivery,) = outbox.claim(tx, "worker", 1, now=now)
        attempts.start(tx, [delivery], now=now)
    return delivery


def test_an_attempt_is_there_before_it_is_handed_over(engine: sa.Engine, claimed: Delivery, now: dt.datetime) -> None:
    with reading(engine) as tx:
        (attempt,) = attempts.of_delivery(tx, claimed.id)
    assert (attempt.number, attempt.worker, attempt.started_at) == (1, "worker", now)
    assert (attempt.handed_over_at, attempt.answered_at) == (None, None)


def test_the_answer_completes_it(engine: sa.Engine, claimed: Delivery, now: dt.datetime) -> None:
    with writing(engine) as tx:
        attempts.hand_over(tx, [claimed], now=now + SECOND)
        outcome = Outcome(OutcomeKind.ACCEPTED, 250, "2.0.0", "queued as 17")
        attempts.answer(tx, [(claimed, outcome)], now=now + 2 * SECOND)
        (attempt,) = attempts.of_delivery(tx, claimed.id)
    assert (attempt.handed_over_at, attempt.answered_at) == (now + SECOND, now + 2 * SECOND)
    assert (attempt.code, attempt.enhanced, attempt.text) == (250, "2.0.0", "queued as 17")


def test_only_a_try_that_did_not_take_place_is_forgotten(
    engine: sa.Engine, claimed: Delivery, now: dt.datetime
) -> None:
    with writing(engine) as tx:
        attempts.hand_over(tx, [claimed], now=now)
        attempts.forget(tx, [claimed])
        assert len(attempts.of_delivery(tx, claimed.id)) == 1


def test_a_try_that_was_given_back_is_forgotten(engine: sa.Engine, claimed: Delivery) -> None:
    with writing(engine) as tx:
        attempts.forget(tx, [claimed])
        assert attempts.of_delivery(tx, claimed.id) == []
