"""How far sending is shows in the store while it goes on, whoever sends."""

import asyncio
import datetime as dt
import time
from collections.abc import AsyncIterator

import sqlalchemy as sa
from tests.delivery import queued
from tests.sending import ACCEPTED, side_by_side

from dailypapers.delivery.deliver import deliver_once
from dailypapers.delivery.watch import Snapshot, snapshot
from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.domain.message import OutgoingMail
from dailypapers.domain.worker import Process, Progress
from dailypapers.mail.transport import Events, Ready
from dailypapers.store import controls, workers
from dailypapers.store.database import reading, writing

NOW = queued.NOW
SECOND = dt.timedelta(seconds=1)


def look(engine: sa.Engine, *before: Snapshot, now: dt.datetime = NOW) -> Snapshot:
    """How far sending is."""
    with reading(engine) as tx:
        return snapshot(tx, since=NOW, now=now, steady=(now - NOW).total_seconds(), before=before)


class Observed:
    """Lets somebody look while the third mail is on its way."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.seen: list[Snapshot] = []

    def share(self, processes: int) -> None:
        """Nothing is shared."""

    def stream(self, mails: AsyncIterator[OutgoingMail]) -> Events:
        """Send one mail after the other."""
        return side_by_side(mails, self.send, at_once=1)

    async def send(self, mail: OutgoingMail, ready: Ready) -> Outcome | None:
        """Wait with the last mail until what was done has been stored; the second one is greylisted."""
        await ready()
        if mail.delivery == 3:
            self.seen.append(await asyncio.to_thread(self.look_at_two))
        return Outcome(OutcomeKind.DEFERRED, 450, "4.2.0", "greylisted") if mail.delivery == 2 else ACCEPTED

    def look_at_two(self) -> Snapshot:
        """Return how far sending is once two mails are stored as done."""
        until = time.monotonic() + 10
        while (seen := look(self.engine, now=NOW + SECOND)).done < 2 and time.monotonic() < until:
            time.sleep(0.05)
        return seen

    async def close(self) -> None:
        """Nothing to let go of."""


def test_the_rate_is_right_although_the_run_was_told_what_time_it_is(engine: sa.Engine) -> None:
    queued.queue(engine, 1)
    with writing(engine) as tx:
        workers.register(tx, "w", Process("host", 1, "boot"), now=NOW)
        workers.note_progress(tx, "w", Progress(done=10))
    with reading(engine) as tx:
        first = snapshot(tx, since=NOW, now=NOW, steady=100)
    with writing(engine) as tx:
        workers.note_progress(tx, "w", Progress(done=30))
    with reading(engine) as tx:
        assert snapshot(tx, since=NOW, now=NOW, steady=104, before=[first]).per_second == 5


def test_who_looks_while_mails_are_sent_sees_how_far_that_is(engine: sa.Engine) -> None:
    queued.queue(engine, 3)
    transport = Observed(engine)
    deliver_once(queued.sending(engine, transport), clock=lambda: NOW)
    [seen] = transport.seen
    assert (seen.senders, seen.done, seen.left, seen.later) == (1, 2, 1, 1)
    assert seen.replies == {"2xx": 1, "4xx": 1}
    assert seen.domains == {"example.org": {"2xx": 1, "4xx": 1}}
    assert seen.per_second == 2
    assert seen.remaining == dt.timedelta()
    assert not seen.is_over
    after = look(engine)
    assert (after.senders, after.done, after.left, after.later, after.is_over) == (0, 3, 0, 1, True)
    assert after.replies == {"2xx": 2, "4xx": 1}


def test_the_rate_is_that_of_the_last_seconds(engine: sa.Engine) -> None:
    queued.queue(engine, 30)
    with writing(engine) as tx:
        workers.register(tx, "one", Process(), now=NOW)
        workers.note_progress(tx, "one", Progress(10))
    first = look(engine, now=NOW + SECOND)
    with writing(engine) as tx:
        workers.note_progress(tx, "one", Progress(16))
    second = look(engine, first, now=NOW + 3 * SECOND)
    assert (second.per_second, second.left, second.remaining) == (3, 30, 10 * SECOND)


def test_a_sender_that_died_is_not_taken_for_one_that_sends(engine: sa.Engine) -> None:
    queued.queue(engine, 1)
    with writing(engine) as tx:
        workers.register(tx, "one", Process(), now=NOW)
    queued.claimed(engine, "one", 1)
    assert look(engine).senders == 1
    gone = look(engine, now=NOW + 60 * SECOND)
    assert (gone.senders, gone.left, gone.is_over) == (0, 1, False)


def test_who_looks_while_sending_is_paused_sees_since_when_and_why(engine: sa.Engine) -> None:
    queued.queue(engine, 1)
    with writing(engine) as tx:
        controls.switch_on(tx, controls.Name.PAUSE, by="ann@example.org", now=NOW, reason="new server")
    paused = f"sending is paused since {NOW:%Y-%m-%d %H:%M} UTC by ann@example.org: new server"
    assert (look(engine).paused, look(engine).stopped) == (paused, ())
    done = deliver_once(queued.sending(engine, Observed(engine)), clock=lambda: NOW)
    assert (done.stopped and done.stopped.why, look(engine).paused, look(engine).stopped) == (paused, paused, ())
