"""Recover: what a worker had claimed when it died goes on without it.

find the dead (pure) | what did they hand over? | the rest is queued again, the doubtful go by the policy
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
import structlog

from dailypapers.delivery.process import is_running
from dailypapers.domain.delivery import Delivery, Doubt, in_doubt
from dailypapers.domain.worker import Worker, is_dead
from dailypapers.store import attempts, outbox, workers
from dailypapers.store.database import reading, writing

log = structlog.get_logger()

_NO_ANSWER = "its sender stopped before it noted an answer"


@dataclass(frozen=True, slots=True)
class Recovered:
    """How many mails of dead workers were queued again because they never left, and how many may have left."""

    untried: int = 0
    in_doubt: int = 0


def recover(engine: sa.Engine, policy: Doubt, *, now: dt.datetime) -> Recovered:
    """Take the mails of dead workers from them; cheap where nobody is dead."""
    with reading(engine) as tx:
        dead = find_dead(tx, now=now)
        if not dead and not outbox.has_orphans(tx):
            return Recovered()
    with writing(engine) as tx:
        workers.declare_dead(tx, dead, now=now)
        recovered = release_orphans(tx, policy, now=now)
    if recovered.untried or recovered.in_doubt:
        log.warning(
            "a sender had stopped half-way",
            queued_again=recovered.untried,
            perhaps_sent=recovered.in_doubt,
            policy=policy.value,
        )
    return recovered


def find_dead(tx: sa.Connection, *, now: dt.datetime) -> list[Worker]:
    """Return the workers that have stopped without a word, as far as that can be told from here."""
    return [worker for worker in workers.alive(tx) if is_dead(worker, is_running=is_running(worker.process), now=now)]


def release_orphans(tx: sa.Connection, policy: Doubt, *, now: dt.datetime) -> Recovered:
    """Let go of the mails whose worker has ended; what is to be sent again is due at once."""
    claimed = outbox.orphans(tx)
    handed_over = attempts.were_handed_over(tx, claimed)
    untried = [delivery for delivery in claimed if delivery.id not in handed_over]
    doubtful = [delivery for delivery in claimed if delivery.id in handed_over]
    attempts.forget(tx, untried)
    outbox.unclaim(tx, untried, now=now)
    outbox.record(tx, _decided(doubtful, policy, now))
    return Recovered(len(untried), len(doubtful))


def _decided(deliveries: Sequence[Delivery], policy: Doubt, now: dt.datetime) -> list[Delivery]:
    unanswered = [delivery._replace(detail=_NO_ANSWER) for delivery in deliveries]
    return [in_doubt(delivery, policy, resend_at=now) for delivery in unanswered]
