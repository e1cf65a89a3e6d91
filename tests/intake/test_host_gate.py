"""One gate a host for all processes: its pace, its cooldown and whose turn it is outlive the process that knew them."""

import asyncio
import datetime as dt

import pytest
import sqlalchemy as sa
from tests.playing_sources import Answer, Asked, playing_sources

from dailypapers.errors import FetchFailed
from dailypapers.intake.host_gate import KeptGate
from dailypapers.sources.http.client import Http
from dailypapers.store import hosts
from dailypapers.store.database import reading, writing


class Sleeper:
    """Sleeps no time at all and remembers how long it should have."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(round(seconds, 1))
        await asyncio.sleep(0)


async def ask(gate: KeptGate, host: str, *, rest: float = 0.0, is_closed: bool = False) -> None:
    async with gate.turn(host) as turn:
        await turn.wait()
        await turn.answered(rest=rest, is_closed=is_closed)


async def test_another_process_keeps_the_pace_of_this_one(engine: sa.Engine) -> None:
    sleeper = Sleeper()
    one, other = (KeptGate(engine, {"slow.example": 30.0}, sleep=sleeper) for _ in range(2))
    await ask(one, "rss.arxiv.org")
    await ask(other, "slow.example")
    await ask(other, "export.arxiv.org")
    await ask(one, "slow.example")
    assert [pytest.approx(seconds, abs=1.5) for seconds in (3.0, 30.0)] == sleeper.slept


async def test_a_restart_does_not_open_what_is_closed(engine: sa.Engine) -> None:
    await ask(KeptGate(engine), "example.org", rest=600, is_closed=True)
    with pytest.raises(FetchFailed, match=r"is not asked again for (600|59\d) s"):
        await ask(KeptGate(engine), "example.org")
    with reading(engine) as tx:
        assert list(hosts.closed(tx)) == ["example.org"]
    await ask(KeptGate(engine), "example.net")


async def test_two_processes_never_ask_at_once(engine: sa.Engine) -> None:
    inside, most = 0, 0

    async def hold(gate: KeptGate, host: str) -> None:
        nonlocal inside, most
        async with gate.turn(host):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.02)
            inside -= 1

    sleeper = Sleeper()
    gates = [KeptGate(engine, sleep=sleeper) for _ in range(2)]
    arxiv = ("rss.arxiv.org", "export.arxiv.org", "arxiv.org")
    await asyncio.gather(*(hold(gate, host) for gate in gates for host in arxiv))
    assert most == 1


async def test_a_turn_is_renewed_while_it_lasts(engine: sa.Engine) -> None:
    short = KeptGate(engine, turn_lasts=dt.timedelta(seconds=0.4))
    async with short.turn("example.org"):
        await asyncio.sleep(0.7)
        with writing(engine) as tx:
            assert not hosts.take(tx, "example.org", "another", lasting=dt.timedelta(seconds=1))


async def test_who_died_with_a_turn_keeps_others_out_no_longer_than_it_lasts(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        assert hosts.take(tx, "example.org", "dead", lasting=dt.timedelta(seconds=0.3))
        assert not hosts.take(tx, "example.org", "other", lasting=dt.timedelta(seconds=60))
    await asyncio.sleep(0.35)
    await ask(KeptGate(engine), "example.org")


async def test_nobody_waits_for_ever_for_a_turn(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        hosts.take(tx, "example.org", "busy", lasting=dt.timedelta(minutes=5))
    sleeper = Sleeper()
    gate = KeptGate(engine, sleep=sleeper, turn_lasts=dt.timedelta(minutes=5))
    with pytest.raises(FetchFailed, match=r"another dailypapers has been asking example\.org for more than 60 s"):
        await ask(gate, "example.org")
    assert sum(sleeper.slept) == pytest.approx(60, abs=1)


async def test_a_client_that_was_asked_to_wait_tells_the_next_one(engine: sa.Engine) -> None:
    asked: list[Asked] = []
    with playing_sources({"/feed": Answer(status=429, headers={"Retry-After": "3600"})}, asked=asked) as base:
        for why in ("it asks us to wait 3600 s", "failed a moment ago"):
            async with Http(allow_private=True, gate=KeptGate(engine)) as http:
                with pytest.raises(FetchFailed, match=why):
                    await http.get(f"{base}/feed")
    assert len(asked) == 1
