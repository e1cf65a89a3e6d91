"""A server of conversations in a thread of its own, which ends without leaving a connection open."""

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from dailypapers.stopping import stop_accepting

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
#: Turns of the loop until a connection that was just accepted has its conversation, and one that was cut is closed.
_SETTLING = 5


@contextmanager
def conversations(
    talk: Talk,
    host: str,
    port: int = 0,
    *,
    tls: ssl.SSLContext | None = None,
    patience: float = 0,
    read_ahead: int = 1 << 16,
) -> Iterator[int]:
    """Hold a conversation with each who connects, and give the port; in the end they get `patience` seconds to end."""
    started, stop = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()
    ports: list[int] = []

    async def serve() -> None:
        transports: list[asyncio.Transport] = []
        listening = await loop.create_server(lambda: _Conversation(talk, read_ahead, transports), host, port, ssl=tls)
        ports.append(listening.sockets[0].getsockname()[1])
        started.set()
        await stop.wait()
        await stop_accepting(*listening.sockets)
        listening.close()
        await _end(patience)
        # A conversation that was cancelled before its first step has closed nothing.
        for transport in transports:
            transport.abort()
        await _settle()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


class _Conversation(asyncio.StreamReaderProtocol):
    def __init__(self, talk: Talk, read_ahead: int, transports: list[asyncio.Transport]) -> None:
        super().__init__(asyncio.StreamReader(limit=read_ahead), talk)
        self._transports = transports

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transports.append(transport)
        super().connection_made(transport)


async def _end(patience: float) -> None:
    await _settle()
    talking = asyncio.all_tasks() - {asyncio.current_task()}
    if patience and talking:
        _, talking = await asyncio.wait(talking, timeout=patience)
    for task in talking:
        task.cancel()
    await asyncio.gather(*talking, return_exceptions=True)


async def _settle() -> None:
    for _ in range(_SETTLING):
        await asyncio.sleep(0)
