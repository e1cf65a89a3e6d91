"""An operator pauses all sending: at once, for all senders; going on, each mail leaves once."""

import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass

import sqlalchemy as sa
from tests.delivery import queued
from tests.delivery.queued import NOW

from dailypapers.delivery.deliver import deliver_due, deliver_once
from dailypapers.domain.message import OutgoingMail
from dailypapers.mail.transport import Events, MemoryTransport
from dailypapers.store import controls, workers
from dailypapers.store.controls import Name
from dailypapers.store.database import reading, writing


def pause(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        controls.switch_on(tx, Name.PAUSE, by="ann@example.org", now=NOW, reason="the new server")


def go_on(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        controls.switch_off(tx, Name.PAUSE)


@dataclass
class PausedHalfWay(MemoryTransport):
    """Somebody pauses sending once so many mails have left."""

    engine: sa.Engine | None = None
    after: int = 3

    async def stream(self, mails: AsyncIterator[OutgoingMail]) -> Events:
        """Pause before the next mail is asked for."""

        async def pausing() -> AsyncIterator[OutgoingMail]:
            async for mail in mails:
                if len(self.sent) == self.after and self.engine is not None:
                    pause(self.engine)
                yield mail

        kept: Events = super().stream(pausing())
        events = await anext(kept)
        while True:
            try:
                events = await kept.asend((yield events))
            except StopAsyncIteration:
                return


def test_a_pause_counts_for_mails_that_are_claimed_and_nothing_is_lost_or_doubled(engine: sa.Engine) -> None:
    queued.queue(engine, 10)
    tray = PausedHalfWay(engine=engine)
    done = deliver_once(queued.sending(engine, tray), clock=lambda: NOW)
    assert done.stopped is not None
    assert "paused since 2026-04-20 08:00 UTC by ann@example.org: the new server" in done.stopped.why
    assert queued.states(engine) == {"accepted": 3, "queued": 7}
    with reading(engine) as tx:
        tries = tx.execute(sa.text("SELECT count(*) FROM attempts")).scalar_one()
    assert tries == 3
    go_on(engine)
    tray.engine = None
    deliver_once(queued.sending(engine, tray), clock=lambda: NOW)
    assert queued.states(engine) == {"accepted": 10}
    assert sorted(mail.delivery for mail in tray.sent) == list(range(1, 11))


def test_while_sending_is_paused_nobody_begins(engine: sa.Engine) -> None:
    queued.queue(engine, 2)
    pause(engine)
    sending = queued.sending(engine, MemoryTransport())
    deliver_due(sending, clock=lambda: NOW, stop=threading.Event())
    with reading(engine) as tx:
        assert not workers.has_ended_one(tx)
    done = deliver_once(sending, clock=lambda: NOW)
    assert (queued.states(engine), done.stopped is not None) == ({"queued": 2}, True)
