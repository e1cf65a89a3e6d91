"""One request at a time to each operator, at its pace, and none before its rest is over."""

import asyncio

import pytest
from tests.playing_clock import PlayingClock

from dailypapers.errors import FetchFailed
from dailypapers.sources.http.gate import MAX_WAIT, MemoryGate, pace_of


def gate(clock: PlayingClock, pace: float | None = None) -> MemoryGate:
    return MemoryGate(pace=pace, sleep=clock.sleep, clock=clock)


async def ask(made: MemoryGate, host: str, *, rest: float = 0.0) -> None:
    async with made.turn(host) as turn:
        await turn.wait()
        await turn.answered(rest=rest)


def test_all_of_arxiv_is_one_operator_to_be_asked_every_three_seconds() -> None:
    hosts = ("arxiv.org", "rss.arxiv.org", "export.arxiv.org", "oaipmh.arxiv.org")
    assert {pace_of(host) for host in hosts} == {("arxiv.org", 3.0)}
    assert pace_of("notarxiv.org")[0] == "notarxiv.org"


async def test_hosts_of_one_operator_share_a_pace_and_others_do_not() -> None:
    clock = PlayingClock()
    made = gate(clock)
    for host in ("rss.arxiv.org", "example.org", "export.arxiv.org", "rss.arxiv.org"):
        await ask(made, host)
    assert clock.slept == [3.0, 3.0]


async def test_only_one_holds_the_gate() -> None:
    made, inside, most = gate(PlayingClock(), pace=0), 0, 0

    async def hold() -> None:
        nonlocal inside, most
        async with made.turn("example.org"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(hold() for _ in range(5)))
    assert most == 1


async def test_a_rest_is_kept_where_it_is_longer_than_the_pace() -> None:
    clock = PlayingClock()
    made = gate(clock, pace=2.0)
    await ask(made, "example.org", rest=40.0)
    await ask(made, "example.org", rest=1.0)
    await ask(made, "example.org")
    assert clock.slept == [40.0, 2.0]


async def test_a_rest_that_is_too_long_is_not_waited_for() -> None:
    clock = PlayingClock()
    made = gate(clock)
    await ask(made, "example.org", rest=MAX_WAIT + 1)
    with pytest.raises(FetchFailed, match="its host asks us to wait 121 s"):
        await ask(made, "example.org")
    assert clock.slept == []
    clock.now += 2
    await ask(made, "example.org")
    assert clock.slept == [MAX_WAIT - 1]
