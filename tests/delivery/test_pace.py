"""Limits hold for all senders together and across restarts."""

import threading

import sqlalchemy as sa
from tests.delivery import queued
from tests.delivery.paced import DAY, HOUR, MINUTE, NOW, SECOND, as_digests, claim, daily, send

from dailypapers.delivery.deliver import Sending, deliver_due
from dailypapers.delivery.pace import Pace, steady
from dailypapers.delivery.routes import Route
from dailypapers.delivery.send import SenderOptions
from dailypapers.domain.delivery import DeliveryState, Outcome, OutcomeKind
from dailypapers.domain.fault import Fault
from dailypapers.domain.pace import COUNTED_BY, Limit, Rules
from dailypapers.mail.transport import MemoryTransport
from dailypapers.store.database import reading


def test_a_restart_does_not_send_the_limit_of_a_day_twice(engine: sa.Engine) -> None:
    queued.queue(engine, 12)
    as_digests(engine)
    tray = MemoryTransport()
    done = send(engine, Pace(Route("relay", daily(5))), tray)
    assert done.states == {DeliveryState.ACCEPTED: 5}
    assert done.stopped
    assert (done.stopped.fault, done.stopped.by_own_limit) == (Fault.PACE, True)
    assert "no more than 5 emails within 24 hours: the next may go at 2026-04-21 08:05 UTC" in done.stopped.why
    assert not send(engine, Pace(Route("relay", daily(5))), tray, now=NOW + HOUR).states
    assert queued.states(engine) == {"accepted": 5, "queued": 7}
    send(engine, Pace(Route("relay", daily(5))), tray, now=NOW + DAY / 2)
    assert len(tray.sent) == 5
    with reading(engine) as tx:
        assert Pace(Route("relay", daily(5))).room(tx, NOW + DAY + COUNTED_BY).mails == 5


def test_two_senders_share_one_budget(engine: sa.Engine) -> None:
    queued.queue(engine, 12)
    as_digests(engine)
    first = claim(engine, Pace(Route("relay", daily(5))), "a", 4)
    second = claim(engine, Pace(Route("relay", daily(5))), "b", 4)
    assert (len(first.turns), len(second.turns), second.no_room) == (4, 1, None)
    third = claim(engine, Pace(Route("relay", daily(5))), "c", 4)
    assert not third.turns
    assert third.no_room


def test_the_rate_of_a_second_is_that_of_all_senders(engine: sa.Engine) -> None:
    queued.queue(engine, 12)
    as_digests(engine)
    rules = Rules(Limit(2, SECOND))
    moments = [turn.at - NOW for worker in "ab" for turn in claim(engine, Pace(Route("relay", rules)), worker, 4).turns]
    assert moments == [n * SECOND / 2 for n in range(8)]


def test_who_is_waited_for_is_counted_and_does_not_wait(engine: sa.Engine) -> None:
    queued.queue(engine, 4)
    as_digests(engine, but=[4])
    tray = MemoryTransport()
    send(engine, Pace(Route("relay", daily(2))), tray)
    assert [mail.delivery for mail in tray.sent] == [4, 1]
    as_digests(engine, but=[2])
    sending = Sending(engine, queued.renderer(), lambda: SenderOptions(tray, "t", Pace(Route("relay", daily(2)))))
    deliver_due(sending, clock=lambda: NOW, stop=threading.Event())
    assert [mail.delivery for mail in tray.sent] == [4, 1, 2]
    deliver_due(sending, clock=lambda: NOW, stop=threading.Event())
    assert queued.states(engine) == {"accepted": 3, "queued": 1}


def test_too_fast_costs_nobody_a_longer_wait(engine: sa.Engine) -> None:
    queued.queue(engine, 1)
    over = Outcome(OutcomeKind.OVER_LIMIT, 550, "5.4.5", "Daily sending quota exceeded")
    now = NOW
    for _ in range(4):
        done = send(engine, Pace(), MemoryTransport({"reader1@example.org": over}), now=now)
        assert done.stopped
        assert (done.stopped.fault, done.stopped.by_own_limit) == (Fault.PACE, False)
        retry_at = queued.delivery(engine, 1).next_attempt_at
        assert retry_at is not None
        assert 5 * MINUTE <= retry_at - now <= 6 * MINUTE
        now = retry_at


def test_a_clock_that_stands_still_stops_no_pace() -> None:
    clock = steady(lambda: NOW)
    assert clock() >= NOW
    assert clock() <= clock()
