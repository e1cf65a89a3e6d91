"""The seam mail leaves through: a stream of mails in, events out.

Events come in groups, all that has happened since the last. Whoever reads them has dealt with a group once the next
one is asked for; until then no mail that was about to be handed over leaves. So what is about to happen can be made
durable before it happens, in as few writes as there are groups.

Whoever asks for the next group by `asend` may name mails that are not to be handed over after all, by delivery: their
reader has left, or somebody else sends them. Nothing more is said of those. An answer is told within a moment, also
while the stream waits for mails.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.domain.fault import Fault
from dailypapers.domain.message import OutgoingMail


@dataclass(frozen=True, slots=True)
class AboutToHandOver:
    """The server agreed to take this mail, and has it as soon as the next group is asked for."""

    mail: OutgoingMail


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of this mail; it may never have been about to be handed over."""

    mail: OutgoingMail
    outcome: Outcome


Event = AboutToHandOver | Answered
#: Called right before a mail leaves; returns once that is known, and whether the mail may still go.
Ready = Callable[[], Awaitable[bool]]
#: What is asked of a stream with `asend`: groups of events, for the deliveries that are not to be handed over.
Events = AsyncGenerator[tuple[Event, ...], Collection[int] | None]
#: Seconds a mail that is ready waits for others that are nearly so; about as long as a write takes.
_A_MOMENT = 0.005


class Transport(Protocol):
    """Takes mails and says what becomes of each; several may be on their way side by side."""

    def stream(self, mails: AsyncIterator[OutgoingMail]) -> Events:
        """Send mails as they come; ends once all are answered. What a server does is a value, and never raises."""
        ...

    async def close(self) -> None:
        """Let go of all connections."""
        ...


@dataclass
class MemoryTransport:
    """Keeps mails in a list instead of sending them, and answers as told."""

    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    """By recipient; everybody else's mail is accepted."""
    sent: list[OutgoingMail] = field(default_factory=list)

    async def stream(self, mails: AsyncIterator[OutgoingMail]) -> Events:
        """Keep each mail where it is accepted, and answer."""
        async for mail in mails:
            if mail.delivery in ((yield (AboutToHandOver(mail),)) or ()):
                continue
            outcome = self.outcomes.get(mail.envelope.recipient, Outcome(OutcomeKind.ACCEPTED, 250, text="kept"))
            if outcome.kind is OutcomeKind.ACCEPTED:
                self.sent.append(mail)
            yield (Answered(mail, outcome),)

    async def close(self) -> None:
        """Nothing to let go of."""


async def side_by_side(
    mails: AsyncIterator[OutgoingMail],
    send: Callable[[OutgoingMail, Ready], Awaitable[Outcome | None]],
    *,
    at_once: int,
) -> Events:
    """Send several mails at once, each by `send`, as one stream of groups of events.

    `send` returns `None` for a mail that was not to be handed over. Who is answered well goes on at once: that answer
    is told with the next group, which the same sender waits for before it hands over another mail. Who is refused
    waits, because no more mails may be wanted.
    """
    exchange = _Exchange(mails, send, at_once)
    senders = [asyncio.create_task(exchange.work()) for _ in range(at_once)]
    try:
        while exchange.senders or exchange.events:
            await exchange.group()
            events, waiting = exchange.take()
            withdrawn = ((yield events) if events else None) or ()
            for each in waiting:
                each.let_know(withdrawn)
        await asyncio.gather(*senders)
    finally:
        for sender in senders:
            sender.cancel()
        await asyncio.gather(*senders, return_exceptions=True)


class _Waiting:
    """A sender that has left an event, and waits until it is known."""

    def __init__(self, delivery: int) -> None:
        self._delivery = delivery
        self._known = asyncio.Event()
        self._may_go = True

    def let_know(self, withdrawn: Collection[int]) -> None:
        """Let the sender go on; its mail may be among those that are not to be handed over."""
        self._may_go = self._delivery not in withdrawn
        self._known.set()

    async def may_go(self) -> bool:
        """Wait; returns whether the mail may be handed over."""
        await self._known.wait()
        return self._may_go


class _Exchange:
    """Where the senders leave what has happened, and wait until it is known."""

    def __init__(
        self,
        mails: AsyncIterator[OutgoingMail],
        send: Callable[[OutgoingMail, Ready], Awaitable[Outcome | None]],
        senders: int,
    ) -> None:
        self._mails, self._send = mails, send
        self._one_at_a_time = asyncio.Lock()
        self._waiting: list[_Waiting] = []
        self._somebody_waits, self._everybody_waits = asyncio.Event(), asyncio.Event()
        self.events: list[Event] = []
        #: How many are still at work.
        self.senders = senders

    async def work(self) -> None:
        """Send one mail after the other, until none is left."""
        try:
            while mail := await self._next():
                outcome = await self._send(mail, partial(self._tell, AboutToHandOver(mail)))
                if outcome is None:
                    continue
                if outcome.fault is Fault.NONE:
                    self._tell_soon(Answered(mail, outcome))
                else:
                    await self._tell(Answered(mail, outcome))
        finally:
            self.senders -= 1
            self._look()

    async def _next(self) -> OutgoingMail | None:
        async with self._one_at_a_time:
            return await anext(self._mails, None)

    async def _tell(self, event: Event) -> bool:
        """Leave an event, and wait until it is known; returns whether the mail may go."""
        waiting = _Waiting(event.mail.delivery)
        self._waiting.append(waiting)
        self.events.append(event)
        self._look()
        return await waiting.may_go()

    def _tell_soon(self, event: Event) -> None:
        """Leave an event, and go on; it is told in a moment, even if nobody has anything to wait for by then."""
        self.events.append(event)
        asyncio.get_running_loop().call_later(_A_MOMENT, self._somebody_waits.set)

    def _look(self) -> None:
        if self._waiting or not self.senders:
            self._somebody_waits.set()
        if len(self._waiting) >= self.senders:
            self._everybody_waits.set()

    async def group(self) -> None:
        """Wait until somebody waits, and a moment more for the others: a group is one write for all of them."""
        await self._somebody_waits.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(_A_MOMENT):
                await self._everybody_waits.wait()

    def take(self) -> tuple[tuple[Event, ...], list[_Waiting]]:
        """Take what has happened, with those who wait until it is known."""
        events, waiting = tuple(self.events), self._waiting
        self.events, self._waiting = [], []
        self._somebody_waits.clear()
        self._everybody_waits.clear()
        self._look()
        return events, waiting
