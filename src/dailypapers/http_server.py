"""The HTTP server; the only file that knows uvicorn."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from dailypapers.stopping import stop_accepting


def serve_pages(
    pages: FastAPI,
    sockets: Sequence[socket.socket],
    *,
    stop: threading.Event,
    on_ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve pages on open sockets until asked to stop; `on_ready` is called once requests are answered."""
    with pages_beside(pages, sockets, on_ready=on_ready) as serving:
        while serving.is_alive() and not stop.wait(0.2):
            pass


@contextmanager
def pages_beside(
    pages: FastAPI, sockets: Sequence[socket.socket], *, on_ready: Callable[[], None] = lambda: None
) -> Iterator[threading.Thread]:
    """Serve pages in a thread of its own for as long as the context lasts, so that signals stay ours."""
    server = _Server(pages, on_ready)
    serving = threading.Thread(target=server.run, args=(list(sockets),), name="pages")
    serving.start()
    try:
        yield serving
    finally:
        # Asked to stop before it has begun, it begins and ends.
        server.should_exit = True
        serving.join()


class _Server(uvicorn.Server):
    def __init__(self, pages: FastAPI, on_ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                pages, log_level="warning", server_header=False, proxy_headers=False, timeout_graceful_shutdown=5
            )
        )
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting, end the conversations and close."""
        await stop_accepting(*(sockets or ()))
        await super().shutdown(sockets)
