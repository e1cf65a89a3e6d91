"""What fetching and posting share: a request goes to the first address of a host that takes a connection."""

import asyncio
import socket
from collections.abc import AsyncIterator

import httpx
import pytest

from dailypapers.sources.http.exchange import Request, line_to, response_of
from dailypapers.sources.http.post import post


async def _reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    who = b"yes" if b"Authorization: Basic " in head else b"no"
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nX-Known: " + who + b"\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()
    writer.close()


@pytest.fixture
async def second_address(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """A host of two addresses, of which only the second takes connections."""
    server = await asyncio.start_server(_reply, "127.0.0.2", 0)
    port = server.sockets[0].getsockname()[1]
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("127.0.0.1", "127.0.0.2")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    async with server:
        yield f"http://two.example:{port}/"


async def test_the_second_address_is_tried_where_the_first_takes_no_connection(second_address: str) -> None:
    where = httpx.URL(second_address)
    async with line_to(where) as line:
        response = await response_of(line, where, Request({}), patience=5, allow_private=True)
        await response.aclose()
    assert response.status_code == 200


async def test_posting_tries_the_second_address_as_fetching_does(second_address: str) -> None:
    assert (await post(second_address, b"{}", {}, allow_private=True)).status == 200


async def test_a_password_of_an_address_is_sent_as_a_header(second_address: str) -> None:
    where = httpx.URL(second_address.replace("two.", "reader:secret@two."))
    async with line_to(where) as line:
        response = await response_of(line, where, Request({}), patience=5, allow_private=True)
        await response.aclose()
    assert response.headers["X-Known"] == "yes"
