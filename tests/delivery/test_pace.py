"""Limits hold for all senders together and across restarts, and a domain that refuses us costs nobody a try."""

import datetime as dt
import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.delivery import queued

from dailypapers.delivery.deliver import Sending, deliver_due, deliver_once
from dailypapers.delivery.pace import Claimed, Pace, Route, steady
from dailypapers.delivery.send import SenderOptions
from dailypapers.delivery.tally import Delivered
from dailypapers.domain.delivery import MOST_JITTER, Delivery, DeliveryState, Outcome, OutcomeKind, Priority
from dailypapers.domain.fault import Fault
from dailypapers.domain.pace import COUNTED_BY, FIRST_PAUSE, Limit, Rules
from dailypapers.mail.transport import MemoryTransport
from dailypapers.store import attempts, paces
from dailypapers.store.database import reading, writing

NOW = queued.NOW
SECOND, MINUTE, HOUR, DAY = (dt.timedelta(seconds=n) for n in (1, 60, 3600, 86400))
THROTTLED = Outcome(OutcomeKind.THROTTLED, 451, "4.7.1", "later")
PRIORITIES = (Priority.URGENT, Priority.BULK)


def as_digests(engine: sa.Engine, *, but: Sequence[int] = ()) -> None:
    """Make the mails in the outbox such as nobody waits for, but some."""
    with writing(engine) as tx:
        tx.execute(sa.text("UPDATE outbox SET priority = 'bulk'"))
        for key in but:
            tx.execute(sa.text("UPDATE outbox SET priority = 'urgent' WHERE id = :key"), {"key": key})


def daily(limit: int) -> Rules:
    """So many a day."""
    return Rules(quotas=(Limit(limit, DAY),))


def send(engine: sa.Engine, pace: Pace, transport: MemoryTransport, *, now: dt.datetime = NOW) -> Delivered:
    """Empty the outbox once."""
    options = SenderOptions(transport, "tester", pace)
    return deliver_once(Sending(engine, queued.renderer(), lambda: options), clock=lambda: now)


def claim(engine: sa.Engine, pace: Pace, worker: str, limit: int, *, now: dt.datetime = NOW) -> Claimed:
    """Claim as a run does."""
    with writing(engine) as tx:
        claimed = pace.claim(tx, worker, limit, PRIORITIES, now=now)
        attempts.start(
            tx,
            [turn.delivery for turn in claimed.turns],
            now=now,
            servers=[turn.server for turn in claimed.turns],
        )
    pace.went(claimed.turns)
    return claimed


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


def refuse(engine: sa.Engine, *keys: int) -> Delivered:
    """Send; these readers' server wants no more of us."""
    refusing = {f"reader{key}@example.org": THROTTLED for key in keys}
    return send(engine, Pace(), MemoryTransport(refusing))


def delivery(engine: sa.Engine, key: int) -> Delivery:
    """A delivery as it stands."""
    return queued.delivery(engine, key)


def test_a_domain_that_refuses_is_left_alone_by_everybody_and_that_is_nobodys_try(engine: sa.Engine) -> None:
    queued.queue(engine, 4)
    as_digests(engine)
    set_states(engine, "skipped", 4)
    refuse(engine, 1, 2, 3)
    set_states(engine, "queued", 4)
    tray = MemoryTransport()
    done = send(engine, Pace(), tray, now=NOW + MINUTE)
    assert done.states == {DeliveryState.DEFERRED: 1}
    assert not tray.sent
    waiting = delivery(engine, 4)
    assert (waiting.state, waiting.attempts) == (DeliveryState.DEFERRED, 0)
    assert waiting.next_attempt_at == NOW + FIRST_PAUSE
    assert waiting.detail == "not tried: example.org refuses our emails for now"
    with reading(engine) as tx:
        assert attempts.of_delivery(tx, 4) == []


