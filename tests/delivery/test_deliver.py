"""The outbox is emptied over connections that are closed whatever happens, and waiting ends when it is in vain."""

import datetime as dt
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest
import sqlalchemy as sa
from tests.delivery import queued
from tests.delivery.test_send import composed, sending
from tests.world import MONDAY, world

from dailypapers.delivery.deliver import deliver_due, deliver_once, deliver_until_empty
from dailypapers.delivery.tally import IN_A_ROW, SERVER_PAUSE
from dailypapers.domain.delivery import DeliveryState, MailKind, Outcome, OutcomeKind
from dailypapers.domain.message import OutgoingMail
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, SubscriberState
from dailypapers.domain.worker import LEASE, Process
from dailypapers.mail.transport import Events, MemoryTransport
from dailypapers.store import outbox, subscribers, workers
from dailypapers.store.database import writing

GREYLISTED = Outcome(OutcomeKind.DEFERRED, 450, "4.2.0", "greylisted")
FIVE_MINUTES = dt.timedelta(minutes=5)
ALICE, BOB = "alice@example.org", "bob@example.org"


@dataclass
class GreylistingOnce(MemoryTransport):
    """Defers the first mail to each recipient, and counts how often it was closed."""

    seen: set[str] = field(default_factory=set)
    closed: int = 0

    async def stream(self, mails: AsyncIterator[OutgoingMail]) -> Events:
        """Answer the first mail to each recipient with 450."""
        self.outcomes = {name: GREYLISTED for name in (ALICE, BOB) if name not in self.seen}
        async for events in super().stream(mails):
            self.seen.update(event.mail.envelope.recipient for event in events)
            yield events

    async def close(self) -> None:
        """Count it."""
        self.closed += 1


@dataclass
class Clock:
    """Goes on by a step whenever it is looked at, and by what is waited for."""

    step: dt.timedelta = dt.timedelta(microseconds=1)
    now: dt.datetime = MONDAY

    def __call__(self) -> dt.datetime:
        self.now += self.step
        return self.now


