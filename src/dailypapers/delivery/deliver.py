"""Deliver: empty the outbox once, or for a while.

`delivery.send` sends; this opens and closes the connections around it, and waits where waiting helps.
"""

import asyncio
import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from dailypapers.delivery.send import Delivered, SenderOptions, deliver
from dailypapers.digests.layout import MailRenderer
from dailypapers.domain.clock import Clock
from dailypapers.domain.delivery import DeliveryState
from dailypapers.store import outbox
from dailypapers.store.database import reading

#: Seconds after which a clock that has not moved is one that stands still, as `--now` makes it.
_MOMENT = 0.05


@dataclass(frozen=True, slots=True)
class Sending:
    """What it takes to empty the outbox."""

    engine: sa.Engine
    renderer: MailRenderer
    make_sender_options: Callable[[], SenderOptions]


def deliver_once(
    sending: Sending,
    *,
    clock: Clock,
    on_progress: Callable[[int], None] = lambda _: None,
    stop: threading.Event | None = None,
) -> Delivered:
    """Send what is due over connections that are opened and closed here."""

    async def send() -> Delivered:
        options = sending.make_sender_options()
        try:
            return await deliver(
                sending.engine, sending.renderer, options, clock=clock, on_progress=on_progress, stop=stop
            )
        finally:
            await options.transport.close()

    return asyncio.run(send())


def deliver_due(sending: Sending, *, clock: Clock, stop: threading.Event) -> None:
    """Send what is due; nothing is connected to where nothing is, or where mails on hold wait for an operator."""
    with reading(sending.engine) as tx:
        next_attempt, (on_hold, _) = outbox.next_attempt(tx, now=clock()), outbox.on_hold(tx)
    if next_attempt is not None and next_attempt <= clock() and not on_hold:
        deliver_once(sending, clock=clock, stop=stop)


def deliver_until_empty(
    sending: Sending,
    *,
    clock: Clock,
    patience: dt.timedelta,
    stop: threading.Event,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Delivered:
    """Send what is due, and again as deferred mails come due, for as long as `patience` lasts.

    A server that greylists takes a mail on the second try, some minutes later; whoever runs a day from cron would
    lose the first day of every new reader without it. With a clock that stands still nothing is waited for.
    """
    until = clock() + patience
    done = deliver_once(sending, clock=clock, on_progress=on_progress, stop=stop)
    while wait := _wait_for_next(sending, now=clock(), until=until):
        if not _time_passes(wait, clock=clock, stop=stop):
            break
        done = _together(done, deliver_once(sending, clock=clock, on_progress=on_progress, stop=stop))
    return done


def _time_passes(seconds: float, *, clock: Clock, stop: threading.Event) -> bool:
    """Wait; tell whether it was worth it: nobody asked to stop, and the clock goes, which shows after a moment."""
    before = clock()
    if stop.wait(min(seconds, _MOMENT)) or clock() == before:
        return False
    return not stop.wait(max(seconds - _MOMENT, 0))


def _together(before: Delivered, again: Delivered) -> Delivered:
    """Return what two runs did: what the second one tried were the first one's deferred mails."""
    states = before.states + again.states
    states[DeliveryState.DEFERRED] -= min(before.states[DeliveryState.DEFERRED], again.states.total())
    return Delivered(+states, again.stopped)


def _wait_for_next(sending: Sending, *, now: dt.datetime, until: dt.datetime) -> float:
    """Return seconds until the next deferred mail comes due, 0 where none does before `until`."""
    with reading(sending.engine) as tx:
        due = outbox.next_attempt(tx, now=now)
    if due is None or not now < due <= until:
        return 0
    return (due - now).total_seconds()
