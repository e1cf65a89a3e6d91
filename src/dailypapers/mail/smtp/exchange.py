"""Between a stream and its connections: where they get mails, and leave what has happened until that is known.

Knows nothing of SMTP. A mail is pulled only where a connection wants one; what a connection could not send goes back
and to another one, without anybody noticing.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from dailypapers.domain.delivery import Outcome
from dailypapers.domain.fault import Fault
from dailypapers.domain.message import OutgoingMail
from dailypapers.mail.transport import AboutToHandOver, Answered, Event

#: Seconds a mail that is ready waits for others that are nearly so; about as long as a write takes.
_A_MOMENT = 0.005


@dataclass
class Trial:
    """A mail on its way."""

    mail: OutgoingMail
    broken: int = 0
    """How many connections broke over it."""
    slowed: int = 0
    """How often it was put off because we were too fast."""


class Exchange:
    """Mails in, groups of events out. `group` and `known` are the stream's side, the others the connections'."""

    def __init__(self, mails: AsyncIterator[OutgoingMail]) -> None:
        self._mails = mails
        self._trials: deque[Trial] = deque()
        self._takers: deque[asyncio.Future[None]] = deque()
        #: Connections that have asked for a mail and not got hold of it, those among them that have been woken.
        self._waiting_takers = 0
        self._wanted = asyncio.Event()
        #: Mails that were pulled and have not come to an end.
        self._under_way = 0
        self._exhausted = False
        self._error: BaseException | None = None
        self._events: list[Event] = []
        self._waiting: list[tuple[int, asyncio.Future[bool]]] = []
        self._told: list[tuple[int, asyncio.Future[bool]]] = []
        #: How many connections waited in the last group: for so many the next one waits a moment.
        self._expected = 1
        self._due, self._enough = asyncio.Event(), asyncio.Event()
        self._refusals = 0
        self._soon: asyncio.TimerHandle | None = None
        #: How many mails are to be at hand besides those that are waited for: one a connection that pipelines.
        self._ahead = 0

    async def feed(self) -> None:
        """Pull mails as connections want them, until there are no more."""
        try:
            while not self._exhausted:
                self._wanted.clear()
                while not self._refusals and len(self._trials) < self._waiting_takers + self._ahead:
                    await self._pull()
                await self._wanted.wait()
        except StopAsyncIteration:
            self._exhausted = True
        except Exception as error:  # noqa: BLE001 - whatever keeps mails from being made ends the stream, which raises it
            self._exhausted, self._error = True, error
        self._due.set()

    async def _pull(self) -> None:
        mail = await anext(self._mails)
        self._under_way += 1
        self._trials.append(Trial(mail))
        self._wake()

    def fail(self, error: BaseException) -> None:
        """End the stream with an error."""
        self._error = error
        self._due.set()

    async def take(self) -> Trial:
        """Return the next mail; waits for as long as there is none."""
        self._waiting_takers += 1
        try:
            while not self._trials:
                await self._fed()
            return self._trials.popleft()
        finally:
            self._waiting_takers -= 1

    async def _fed(self) -> None:
        """Wait until there was a mail; somebody else may have been quicker."""
        taker = asyncio.get_running_loop().create_future()
        self._takers.append(taker)
        self._wanted.set()
        try:
            await taker
        finally:
            with suppress(ValueError):
                self._takers.remove(taker)

    @contextmanager
    def one_ahead(self) -> Iterator[None]:
        """Have one mail more at hand, for a connection that announces the next while it hands one over."""
        self._ahead += 1
        self._wanted.set()
        try:
            yield
        finally:
            self._ahead -= 1

    def take_now(self) -> Trial | None:
        """Return the next mail if it is at hand."""
        self._wanted.set()
        return self._trials.popleft() if self._trials else None

    def give_back(self, trial: Trial) -> None:
        """Leave a mail to another connection, before all others."""
        self._trials.appendleft(trial)
        self._wake()

    def _wake(self) -> None:
        while self._takers:
            taker = self._takers.popleft()
            if not taker.done():
                taker.set_result(None)
                return

    async def may_go(self, mail: OutgoingMail) -> bool:
        """Say that a mail is about to be handed over; returns once that is known, and whether it may still go."""
        return await self._tell(AboutToHandOver(mail))

    async def answer(self, mail: OutgoingMail, outcome: Outcome) -> None:
        """Say what became of a mail. After a refusal it waits until that is known: no more mails may be wanted."""
        self._under_way -= 1
        if outcome.fault is Fault.NONE:
            self._events.append(Answered(mail, outcome))
            self._tell_soon()
            return
        self._refusals += 1
        try:
            await self._tell(Answered(mail, outcome))
        finally:
            self._refusals -= 1
            self._wanted.set()

    def withdraw(self) -> None:
        """Forget a mail that was not to be handed over."""
        self._under_way -= 1
        self._look()

    async def _tell(self, event: Event) -> bool:
        known: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._events.append(event)
        self._waiting.append((event.mail.delivery, known))
        self._look()
        return await known

    def _tell_soon(self) -> None:
        """Have events told in a moment, even if nobody waits for anything by then."""
        if self._soon is None:
            self._soon = asyncio.get_running_loop().call_later(_A_MOMENT, self._due.set)

    def _look(self) -> None:
        if self._waiting or self._finished:
            self._due.set()
        if len(self._waiting) >= self._expected:
            self._enough.set()

    @property
    def _finished(self) -> bool:
        return self._exhausted and not self._under_way

    async def group(self) -> tuple[Event, ...] | None:
        """Return what has happened since the last group, `None` once all mails have come to an end.

        Raises what kept mails from being made, or a connection from its work.
        """
        while not self._events:
            if self._finished or self._error:
                break
            await self._due.wait()
            self._due.clear()
        if not self._events:
            if self._error:
                raise self._error
            return None
        await self._others()
        events, self._told = tuple(self._events), self._waiting
        self._events, self._waiting = [], []
        self._enough.clear()
        if self._soon:
            self._soon.cancel()
            self._soon = None
        return events

    async def _others(self) -> None:
        """Wait a moment for others that are nearly ready: a group is one write for all of them."""
        if len(self._waiting) < self._expected and not self._finished:
            with suppress(TimeoutError):
                async with asyncio.timeout(_A_MOMENT):
                    await self._enough.wait()
        self._expected = max(1, len(self._waiting))

    def known(self, withdrawn: Collection[int]) -> None:
        """Let those go on whose events the last group told; the mails of some may not be handed over after all."""
        for delivery, known in self._told:
            if not known.done():
                known.set_result(delivery not in withdrawn)
        self._told = []
