"""Several mail servers: each mail goes by the one it names, and by another one while that one is down.

    mails → by server: a stream of its own → events of all → one stream

A mail that a server was not reached for, or that a connection was lost with before the server could have it, is given
to the next server, before anybody hears of it; so is one that is over a server's limit. A server that is down is left
for a while; one mail then shows whether it is back.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field, replace

import structlog

from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.domain.message import OutgoingMail
from dailypapers.mail.transport import Answered, Event, Events, Transport

log = structlog.get_logger()

#: Seconds for which a server that is down is left; doubled each time, up to the longest.
FIRST_PAUSE, _LONGEST_PAUSE = 30.0, 600.0


@dataclass
class Down:
    """A server that was not reached, until when it is left, and for how long next time."""

    until: float = 0
    pause: float = FIRST_PAUSE


class Servers:
    """A transport over several: by name, in the order in which they stand in for each other."""

    def __init__(self, transports: Mapping[str, Transport], down: dict[str, Down] | None = None) -> None:
        self._transports = dict(transports)
        #: What is known to be down, by name; it may outlive this.
        self._down = {} if down is None else down

    def share(self, processes: int) -> None:
        """Use a part of the connections to each, as one of so many processes that send."""
        for transport in self._transports.values():
            transport.share(processes)

    async def stream(self, mails: AsyncIterator[OutgoingMail]) -> Events:
        """Send each mail by its server, or another one; all at once."""
        exchange = _Exchange(mails, self)
        tasks = [asyncio.create_task(exchange.feed())]
        tasks += [asyncio.create_task(exchange.send(name, each)) for name, each in self._transports.items()]
        try:
            while (group := await exchange.group(tasks)) is not None:
                group.known.set_result((yield group.events) or ())
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self) -> None:
        """Let go of all connections."""
        await asyncio.gather(*(transport.close() for transport in self._transports.values()))

    def server_for(self, mail: OutgoingMail, *, tried: Collection[str] = ()) -> str | None:
        """Return by which server a mail goes: its own unless that is down, or the next; `None` where all were tried."""
        names = list(self._transports)
        at = names.index(mail.server) if mail.server in names else 0
        untried = [name for name in (*names[at:], *names[:at]) if name not in tried]
        up = [name for name in untried if not self._is_left(name)]
        return next(iter(up or untried), None)

    def _is_left(self, name: str) -> bool:
        down = self._down.get(name)
        return down is not None and asyncio.get_running_loop().time() < down.until

    def was_not_reached(self, name: str, why: str) -> None:
        """Leave a server for a while."""
        if self._is_left(name):
            return
        down = self._down.setdefault(name, Down())
        if not down.until:
            log.warning("mail server takes no emails for now; others take them", server=name, why=why)
        down.until = asyncio.get_running_loop().time() + down.pause
        down.pause = min(2 * down.pause, _LONGEST_PAUSE)

    def answered(self, name: str) -> None:
        """Note that a server is there."""
        if self._down.pop(name, None):
            log.warning("mail server takes emails again", server=name)


@dataclass
class _Group:
    """Events that wait to be told; `known` is set once they are, to the mails that may not be handed over."""

    events: tuple[Event, ...]
    known: asyncio.Future[Collection[int]]


@dataclass
class _Queue:
    """Mails for one server."""

    mails: deque[OutgoingMail] = field(default_factory=deque)
    is_hungry: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class _Exchange:
    """One stream's mails on their way to the servers, and what happens to them on the way back."""

    def __init__(self, mails: AsyncIterator[OutgoingMail], servers: Servers) -> None:
        self._mails, self._servers = mails, servers
        self._queues: dict[str, _Queue] = {}
        #: Mails that were pulled and have not come to an end; with the servers that were not reached for them.
        self._tried: dict[int, set[str]] = {}
        self._exhausted = False
        self._wanted = asyncio.Event()
        self._groups: deque[_Group] = deque()
        self._happened = asyncio.Event()

    def _queue(self, name: str) -> _Queue:
        return self._queues.setdefault(name, _Queue())

    async def feed(self) -> None:
        """Pull mails for as long as any server wants one."""
        try:
            while True:
                while not any(queue.is_hungry for queue in self._queues.values()):
                    self._wanted.clear()
                    await self._wanted.wait()
                mail = await anext(self._mails)
                self._tried[mail.delivery] = set()
                self._give(mail)
        except StopAsyncIteration:
            self._exhausted = True
            self._stir()

    def _give(self, mail: OutgoingMail) -> bool:
        """Give a mail to a server; returns whether there was one left to try."""
        name = self._servers.server_for(mail, tried=self._tried[mail.delivery])
        if name is None:
            return False
        queue = self._queue(name)
        queue.mails.append(replace(mail, server=name))
        queue.is_hungry = False
        queue.changed.set()
        return True

    def _stir(self) -> None:
        for queue in self._queues.values():
            queue.changed.set()
        self._happened.set()

    async def _mails_for(self, name: str) -> AsyncGenerator[OutgoingMail]:
        """Yield the mails of one server, until none can come any more, not from another server either."""
        queue = self._queue(name)
        while True:
            while queue.mails:
                yield queue.mails.popleft()
            if self._exhausted and not self._tried:
                return
            queue.is_hungry = True
            queue.changed.clear()
            self._wanted.set()
            await queue.changed.wait()

    async def send(self, name: str, transport: Transport) -> None:
        """Send the mails of one server, and tell what happens to them."""
        stream = transport.stream(self._mails_for(name))
        try:
            withdrawn: Collection[int] | None = None
            while (events := await _next(stream, withdrawn)) is not None:
                withdrawn = await self._tell(name, events)
        finally:
            await stream.aclose()

    async def _tell(self, name: str, events: tuple[Event, ...]) -> Collection[int]:
        reported = tuple(event for event in events if not self._is_given_to_another(name, event))
        if not reported:
            return ()
        group = _Group(reported, asyncio.get_running_loop().create_future())
        self._groups.append(group)
        self._happened.set()
        withdrawn = await group.known
        ended = [*withdrawn, *(event.mail.delivery for event in reported if isinstance(event, Answered))]
        for delivery in ended:
            self._tried.pop(delivery, None)
        self._stir()
        return withdrawn

    def _is_given_to_another(self, name: str, event: Event) -> bool:
        if not isinstance(event, Answered):
            return False
        if not _may_go_by_another(event.outcome):
            self._servers.answered(name)
            return False
        self._servers.was_not_reached(name, event.outcome.text)
        self._tried[event.mail.delivery].add(name)
        return self._give(event.mail)

    async def group(self, tasks: Collection[asyncio.Task[None]]) -> _Group | None:
        """Return what happened next, `None` once all is done. Raises what ended a task."""
        while not self._groups:
            done = [task for task in tasks if task.done()]
            for task in done:
                task.result()
            if len(done) == len(tasks):
                return None
            self._happened.clear()
            waiting = asyncio.create_task(self._happened.wait())
            running = [task for task in tasks if not task.done()]
            await asyncio.wait([waiting, *running], return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
        return self._groups.popleft()


def _may_go_by_another(outcome: Outcome) -> bool:
    """Return whether a mail came back although nobody had anything against it: its server is away, or wants no more."""
    return outcome.kind in {OutcomeKind.INTERRUPTED, OutcomeKind.OVER_LIMIT}


async def _next(stream: Events, withdrawn: Collection[int] | None) -> tuple[Event, ...] | None:
    try:
        return await stream.asend(withdrawn)
    except StopAsyncIteration:
        return None
