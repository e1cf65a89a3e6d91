"""Who may ask a host now: one request at a time, at the pace its operator asks for, and not before a rest is over.

Knows hosts and seconds. Does not know HTTP.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from dailypapers.errors import FetchFailed

#: Seconds that we are ready to wait for one host; asked for more, we come back with the next fetch.
MAX_WAIT = 120.0
_ARXIV_PACE = 3.0
#: Publishers rarely state a pace; two requests a second are below every limit that we know.
_USUAL_PACE = 0.5


def pace_of(host: str) -> tuple[str, float]:
    """Name the operator that a host belongs to, and give the seconds between two requests to it.

    All of arXiv's hosts share one request every three seconds: https://info.arxiv.org/help/api/tou.html.
    """
    if host == "arxiv.org" or host.endswith(".arxiv.org"):
        return "arxiv.org", _ARXIV_PACE
    return host, _USUAL_PACE


class Turn(Protocol):
    """A host's gate as one client holds it, for a request and its retries."""

    async def wait(self) -> None:
        """Wait until the host may be asked. Raises `FetchFailed` where that takes more than `MAX_WAIT` seconds."""
        ...

    async def answered(self, *, rest: float = 0.0) -> None:
        """Note that the host has been asked, and the seconds for which it wants, or needs, to be left alone."""
        ...


class HostGate(Protocol):
    """Where all clients queue that ask the same operator's hosts."""

    def turn(self, host: str) -> AbstractAsyncContextManager[Turn]:
        """Hold the gate of a host; everybody else who wants the same operator waits until it is let go."""
        ...


@dataclass(slots=True)
class _Host:
    pace: float
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_at: float = 0.0


@dataclass(frozen=True, slots=True)
class _MemoryTurn:
    host: _Host
    sleep: Callable[[float], Awaitable[object]]
    clock: Callable[[], float]

    async def wait(self) -> None:
        seconds = self.host.next_at - self.clock()
        if seconds > MAX_WAIT:
            raise FetchFailed(f"its host asks us to wait {seconds:.0f} s")
        if seconds > 0:
            await self.sleep(seconds)

    async def answered(self, *, rest: float = 0.0) -> None:
        self.host.next_at = self.clock() + max(self.host.pace, rest)


class MemoryGate:
    """A gate for the requests of one event loop; it forgets everything with the process.

    `pace` replaces every operator's seconds between requests. `sleep` and `clock` (monotonic seconds) are there to be
    replaced in tests.
    """

    def __init__(
        self,
        *,
        pace: float | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pace = pace
        self._sleep = sleep
        self._clock = clock
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[Turn]:
        """Hold the gate of a host."""
        operator, pace = pace_of(host)
        state = self._hosts.setdefault(operator, _Host(pace if self._pace is None else self._pace))
        async with state.lock:
            yield _MemoryTurn(state, self._sleep, self._clock)
