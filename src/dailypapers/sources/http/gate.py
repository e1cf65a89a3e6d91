"""Who may ask a host now: one request at a time, at the pace its operator asks for, and not before a rest is over.

Knows hosts and seconds. Does not know HTTP, nor where a gate's state is kept; `intake.host_gate` keeps it in the store.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import urlsplit

from dailypapers.errors import FetchFailed

#: Seconds that we are ready to wait for one host; asked for more, we come back with the next fetch.
MAX_WAIT = 60.0
_ARXIV_PACE = 3.0
#: What arXiv's robots.txt asks for between two of its pages.
_ARXIV_PAGES_PACE = 15.0
#: Publishers rarely state a pace; two requests a second are below every limit that we know.
_USUAL_PACE = 0.5


@dataclass(frozen=True, slots=True)
class Rule:
    """One of the gates a request goes through: whose it is, and the seconds between two requests."""

    name: str
    pace: float


def rules_of(place: str, paces: Mapping[str, float] | None = None) -> tuple[Rule, ...]:
    """Return the gates in front of a host, or of one of its ports (`example.org:8080`), the operator's first.

    `paces` are slower ones that were set, by host. All of arXiv's hosts share one request every three seconds
    (https://info.arxiv.org/help/api/tou.html), its pages one every fifteen (https://arxiv.org/robots.txt).
    """
    host = urlsplit(f"//{place}").hostname or place
    asked_for = (paces or {}).get(host, 0.0)
    if host == "arxiv.org" or host.endswith(".arxiv.org"):
        every = Rule("arxiv.org", max(_ARXIV_PACE, asked_for))
        pages = Rule("arxiv.org pages", _ARXIV_PAGES_PACE)
        return (every, pages) if host in {"arxiv.org", "www.arxiv.org"} else (every,)
    return (Rule(place, max(0.0 if _is_this_machine(host) else _USUAL_PACE, asked_for)),)


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Turn(Protocol):
    """A host's gate as one client holds it, for a request and its retries."""

    async def wait(self) -> None:
        """Wait until the host may be asked.

        Raises `FetchFailed` where that takes more than `MAX_WAIT` seconds, or the host is left alone for now.
        """
        ...

    async def answered(self, *, rest: float = 0.0, is_closed: bool = False) -> None:
        """Note that the host has been asked, and the seconds for which it wants, or needs, to be left alone.

        A host that `is_closed` is not asked by anybody until then, and nobody waits for it.
        """
        ...


class HostGate(Protocol):
    """Where all clients queue that ask the same operator's hosts."""

    def turn(self, host: str) -> AbstractAsyncContextManager[Turn]:
        """Hold the gate of a host; everybody else who wants the same operator waits until it is let go."""
        ...


@dataclass(frozen=True, slots=True)
class Ahead:
    """Seconds until a gate opens for the next request, and until its host is asked at all."""

    next_in: float = 0.0
    closed_for: float = 0.0


def seconds_to_wait(gates: Iterable[Ahead]) -> float:
    """Return how long to wait for all these gates. Raises `FetchFailed` where nobody is to wait so long."""
    gates = tuple(gates)
    closed = max((gate.closed_for for gate in gates), default=0.0)
    if closed > 0:
        raise FetchFailed(f"its host failed a moment ago and is not asked again for {closed:.0f} s")
    seconds = max((gate.next_in for gate in gates), default=0.0)
    if seconds > MAX_WAIT:
        raise FetchFailed(f"its host asks us to wait {seconds:.0f} s")
    return max(seconds, 0.0)


@dataclass(slots=True)
class _Moments:
    next_at: float = 0.0
    closed_until: float = 0.0


@dataclass(frozen=True, slots=True)
class _MemoryTurn:
    gates: Mapping[Rule, _Moments]
    sleep: Callable[[float], Awaitable[object]]
    clock: Callable[[], float]

    async def wait(self) -> None:
        now = self.clock()
        seconds = seconds_to_wait(Ahead(each.next_at - now, each.closed_until - now) for each in self.gates.values())
        if seconds:
            await self.sleep(seconds)

    async def answered(self, *, rest: float = 0.0, is_closed: bool = False) -> None:
        now = self.clock()
        for rule, moments in self.gates.items():
            moments.next_at = now + max(rule.pace, rest)
            moments.closed_until = now + rest if is_closed else 0.0


@dataclass(slots=True)
class MemoryGate:
    """A gate for the requests of one event loop; it forgets everything with the process.

    `pace` replaces every operator's seconds between requests. `sleep` and `clock` (monotonic seconds) are there to be
    replaced in tests.
    """

    pace: float | None = None
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)
    _gates: dict[str, _Moments] = field(default_factory=dict)

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[Turn]:
        """Hold the gate of a host."""
        rules = rules_of(host)
        paced = rules if self.pace is None else tuple(Rule(rule.name, self.pace) for rule in rules)
        async with self._locks.setdefault(rules[0].name, asyncio.Lock()):
            gates = {rule: self._gates.setdefault(rule.name, _Moments()) for rule in paced}
            yield _MemoryTurn(gates, self.sleep, self.clock)
