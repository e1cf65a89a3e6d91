"""A port is opened on every address of a host, or one sentence says why not."""

import asyncio
import socket

import pytest

from dailypapers.errors import CannotListen
from dailypapers.listening import listen, listen_once


def test_localhost_is_opened_on_every_address_with_one_port() -> None:
    sockets = listen("localhost", 0, option="--port")
    try:
        ports = {each.getsockname()[1] for each in sockets}
        assert len(ports) == 1
        socket.create_connection(("127.0.0.1", ports.pop())).close()
    finally:
        for each in sockets:
            each.close()


async def test_answers_in_a_row_wait_for_no_acknowledgement() -> None:
    accepted: asyncio.Future[asyncio.BaseTransport] = asyncio.get_running_loop().create_future()

    class Accepted(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            accepted.set_result(transport)

    with listen_once("127.0.0.1", 0, option="--port") as opened:
        async with await asyncio.get_running_loop().create_server(Accepted, sock=opened):
            with socket.create_connection(opened.getsockname()):
                transport = await accepted
                connection = transport.get_extra_info("socket")
                assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
                transport.close()


@pytest.mark.skipif(not hasattr(socket, "SO_REUSEPORT"), reason="this system gives a port to one process alone")
def test_a_shared_port_is_refused_to_whoever_does_not_share_it() -> None:
    with listen_once("127.0.0.1", 0, option="--port", shared=True) as first:
        port = first.getsockname()[1]
        with pytest.raises(CannotListen, match="already in use"):
            listen("127.0.0.1", port, option="--port")
        with listen_once("127.0.0.1", port, option="--port", shared=True) as second:
            assert second.getsockname() == first.getsockname()


def test_one_socket_is_ipv4_where_there_is_a_choice() -> None:
    with listen_once("localhost", 0, option="--port") as opened:
        assert opened.family == socket.AF_INET


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        ("nowhere.invalid", "Cannot listen: nowhere.invalid is not the name of a host. Choose another with --host."),
        ("192.0.2.1", "Cannot listen: 192.0.2.1 is not an address of this machine. Choose another with --host."),
    ],
)
def test_a_host_that_is_not_ours_is_said(host: str, sentence: str) -> None:
    with pytest.raises(CannotListen) as raised:
        listen(host, 0, option="--host")
    assert str(raised.value) == sentence