class Waiting(threading.Event):
    """Nobody asks to stop, and waiting takes the clock's time instead of the test's."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        """Let the clock go on."""
        self.clock.now += dt.timedelta(seconds=timeout or 0)
        return super().wait(0)


def test_what_is_due_is_sent_and_the_connections_closed(engine: sa.Engine) -> None:
    tray, progress = GreylistingOnce(), list[int]()
    with world(engine) as w:
        composed(w, "alice", "bob")
        ready = sending(w, tray)
        done = deliver_once(ready, clock=lambda: MONDAY, on_progress=progress.append)
        assert (done.states, done.stopped, tray.closed) == ({DeliveryState.DEFERRED: 2}, None, 1)
        assert sum(progress) == 2
        assert deliver_once(ready, clock=lambda: MONDAY).states == {}
        assert tray.closed == 2


def test_connections_are_closed_where_sending_breaks(sqlite: sa.Engine) -> None:
    tray = GreylistingOnce()
    with world(sqlite) as w:
        composed(w, "alice")
        with pytest.raises(RuntimeError, match="the clock broke"):
            deliver_once(sending(w, tray), clock=_broken)
    assert tray.closed == 1


def _broken() -> dt.datetime:
    raise RuntimeError("the clock broke")


def test_a_deferred_mail_is_sent_when_it_comes_due_and_counted_once(engine: sa.Engine) -> None:
    tray = GreylistingOnce()
    with world(engine) as w:
        composed(w, "alice", "bob")
        clock = Clock()
        done = deliver_until_empty(sending(w, tray), clock=clock, patience=dt.timedelta(hours=3), stop=Waiting(clock))
    assert done.states == {DeliveryState.ACCEPTED: 2}
    assert sorted(mail.envelope.recipient for mail in tray.sent) == [ALICE, BOB]
    assert FIVE_MINUTES <= clock.now - MONDAY < FIVE_MINUTES * 1.2 + dt.timedelta(seconds=1)


@pytest.mark.parametrize("patience", [dt.timedelta(), FIVE_MINUTES - dt.timedelta(seconds=1)])
def test_what_comes_due_only_afterwards_is_not_waited_for(sqlite: sa.Engine, patience: dt.timedelta) -> None:
    tray = GreylistingOnce()
    with world(sqlite) as w:
        composed(w, "alice")
        clock = Clock()
        done = deliver_until_empty(sending(w, tray), clock=clock, patience=patience, stop=Waiting(clock))
    assert (done.states, tray.sent, tray.closed) == ({DeliveryState.DEFERRED: 1}, [], 1)


def test_with_a_clock_that_stands_still_nothing_is_waited_for(sqlite: sa.Engine) -> None:
    tray = GreylistingOnce()
    with world(sqlite) as w:
        composed(w, "alice")
        done = deliver_until_empty(
            sending(w, tray), clock=lambda: MONDAY, patience=dt.timedelta(hours=3), stop=threading.Event()
        )
    assert (done.states, tray.closed) == ({DeliveryState.DEFERRED: 1}, 1)


def test_whoever_is_asked_to_stop_waits_no_longer(sqlite: sa.Engine) -> None:
    tray, stop = GreylistingOnce(), threading.Event()
    with world(sqlite) as w:
        composed(w, "alice")
        # Asked in the middle of the first run, after the only mail has been answered.
        done = deliver_until_empty(
            sending(w, tray),
            clock=Clock(),
            patience=dt.timedelta(hours=3),
            stop=stop,
            on_progress=lambda _: stop.set(),
        )
    assert (done.states, tray.closed) == ({DeliveryState.DEFERRED: 1}, 1)


def test_nothing_waits_where_nothing_is_deferred(sqlite: sa.Engine) -> None:
    with world(sqlite) as w:
        done = deliver_until_empty(
            replace(w.dependencies.sending),
            clock=Clock(),
            patience=dt.timedelta(hours=3),
            stop=threading.Event(),
        )
    assert done.states == {}


def tick(engine: sa.Engine, transport: MemoryTransport, now: dt.datetime = queued.NOW) -> dict[str, int]:
    """Send what is due as a scheduler does; returns how many mails are in each state."""
    deliver_due(queued.sending(engine, transport), clock=lambda: now, stop=threading.Event())
    return queued.states(engine)


def test_what_a_dead_sender_left_goes_out_with_the_next_tick(engine: sa.Engine) -> None:
    queued.queue(engine, 4)
    queued.claimed(engine, "never heard of", 4, handed_over=1)
    assert tick(engine, MemoryTransport()) == {"accepted": 4}


def test_a_mail_server_that_is_down_is_left_alone_for_a_minute(engine: sa.Engine) -> None:
    queued.queue(engine, IN_A_ROW + 5)
    down = Outcome(OutcomeKind.INTERRUPTED, text="connection refused")
    transport = MemoryTransport({f"reader{n}@example.org": down for n in range(1, IN_A_ROW + 6)})
    assert tick(engine, transport) == {"deferred": IN_A_ROW, "queued": 5}
    transport.outcomes = {}
    assert tick(engine, transport, queued.NOW + SERVER_PAUSE / 2)["queued"] == 5
    assert tick(engine, transport, queued.NOW + SERVER_PAUSE)["accepted"] == 5


def test_what_another_machine_has_claimed_is_waited_for(engine: sa.Engine) -> None:
    queued.queue(engine, 2)
    clock = Clock(now=queued.NOW)
    with writing(engine) as tx:
        workers.register(tx, "elsewhere", Process("another machine", 1, "1"), now=queued.NOW)
    queued.claimed(engine, "elsewhere", 2)
    patience, transport = dt.timedelta(minutes=5), MemoryTransport()
    done = deliver_until_empty(queued.sending(engine, transport), clock=clock, patience=patience, stop=Waiting(clock))
    assert (done.states, len(transport.sent), done.elsewhere) == ({DeliveryState.ACCEPTED: 2}, 2, 0)
    assert LEASE <= clock.now - queued.NOW < LEASE * 2


def test_where_the_server_wants_no_more_for_now_only_who_is_waited_for_is_tried(engine: sa.Engine) -> None:
    """A limit of the server's pauses digests for five minutes; a confirmation waits a minute at most."""
    over_limit = Outcome(OutcomeKind.OVER_LIMIT, 452, "4.5.3", "hourly quota")
    with world(engine) as w:
        composed(w, "alice", "bob")
        deliver_once(sending(w, MemoryTransport({ALICE: over_limit, BOB: over_limit})), clock=lambda: MONDAY)
        with writing(engine) as tx:
            newcomer = subscribers.add(
                tx, "carol@example.org", state=SubscriberState.PENDING, rhythm=Rhythm(), amount=Amount(5),
                consent=Consent("test"), now=MONDAY,
            )  # fmt: skip
            assert newcomer is not None
            tx.execute(sa.text("UPDATE outbox SET next_attempt_at = created_at"))  # They are due again.
            mail = outbox.NewDelivery(newcomer, "carol@example.org", MailKind.CONFIRM, MONDAY + dt.timedelta(hours=1))
            outbox.put(tx, [mail], now=MONDAY)
        tray = MemoryTransport()

        def at(seconds: int) -> list[str]:
            deliver_due(sending(w, tray), clock=lambda: MONDAY + dt.timedelta(seconds=seconds), stop=threading.Event())
            return [mail.envelope.recipient for mail in tray.sent]

        assert at(59) == []
        assert at(60) == ["carol@example.org"]
        assert at(200) == ["carol@example.org"], "the pause lasts for all others"
        assert sorted(at(300)) == [ALICE, BOB, "carol@example.org"]
