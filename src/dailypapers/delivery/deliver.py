"""Deliver: empty the outbox once, or for a while.

`delivery.send` sends; this opens and closes the connections around it, and waits where waiting helps.
"""

import asyncio
import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial

import sqlalchemy as sa

from dailypapers.delivery.companions import CompanionOptions, Companions, beside
from dailypapers.delivery.recovery import recover
from dailypapers.delivery.send import SenderOptions, deliver
from dailypapers.delivery.tally import SERVER_PAUSE, Delivered, Stopped
from dailypapers.digests.layout import MailRenderer
from dailypapers.domain.clock import Clock
from dailypapers.domain.delivery import DeliveryState
from dailypapers.library.gc_freeze import freeze
from dailypapers.store import controls, holds, outbox, workers
from dailypapers.store.database import reading

#: Seconds until it is looked again whether mails that another process had claimed are its own, or anybody's.
_LOOK_AGAIN = 5.0
#: Seconds in which connections say goodbye; a server that does not answer may not keep a process from ending.
_GOODBYE = 2.0
#: Seconds after which a clock that has not moved is one that stands still, as `--now` makes it.
_MOMENT = 0.05


@dataclass(frozen=True, slots=True)
class Sending:
    """What it takes to empty the outbox."""

    engine: sa.Engine
    renderer: MailRenderer
    make_sender_options: Callable[[], SenderOptions]
    companions: CompanionOptions = field(default=CompanionOptions())


def deliver_once(
    sending: Sending,
    *,
    clock: Clock,
    on_progress: Callable[[int], None] = lambda _: None,
    stop: threading.Event | None = None,
    early: Companions | None = None,
) -> Delivered:
    """Send what is due over connections that are opened and closed here, with other processes where many mails wait.

    One that has sent since before, `early`, is told that no more comes, and helps.
    """
    stop, options = stop or threading.Event(), sending.companions
    with reading(sending.engine) as tx:
        waiting = outbox.waiting(tx).get(DeliveryState.QUEUED, 0)
    freeze(waiting)
    helping = [early] if early else []
    count = max(options.worth_starting(waiting) - len(helping), 0)
    processes = 1 + len(helping) + count
    alone = partial(deliver_beside, sending, clock=clock, on_progress=on_progress, stop=stop)
    if processes == 1:
        return alone(processes=1)
    with beside(count, options.told(processes, clock), stop=stop, on_progress=on_progress) as companions:
        helping.append(companions)
        done = _with(helping, lambda: alone(processes=processes))
    for each in helping:
        each.wait()
        done = each.added_to(done)
    if any(each.any_failed for each in helping) and not done.stopped:
        done = _together(done, alone(processes=1))
    with reading(sending.engine) as tx:
        return replace(done, elsewhere=outbox.count_claimed(tx))


def _with(helping: Sequence[Companions], send: Callable[[], Delivered]) -> Delivered:
    """Send beside others, to whom no more comes; what stops one of them stops all."""
    for each in helping:
        each.no_more_comes()
    done = Delivered() if any(each.stopped for each in helping) else send()
    for each in helping if done.stopped else ():
        each.stop()
    return done


@contextmanager
def sending_early(
    sending: Sending,
    readers: int,
    *,
    clock: Clock,
    on_progress: Callable[[int], None] = lambda _: None,
    stop: threading.Event,
) -> Iterator[Companions | None]:
    """Have a process send what is ready while digests for so many readers are composed, where that is worth it.

    The body ends with `deliver_once`, or `deliver_until_empty`, which are given it.
    """
    options = sending.companions
    if not options.is_worth_starting_early(readers):
        yield None
        return
    # As many as may join later share the connections from the beginning.
    told = options.told(max(options.processes, 2), clock)
    with beside(1, told, stop=stop, on_progress=on_progress, more_comes=True) as early:
        yield early


