"""What becomes of a delivery is one pure function, and the ledger must balance."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.domain.delivery import (
    FINAL,
    MAX_LOST_ANSWERS,
    Delivery,
    DeliveryState,
    Doubt,
    Ledger,
    MailKind,
    Outcome,
    OutcomeKind,
    after,
    of_book,
    retry_delay,
)

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)


def claimed(attempts: int = 1, *, hours: float = 20) -> Delivery:
    return Delivery(
        id=1,
        subscriber=1,
        address="ann@example.org",
        kind=MailKind.DIGEST,
        state=DeliveryState.CLAIMED,
        created_at=NOW,
        deadline=NOW + dt.timedelta(hours=hours),
        attempts=attempts,
        claimed_by="w",
    )


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (OutcomeKind.ACCEPTED, DeliveryState.ACCEPTED),
        (OutcomeKind.DEFERRED, DeliveryState.DEFERRED),
        (OutcomeKind.INTERRUPTED, DeliveryState.DEFERRED),
        (OutcomeKind.FAILED, DeliveryState.FAILED),
        (OutcomeKind.DEAD_ADDRESS, DeliveryState.FAILED),
        (OutcomeKind.OUR_FAULT, DeliveryState.ON_HOLD),
        (OutcomeKind.UNCERTAIN, DeliveryState.DEFERRED),
        (OutcomeKind.NOT_MADE, DeliveryState.DEFERRED),
        (OutcomeKind.UNSENDABLE, DeliveryState.FAILED),
    ],
)
def test_each_outcome_leads_to_its_state(kind: OutcomeKind, state: DeliveryState) -> None:
    done = after(claimed(), Outcome(kind, 250, text="said"), NOW)
    assert done.state is state
    assert "said" in done.detail
    assert done.claimed_by == "w", "whose claim it was is known until it is recorded"
    assert (done.next_attempt_at is not None) == (state is DeliveryState.DEFERRED)


def test_a_retry_that_would_come_too_late_is_not_tried() -> None:
    assert after(claimed(hours=0.01), Outcome(OutcomeKind.DEFERRED), NOW).state is DeliveryState.EXPIRED


@pytest.mark.parametrize("policy", [Doubt.RESEND, Doubt.CARRY, Doubt.HOLD])
def test_what_is_done_about_a_lost_answer_is_the_policys_word(policy: Doubt) -> None:
    done = after(claimed(), Outcome(OutcomeKind.UNCERTAIN), NOW, policy=policy)
    resent = policy is Doubt.RESEND
    assert done.state is (DeliveryState.DEFERRED if resent else DeliveryState.UNCERTAIN)
    assert (done.next_attempt_at, done.doubt) == (NOW + retry_delay(1, done.id) if resent else None, policy)


@pytest.mark.parametrize(
    "kind",
    [OutcomeKind.FAILED, OutcomeKind.DEAD_ADDRESS, OutcomeKind.UNSENDABLE, OutcomeKind.DEFERRED, OutcomeKind.UNCERTAIN],
)
def test_what_may_have_arrived_on_an_earlier_try_ends_uncertain(kind: OutcomeKind) -> None:
    resent = claimed(2, hours=0.01)._replace(doubt=Doubt.RESEND)
    assert after(resent, Outcome(kind), NOW).state is DeliveryState.UNCERTAIN
    assert after(resent, Outcome(OutcomeKind.ACCEPTED), NOW).state is DeliveryState.ACCEPTED
    assert after(resent, Outcome(OutcomeKind.OUR_FAULT), NOW).state is DeliveryState.ON_HOLD


def test_a_server_that_loses_every_answer_gets_few_copies() -> None:
    delivery, copies = claimed(), 0
    while copies == 0 or delivery.state is DeliveryState.DEFERRED:
        copies += 1
        delivery = after(delivery._replace(attempts=copies), Outcome(OutcomeKind.UNCERTAIN), NOW)
    assert (delivery.state, copies) == (DeliveryState.UNCERTAIN, MAX_LOST_ANSWERS)


def test_a_first_lost_answer_is_not_the_last_word_however_often_a_mail_was_deferred() -> None:
    assert after(claimed(9), Outcome(OutcomeKind.UNCERTAIN), NOW).state is DeliveryState.DEFERRED


def test_retries_wait_longer_and_longer_up_to_a_limit() -> None:
    for delivery_id in (1, 2, 1_000_000):
        delays = [retry_delay(attempts, delivery_id) / dt.timedelta(minutes=1) for attempts in range(1, 9)]
        for delay, least in zip(delays, [5, 10, 20, 40, 80, 160, 200, 200], strict=True):
            assert least <= delay <= least * 1.2
        assert retry_delay(10_000, delivery_id) <= dt.timedelta(hours=4)


def test_what_was_refused_in_one_moment_is_tried_again_in_many() -> None:
    delays = sorted(retry_delay(1, delivery_id).total_seconds() for delivery_id in range(1, 601))
    assert max(later - sooner for sooner, later in itertools.pairwise(delays)) < 2
    assert retry_delay(1, 7) == retry_delay(1, 7)
    assert retry_delay(2, 7) != 2 * retry_delay(1, 7), "the next try has its own jitter"


@given(st.integers(1, 50), st.floats(0.001, 100), st.sampled_from(list(OutcomeKind)))
def test_whatever_happens_a_delivery_ends_or_has_a_next_time(attempts: int, hours: float, kind: OutcomeKind) -> None:
    done = after(claimed(attempts, hours=hours), Outcome(kind), NOW)
    waiting = done.state is DeliveryState.DEFERRED
    assert waiting or done.state in FINAL | {DeliveryState.ON_HOLD}
    if waiting:
        assert done.next_attempt_at is not None
        assert NOW < done.next_attempt_at < done.deadline


def test_a_ledger_reconciles_what_was_due() -> None:
    counts = {DeliveryState.ACCEPTED: 5, DeliveryState.BOUNCED: 1, DeliveryState.SKIPPED: 2}
    ledger = Ledger(1, NOW.date(), 8, counts)
    assert ledger.balanced
    assert (
        ledger.reconciliation() == "8 due = 6 accepted + 0 failed + 0 suppressed + 2 skipped + 0 expired + 0 uncertain"
    )
    unfinished = Ledger(1, NOW.date(), 8, counts | {DeliveryState.QUEUED: 1})
    assert not Ledger(1, NOW.date(), 9, counts).balanced
    assert (ledger.residue, unfinished.residue, Ledger(1, NOW.date(), 9, counts).residue) == (0, -1, 1)
    assert unfinished.open == 1
    assert unfinished.reconciliation().endswith("+ 1 still open")


def test_who_refuses_a_book_is_the_e_reader_unless_we_could_not_sign_in() -> None:
    book = claimed()._replace(kind=MailKind.BOOK)
    policy = Outcome(OutcomeKind.OUR_FAULT, 550, "5.7.1")
    assert of_book(book, policy).address_is_dead
    assert of_book(claimed(), policy) == policy
    for other in (Outcome(OutcomeKind.OUR_FAULT, 535, "5.7.8"), Outcome(OutcomeKind.DEFERRED, 451)):
        assert of_book(book, other) == other
