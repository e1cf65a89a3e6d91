"""All addresses of a server are tried; one that swallows everything holds up nobody."""

import asyncio
import gc
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.smtp_sink import smtp_sink

from dailypapers.mail.smtp.addresses import open_socket


@contextmanager
def hole() -> Iterator[socket.socket]:
    """An address that answers nobody: its queue of connections is full."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.2", 0))
        listening.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.settimeout(0)
            each.connect_ex(listening.getsockname())
        time.sleep(0.05)
        yield listening
        for each in waiting:
            each.close()


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: tuple[str, int]) -> None:
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: answer)


async def greeted(connected: socket.socket) -> None:
    assert (await asyncio.get_running_loop().sock_recv(connected, 3)) == b"220"
    connected.close()


async def test_the_second_address_is_tried_while_the_first_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    with hole() as silent, smtp_sink() as sink:
        resolving(monkeypatch, silent.getsockname(), (sink.host, sink.port))
        async with asyncio.timeout(2):
            connected = await open_socket("mx.example.org", 25)
        assert connected.getpeername() == (sink.host, sink.port)
        await greeted(connected)


async def test_an_address_that_refuses_costs_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with smtp_sink() as sink:
        resolving(monkeypatch, ("127.0.0.1", 1), ("127.0.0.1", 2), (sink.host, sink.port))
        before = time.monotonic()
        connected = await open_socket("mx.example.org", 25)
        assert time.monotonic() - before < 0.2
        await greeted(connected)


async def test_where_none_answers_the_first_ones_error_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, ("127.0.0.1", 1), ("127.0.0.1", 2))
    with pytest.raises(ConnectionRefusedError):
        await open_socket("mx.example.org", 25)
    resolving(monkeypatch)
    with pytest.raises(OSError, match="no address"):
        await open_socket("mx.example.org", 25)


async def test_giving_up_leaves_no_socket_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    with hole() as silent:
        resolving(monkeypatch, silent.getsockname(), silent.getsockname())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.4):
                await open_socket("mx.example.org", 25)


async def test_being_given_up_at_any_moment_leaves_no_socket_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when somebody has won already; what is left behind is a warning, which fails the test."""
    loop = asyncio.get_running_loop()
    with smtp_sink() as sink:

        async def resolved(*_args: object, **_options: object) -> list[tuple[object, ...]]:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (sink.host, sink.port))] * 2

        monkeypatch.setattr(loop, "getaddrinfo", resolved)
        connected = 0
        for turns in range(15):
            opening = asyncio.create_task(open_socket("mx.example.org", 25))
            for _ in range(turns):
                await asyncio.sleep(0)
            opening.cancel()
            (opened,) = await asyncio.gather(opening, return_exceptions=True)
            if isinstance(opened, socket.socket):
                opened.close()
                connected += 1
    assert 0 < connected < 15
    del opening, opened
    gc.collect()
