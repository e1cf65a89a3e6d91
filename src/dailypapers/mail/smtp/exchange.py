"""The queue between a stream and its connections: mails in, batches of events out, each batch acknowledged.

    mails → feed → ready → get: a connection → may_hand_over, settle → next_batch → recorded → acknowledge

Knows nothing of SMTP. A mail is pulled only where a connection wants one; what a connection could not send goes back
and to another one, and no event says so.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial

from dailypapers.domain.delivery import Outcome
from dailypapers.domain.fault import Fault
from dailypapers.domain.message import OutgoingMail
from dailypapers.mail.transport import AboutToHandOver, Answered, Event

#: Seconds a batch waits for events that are nearly there; about as long as it takes to record one.
_LINGER = 0.005


@dataclass
class InFlight:
    """A mail that was pulled and is not settled yet."""

    mail: OutgoingMail
    broken: int = 0
    """How many connections broke over it."""
    slowed: int = 0
    """How often the server found us too fast for it."""


class Exchange:
    """Mails in, batches of events out.

    `feed`, `next_batch` and `acknowledge` are for the stream, the others for its connections. An event that must be
    recorded before its connection goes on is unacknowledged until then.
    """

    def __init__(self, mails: AsyncIterator[OutgoingMail]) -> None:
        self._mails = mails
        self._ready: deque[InFlight] = deque()
        self._consumers: deque[asyncio.Future[None]] = deque()
        #: Connections that wait for a mail; those count too that have been woken and have not taken one yet.
        self._waiting_consumers = 0
        self._demand = asyncio.Event()
        #: How many mails were pulled and have not come to an end.
        self._unsettled = 0
        self._exhausted = False
        self._error: BaseException | None = None
        self._events: list[Event] = []
        #: By delivery, what waits for events of the next batch to be recorded, and for those of the last one.
        self._unacknowledged: list[tuple[int, Callable[[bool], None]]] = []
        self._reported: list[tuple[int, Callable[[bool], None]]] = []
        #: How many connections waited for the last batch: the next one waits a moment until there are as many.
        self._usual_size = 1
        self._is_due = asyncio.Event()
        self._unreported_refusals = 0
        self._flush_timer: asyncio.TimerHandle | None = None
        #: How many mails are to be ready besides those that are waited for: one a connection that pipelines.
        self._prefetched = 0

    async def feed(self) -> None:
        """Pull mails as connections ask for them, until there are no more; none while a refusal is not recorded."""
        try:
            while not self._exhausted:
                self._demand.clear()
                while not self._unreported_refusals and len(self._ready) < self._waiting_consumers + self._prefetched:
                    await self._pull()
                await self._demand.wait()
        except StopAsyncIteration:
            self._exhausted = True
        except Exception as error:  # noqa: BLE001 - whatever keeps mails from being made ends the stream, which raises it
            self._exhausted, self._error = True, error
        self._is_due.set()

    async def _pull(self) -> None:
        mail = await anext(self._mails)
        self._unsettled += 1
        self._ready.append(InFlight(mail))
        self._wake()

    def fail(self, error: BaseException) -> None:
        """End the stream with an error."""
        self._error = error
        self._is_due.set()

    async def get(self) -> InFlight:
        """Return the next mail, waiting until there is one."""
        self._waiting_consumers += 1
        try:
            while not self._ready:
                await self._until_fed()
            return self._ready.popleft()
        finally:
            self._waiting_consumers -= 1

    async def _until_fed(self) -> None:
        """Wait until a mail has come; another connection may have taken it by then."""
        consumer = asyncio.get_running_loop().create_future()
        self._consumers.append(consumer)
        self._demand.set()
        try:
            await consumer
        finally:
            with suppress(ValueError):
                self._consumers.remove(consumer)

    @contextmanager
    def prefetching(self) -> Iterator[None]:
        """Keep one mail more ready, for a connection that announces the next while it hands one over."""
        self._prefetched += 1
        self._demand.set()
        try:
            yield
        finally:
            self._prefetched -= 1

    def get_nowait(self) -> InFlight | None:
        """Return the next mail if one is ready."""
        _set(self._demand)
        return self._ready.popleft() if self._ready else None

    def put_back(self, in_flight: InFlight) -> None:
        """Give a mail to another connection, before all others."""
        self._ready.appendleft(in_flight)
        self._wake()

    def _wake(self) -> None:
        while self._consumers:
            consumer = self._consumers.popleft()
            if not consumer.done():
                consumer.set_result(None)
                return

    async def may_hand_over(self, mail: OutgoingMail) -> bool:
        """Report that a mail is about to be handed over; returns, once that is recorded, whether it may still be."""
        return await self._report(AboutToHandOver(mail))

    def about_to_hand_over(self, mail: OutgoingMail, then: Callable[[bool], None]) -> None:
        """Report that a mail is about to be handed over; once that is recorded, `then` is told whether it may be."""
        self._report_to(AboutToHandOver(mail), then)

    def taken(self, mail: OutgoingMail, outcome: Outcome) -> None:
        """Report that the server has taken a mail."""
        self._unsettled -= 1
        self._events.append(Answered(mail, outcome))
        self._flush_soon()

    async def settle(self, mail: OutgoingMail, outcome: Outcome) -> None:
        """Report what became of a mail. A refusal is waited for until it is recorded: it may stop the run."""
        if outcome.fault is Fault.NONE:
            self.taken(mail, outcome)
            return
        self._unsettled -= 1
        self._unreported_refusals += 1
        try:
            await self._report(Answered(mail, outcome))
        finally:
            self._unreported_refusals -= 1
            self._demand.set()

    def drop(self) -> None:
        """Forget a mail that may not be handed over after all."""
        self._unsettled -= 1
        self._notify()

    async def _report(self, event: Event) -> bool:
        acknowledged: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._report_to(event, partial(_set_result, acknowledged))
        return await acknowledged

    def _report_to(self, event: Event, then: Callable[[bool], None]) -> None:
        self._events.append(event)
        self._unacknowledged.append((event.mail.delivery, then))
        self._notify()

    def _flush_soon(self) -> None:
        """Have events reported in a moment, even if no connection waits for that."""
        if self._flush_timer is None:
            self._flush_timer = asyncio.get_running_loop().call_later(_LINGER, self._is_due.set)

    def _notify(self) -> None:
        if self._finished or len(self._unacknowledged) >= self._usual_size:
            _set(self._is_due)
        elif self._unacknowledged:
            self._flush_soon()

    @property
    def _finished(self) -> bool:
        return self._exhausted and not self._unsettled

    async def next_batch(self) -> tuple[Event, ...] | None:
        """Return what has happened since the last batch, `None` once all mails have come to an end.

        Raises what kept mails from being made, or a connection from its work.
        """
        while not (self._events and self._is_due.is_set()) and not (self._finished or self._error):
            self._is_due.clear()
            await self._is_due.wait()
        if not self._events:
            if self._error:
                raise self._error
            return None
        events, self._reported = tuple(self._events), self._unacknowledged
        self._events, self._unacknowledged = [], []
        self._usual_size = max(1, len(self._reported))
        self._is_due.clear()
        if self._flush_timer:
            self._flush_timer.cancel()
            self._flush_timer = None
        return events

    def acknowledge(self, withdrawn: Collection[int]) -> None:
        """Let connections go on whose events were in the last batch, now recorded; mails that are `withdrawn` stay."""
        reported, self._reported = self._reported, []
        for delivery, then in reported:
            then(delivery not in withdrawn)


def _set(event: asyncio.Event) -> None:
    """Set an event that mostly is set already; to set it again takes longer than to look."""
    if not event.is_set():
        event.set()


def _set_result(acknowledged: asyncio.Future[bool], may_be: bool) -> None:
    if not acknowledged.done():
        acknowledged.set_result(may_be)
