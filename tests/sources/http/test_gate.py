"""One request at a time to each operator, at its pace, and none before its rest is over."""

import asyncio

import pytest
from tests.playing_clock import PlayingClock

from dailypapers.errors import FetchFailed
from dailypapers.sources.http.gate import MAX_WAIT, MemoryGate, Rule, rules_of


def gate(clock: PlayingClock, pace: float | None = None) -> MemoryGate:
    return MemoryGate(pace=pace, sleep=clock.sleep, clock=clock)


async def ask(made: MemoryGate, host: str, *, rest: float = 0.0, is_closed: bool = False) -> None:
    async with made.turn(host) as turn:
        await turn.wait()
        await turn.answered(rest=rest, is_closed=is_closed)


def test_all_of_arxiv_is_one_operator_to_be_asked_every_three_seconds() -> None:
    hosts = ("arxiv.org", "rss.arxiv.org", "export.arxiv.org", "oaipmh.arxiv.org")
    assert {rules_of(host)[0] for host in hosts} == {Rule("arxiv.org", 3.0)}
    assert rules_of("notarxiv.org") == (Rule("notarxiv.org", 0.5),)


def test_a_slower_pace_may_be_set_for_a_host_and_none_that_is_faster_than_its_operator_asks_for() -> None:
    paces = {"example.org": 5.0, "rss.arxiv.org": 1.0, "127.0.0.1": 2.0}
    assert rules_of("example.org", paces) == (Rule("example.org", 5.0),)
    assert rules_of("example.org:8080", paces) == (Rule("example.org:8080", 5.0),)
    assert rules_of("rss.arxiv.org", paces) == (Rule("arxiv.org", 3.0),)
    assert [rules_of(host, paces)[0].pace for host in ("127.0.0.1:80", "[::1]:80", "localhost")] == [2.0, 0.0, 0.0]


async def test_pages_of_arxiv_are_asked_for_every_fifteen_seconds_and_its_feeds_between_them() -> None:
    clock = PlayingClock()
    made = gate(clock)
    for host in ("arxiv.org", "rss.arxiv.org", "arxiv.org", "arxiv.org"):
        await ask(made, host)
    assert clock.slept == [3.0, 12.0, 15.0]


async def test_a_host_that_is_closed_is_not_waited_for() -> None:
    clock = PlayingClock()
    made = gate(clock)
    await ask(made, "example.org", rest=70, is_closed=True)
    with pytest.raises(FetchFailed, match="failed a moment ago and is not asked again for 70 s"):
        await ask(made, "example.org")
    clock.now += 71
    await ask(made, "example.org")
    assert clock.slept == []


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
    with pytest.raises(FetchFailed, match="its host asks us to wait 61 s"):
        await ask(made, "example.org")
    assert clock.slept == []
    clock.now += 2
    await ask(made, "example.org")
    assert clock.slept == [MAX_WAIT - 1]
