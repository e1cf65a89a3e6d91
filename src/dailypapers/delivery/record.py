"""Record: what is about to happen to mails, and what has, in one transaction."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from dailypapers.delivery.pace import Pace
from dailypapers.domain.delivery import Delivery, DeliveryState, MailKind, Outcome, OutcomeKind
from dailypapers.domain.subscriber import SubscriberState
from dailypapers.store import attempts, outbox, subscribers, suppressions, workers
from dailypapers.tools import e_reader


class Result(NamedTuple):
    """A delivery as it stands after what was answered."""

    delivery: Delivery
    outcome: Outcome


def note(
    tx: sa.Connection,
    worker_id: str,
    leaving: Sequence[Delivery],
    results: Sequence[Result],
    *,
    pace: Pace,
    now: dt.datetime,
) -> frozenset[int]:
    """Note which mails are about to be handed over, and what became of others.

    Returns the ids of those that must not be handed over: another worker has taken them, or nobody wants them any more.
    """
    still = outbox.still_to_send(tx, worker_id, [delivery.id for delivery in leaving], now=now)
    handed_over = [delivery for delivery in leaving if delivery.id in still]
    withdrawn = [delivery for delivery in leaving if delivery.id not in still]
    if handed_over:
        attempts.hand_over(tx, handed_over, now=now)
        workers.count_handed_over(tx, worker_id, len(handed_over))
    attempts.forget(tx, withdrawn)
    answers = [(result.delivery, result.outcome) for result in results]
    attempts.answer(tx, answers, now=now)
    pace.note(tx, handed_over, answers, now=now)
    _settle(tx, results, now)
    return frozenset(delivery.id for delivery in withdrawn)


def give_back_until(tx: sa.Connection, delivery: Delivery) -> None:
    """Give a claimed mail back untried, to be due at its `next_attempt_at`."""
    attempts.forget(tx, [delivery])
    outbox.park(tx, [delivery])


def _settle(tx: sa.Connection, results: Sequence[Result], now: dt.datetime) -> None:
    """Record what became of mails, and what follows from it for their readers."""
    outbox.record(tx, [result.delivery for result in results])
    accepted = [result.delivery for result in results if result.delivery.state is DeliveryState.ACCEPTED]
    subscribers.accepted(tx, {each.subscriber: each.edition for each in accepted if each.edition is not None})
    for result in results:
        if result.outcome.kind is not OutcomeKind.ACCEPTED and result.outcome.address_is_dead:
            _give_up(tx, result.delivery, now)


def _give_up(tx: sa.Connection, delivery: Delivery, now: dt.datetime) -> None:
    if delivery.kind is MailKind.BOOK:
        e_reader.switch_off(tx, delivery.subscriber, delivery.address, now=now)
        return
    suppressions.suppress(tx, delivery.address, reason="the address is dead", detail=delivery.detail, now=now)
    subscribers.transition(tx, delivery.subscriber, to=SubscriberState.BOUNCED, now=now)
