"""The gate in front of hosts, kept in the store: one for all processes and machines, which a restart does not open.

    take the turn (tx) | wait: next request, closed? (tx) | ask | answered: when next (tx) | … | give the turn back (tx)

The rules are `sources.http.gate`. A process that dies with a turn keeps others out for a minute.
"""

import asyncio
import datetime as dt
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import sqlalchemy as sa

from dailypapers.errors import DatabaseUnreachable, FetchFailed
from dailypapers.sources.http.gate import MAX_WAIT, Ahead, Rule, Turn, rules_of, seconds_to_wait
from dailypapers.store import hosts
from dailypapers.store.database import reading, writing

#: How long a turn lasts that is not renewed; it is renewed four times as often.
TURN = dt.timedelta(minutes=1)
_RENEWALS = 4
#: Seconds between two looks whether another process has given its turn back.
_LOOK = 0.5

Sleep = Callable[[float], Awaitable[object]]


@dataclass(slots=True)
class KeptGate:
    """A gate whose state is in the store; `paces` are the seconds between requests that were set, by host."""

    engine: sa.Engine
    paces: Mapping[str, float] = field(default_factory=dict)
    sleep: Sleep = asyncio.sleep
    turn_lasts: dt.timedelta = TURN
    _holder: str = field(default_factory=lambda: secrets.token_hex(8))
    #: Within this process nobody has to look for a turn again and again.
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[Turn]:
        """Hold the gate of a host. Raises `FetchFailed` where another process holds it for longer than `MAX_WAIT`."""
        rules = rules_of(host, self.paces)
        name = rules[0].name
        async with self._locks.setdefault(name, asyncio.Lock()):
            await self._take(name)
            done = asyncio.Event()
            renewing = asyncio.create_task(self._renew(name, done))
            try:
                yield _KeptTurn(self.engine, rules, self.sleep)
            finally:
                done.set()
                # A renewal that is under way must not come after the turn is given back.
                await renewing
                await asyncio.to_thread(self._give_back, name)

    async def _take(self, name: str) -> None:
        looks = 0
        while not await asyncio.to_thread(self._is_ours, name):
            if looks * _LOOK > MAX_WAIT:
                raise FetchFailed(f"another dailypapers has been asking {name} for more than {MAX_WAIT:.0f} s")
            looks += 1
            await self.sleep(_LOOK)

    async def _renew(self, name: str, done: asyncio.Event) -> None:
        while not done.is_set():
            try:
                async with asyncio.timeout(self.turn_lasts.total_seconds() / _RENEWALS):
                    await done.wait()
            except TimeoutError:
                # A database that is busy may fail some renewals.
                with suppress(DatabaseUnreachable):
                    await asyncio.to_thread(self._is_ours, name)

    def _is_ours(self, name: str) -> bool:
        with writing(self.engine) as tx:
            return hosts.take(tx, name, self._holder, lasting=self.turn_lasts)

    def _give_back(self, name: str) -> None:
        with writing(self.engine) as tx:
            hosts.give_back(tx, name, self._holder)


@dataclass(frozen=True, slots=True)
class _KeptTurn:
    engine: sa.Engine
    rules: tuple[Rule, ...]
    sleep: Sleep

    async def wait(self) -> None:
        seconds = seconds_to_wait(await asyncio.to_thread(self._ahead))
        if seconds:
            await self.sleep(seconds)

    def _ahead(self) -> tuple[Ahead, ...]:
        with reading(self.engine) as tx:
            times = hosts.ahead(tx, [rule.name for rule in self.rules])
        return tuple(Ahead(each.next_in, each.closed_for) for each in times)

    async def answered(self, *, rest: float = 0.0, is_closed: bool = False) -> None:
        await asyncio.to_thread(self._note, rest, is_closed)

    def _note(self, rest: float, is_closed: bool) -> None:
        with writing(self.engine) as tx:
            for rule in self.rules:
                hosts.note(tx, rule.name, rest=max(rule.pace, rest), is_closed=is_closed)
