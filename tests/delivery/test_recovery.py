"""What a dead worker had claimed goes on at once: what never left is queued again, the rest follows the policy."""

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.delivery.queued import DEADLINE, NOW, claimed, delivery, queue, states

from dailypapers.delivery.process import this_process
from dailypapers.delivery.recovery import Recovered, recover
from dailypapers.domain.delivery import DeliveryState, Doubt
from dailypapers.domain.worker import LEASE, Process
from dailypapers.store import attempts, workers
from dailypapers.store.database import reading, writing

GONE = replace(this_process(), started="1")


def register(engine: sa.Engine, name: str, process: Process) -> None:
    with writing(engine) as tx:
        workers.register(tx, name, process, now=NOW)


def tries(engine: sa.Engine, key: int) -> int:
    with reading(engine) as tx:
        return len(attempts.of_delivery(tx, key))


def test_what_never_left_is_queued_again_and_the_rest_is_sent_again(engine: sa.Engine) -> None:
    queue(engine, 5)
    register(engine, "dead", GONE)
    claimed(engine, "dead", 5, handed_over=2)
    assert recover(engine, Doubt.RESEND, now=NOW) == Recovered(untried=3, in_doubt=2)
    assert states(engine) == {"queued": 3, "deferred": 2}
    assert [tries(engine, key) for key in range(1, 6)] == [1, 1, 0, 0, 0]
    again = claimed(engine, "next", 9)
    assert sorted(each.attempts for each in again) == [1, 1, 1, 2, 2]
    assert {each.doubt for each in again} == {None, Doubt.RESEND}


@pytest.mark.parametrize("policy", [Doubt.CARRY, Doubt.HOLD])
def test_by_another_policy_what_may_have_left_is_uncertain(engine: sa.Engine, policy: Doubt) -> None:
    queue(engine, 2)
    claimed(engine, "never heard of", 2, handed_over=1)
    recover(engine, policy, now=NOW)
    assert states(engine) == {"queued": 1, "uncertain": 1}
    assert delivery(engine, 1).doubt is policy


def test_past_its_deadline_nothing_is_sent_again(engine: sa.Engine) -> None:
    queue(engine, 1)
    claimed(engine, "never heard of", 1, handed_over=1)
    recover(engine, Doubt.RESEND, now=NOW + DEADLINE)
    assert delivery(engine, 1).state is DeliveryState.UNCERTAIN


def test_however_often_its_senders_die_a_mail_goes_on(engine: sa.Engine) -> None:
    queue(engine, 1)
    for n in range(9):
        claimed(engine, f"dead {n}", 1, handed_over=1)
        recover(engine, Doubt.RESEND, now=NOW)
    assert delivery(engine, 1).state is DeliveryState.DEFERRED
    assert len(claimed(engine, "next", 1)) == 1


@pytest.mark.parametrize(
    ("process", "later", "taken"),
    [
        (this_process(), LEASE * 2, False),
        (Process("another machine", 1, "1"), LEASE / 2, False),
        (Process("another machine", 1, "1"), LEASE, True),
        (Process(), LEASE, True),
        (GONE, dt.timedelta(), True),
    ],
)
def test_nothing_is_taken_from_who_lives(engine: sa.Engine, process: Process, later: dt.timedelta, taken: bool) -> None:
    queue(engine, 1)
    register(engine, "one", process)
    claimed(engine, "one", 1)
    recover(engine, Doubt.RESEND, now=NOW + later)
    assert states(engine) == {"queued" if taken else "claimed": 1}