def test_after_a_pause_one_mail_shows_whether_the_domain_takes_any(engine: sa.Engine) -> None:
    queued.queue(engine, 6)
    as_digests(engine)
    for key in (4, 5, 6):
        set_states(engine, "skipped", key)
    refuse(engine, 1, 2, 3)
    for key in (4, 5, 6):
        set_states(engine, "queued", key)
    pace, later = Pace(), NOW + FIRST_PAUSE * (1 + MOST_JITTER)
    claimed = claim(engine, pace, "a", 10, now=later)
    assert [turn.delivery.id for turn in claimed.turns] == [1]
    assert {each.next_attempt_at for each in claimed.parked} == {later + MINUTE}
    with writing(engine) as tx:
        pace.note(tx, [], [(claimed.turns[0].delivery, Outcome(OutcomeKind.ACCEPTED, 250))], now=later)
        assert paces.domains(tx, {"example.org"})["example.org"].breaker is None
    assert len(claim(engine, pace, "a", 10, now=later + MINUTE).turns) == 5


def set_states(engine: sa.Engine, state: str, key: int) -> None:
    """Put a mail into a state."""
    with writing(engine) as tx:
        tx.execute(sa.text("UPDATE outbox SET state = :state WHERE id = :key"), {"state": state, "key": key})


def test_a_limit_for_each_domain_holds_up_no_other(engine: sa.Engine) -> None:
    queued.queue(engine, 6)
    as_digests(engine)
    with writing(engine) as tx:
        tx.execute(sa.text("UPDATE outbox SET address = 'reader6@example.com' WHERE id = 6"))
    per_domain = Limit(6, MINUTE)
    claimed = claim(engine, Pace(per_domain=per_domain), "a", 10)
    assert [(turn.delivery.id, turn.at) for turn in claimed.turns] == [(1, NOW), (6, NOW)]
    assert [each.next_attempt_at for each in claimed.parked] == [NOW + n * 10 * SECOND for n in range(1, 5)]
    again = claim(engine, Pace(per_domain=per_domain), "b", 10, now=NOW + 30 * SECOND)
    assert [turn.delivery.id for turn in again.turns] == [2]


def test_too_fast_costs_nobody_a_longer_wait(engine: sa.Engine) -> None:
    queued.queue(engine, 1)
    over = Outcome(OutcomeKind.OVER_LIMIT, 550, "5.4.5", "Daily sending quota exceeded")
    now = NOW
    for _ in range(4):
        done = send(engine, Pace(), MemoryTransport({"reader1@example.org": over}), now=now)
        assert done.stopped
        assert (done.stopped.fault, done.stopped.by_own_limit) == (Fault.PACE, False)
        retry_at = delivery(engine, 1).next_attempt_at
        assert retry_at is not None
        assert 5 * MINUTE <= retry_at - now <= 6 * MINUTE
        now = retry_at


@pytest.mark.parametrize(("weights", "shares"), [((3, 1), [6, 2]), ((0, 0), [4, 4])])
def test_weights_decide_shares(sqlite: sa.Engine, weights: tuple[float, float], shares: list[int]) -> None:
    queued.queue(sqlite, 8)
    routes = [Route(name, weight=weight) for name, weight in zip("ab", weights, strict=True)]
    servers = [turn.server for turn in claim(sqlite, Pace(*routes), "w", 8).turns]
    assert [servers.count(name) for name in "ab"] == shares


def test_a_server_without_room_leaves_its_share_to_the_others(engine: sa.Engine) -> None:
    queued.queue(engine, 8)
    as_digests(engine)
    pace = Pace(Route("a", daily(2), weight=3), Route("b", daily(4), weight=1))
    servers = [turn.server for turn in claim(engine, pace, "w", 8).turns]
    assert [servers.count(name) for name in "ab"] == [2, 4]


def test_a_clock_that_stands_still_stops_no_pace() -> None:
    clock = steady(lambda: NOW)
    assert clock() >= NOW
    assert clock() <= clock()


def test_a_server_whose_mails_others_had_to_take_gets_none_for_a_minute(sqlite: sa.Engine) -> None:
    queued.queue(sqlite, 12)
    pace = Pace(Route("a", weight=1), Route("b", weight=1))
    first = claim(sqlite, pace, "w", 4)
    pace.went_by_another(replace(first.turns[0].delivery, server="a"), "b", now=NOW)
    assert [turn.server for turn in claim(sqlite, pace, "w", 4).turns] == ["b"] * 4
    later = [turn.server for turn in claim(sqlite, pace, "w", 4, now=NOW + MINUTE).turns]
    assert set(later) == {"a", "b"}, "it does not get all that it has missed"