def deliver_beside(
    sending: Sending,
    *,
    processes: int,
    clock: Clock,
    on_progress: Callable[[int], None],
    stop: threading.Event,
    more_comes: Callable[[], bool] = lambda: False,
) -> Delivered:
    """Send what is due by this process alone, one of so many that share the connections."""

    async def send() -> Delivered:
        options = sending.make_sender_options()
        options.transport.share(processes)
        try:
            return await deliver(
                sending.engine,
                sending.renderer,
                options,
                clock=clock,
                on_progress=on_progress,
                stop=stop,
                more_comes=more_comes,
            )
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(_GOODBYE):
                    await options.transport.close()

    return asyncio.run(send())


def deliver_due(sending: Sending, *, clock: Clock, stop: threading.Event) -> None:
    """Send what is due; what a sender has left that died is recovered in any case.

    Nothing is connected to where nothing is due, where mails on hold wait for an operator, where an operator has
    paused sending, where a limit leaves no room, or shortly after the mail server took nothing. Where the server wants
    no more for a while, what somebody waits for is tried after a minute all the same.
    """
    options = sending.make_sender_options()
    with reading(sending.engine) as tx:
        is_claimed = outbox.count_claimed(tx)
    if is_claimed:
        recover(sending.engine, options.uncertain, now=clock())
    with reading(sending.engine) as tx:
        pause = workers.pause(tx, now=clock())
        is_worth_while = _is_worth_while(tx, options, pause, clock())
    if is_worth_while and pause:
        urgent = partial(_only_urgent, sending.make_sender_options, pause.resume_at)
        alone = replace(sending, make_sender_options=urgent)
        deliver_beside(alone, processes=1, clock=clock, on_progress=lambda _: None, stop=stop)
    elif is_worth_while:
        deliver_once(sending, clock=clock, stop=stop)


def _only_urgent(make_sender_options: Callable[[], SenderOptions], until: dt.datetime) -> SenderOptions:
    return replace(make_sender_options(), only_urgent_until=until)


def _is_worth_while(tx: sa.Connection, options: SenderOptions, pause: workers.Pause | None, now: dt.datetime) -> bool:
    """Return whether a mail is due that may go now."""
    next_attempt, (on_hold, _) = outbox.next_attempt(tx, now=now), holds.on_hold(tx)
    if next_attempt is None or next_attempt > now or on_hold or controls.control(tx, controls.Name.PAUSE):
        return False
    if pause:
        return now >= pause.began_at + SERVER_PAUSE and outbox.has_urgent(tx)
    return options.pace.room(tx, now).mails > 0 or outbox.has_urgent(tx)


def deliver_until_empty(
    sending: Sending,
    *,
    clock: Clock,
    patience: dt.timedelta,
    stop: threading.Event,
    on_progress: Callable[[int], None] = lambda _: None,
    early: Companions | None = None,
) -> Delivered:
    """Send what is due, and again as deferred mails come due, for as long as `patience` lasts.

    A server that greylists takes a mail on the second try, some minutes later; whoever runs a day from cron would
    lose the first day of every new reader without it. With a clock that stands still nothing is waited for. Patience
    goes by a clock that nobody sets.
    """
    until = time.monotonic() + patience.total_seconds()
    done = deliver_once(sending, clock=clock, on_progress=on_progress, stop=stop, early=early)
    while wait := _wait_for_next(sending, done.stopped, now=clock(), longest=until - time.monotonic()):
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
    return Delivered(+states, again.stopped, again.elsewhere)


def _wait_for_next(sending: Sending, stopped: Stopped | None, *, now: dt.datetime, longest: float) -> float:
    """Return seconds until the next run is worth its while, 0 where none is within `longest` seconds.

    A mail server that takes nothing is asked again after a while; what an operator must mend is not waited for.
    """
    if stopped and not stopped.pause:
        return 0
    with reading(sending.engine) as tx:
        due, claimed = outbox.next_attempt(tx, now=now), outbox.count_claimed(tx)
    least = stopped.pause.total_seconds() if stopped and stopped.pause else _MOMENT
    moments = [max((due - now).total_seconds(), least)] if due else []
    moments += [_LOOK_AGAIN] if claimed else []
    return min((seconds for seconds in moments if seconds <= longest), default=0)
