"""The demo's pages, with the emails they cause beside them, on the demo's day."""

import socket
from collections.abc import Callable, Sequence
from pathlib import Path

from dailypapers.catcher.pages import GrowingPages
from dailypapers.catcher.web import caught_app
from dailypapers.demo.sample_day import MAILS, NOON, opened
from dailypapers.domain.clock import Clock
from dailypapers.http_server import pages_beside
from dailypapers.serve import serve


def serve_demo(
    folder: Path,
    *,
    pages: Sequence[socket.socket],
    mails: Sequence[socket.socket],
    clock: Clock,
    on_ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve the demo's pages and, on another port, the mails they cause, until SIGTERM or SIGINT.

    Time begins at noon of the demo's day and goes on as `clock` does. `on_ready` is called once both answer.
    """
    started = clock()
    with opened(folder, port=pages[0].getsockname()[1]) as app:
        caught = GrowingPages(folder / MAILS, app.dependencies.renderer.templates)
        with pages_beside(caught_app(folder / MAILS, before_index=caught.update), mails):
            serve(
                app,
                web=True,
                schedule=True,
                work=True,
                clock=lambda: NOON + (clock() - started),
                sockets=pages,
                on_ready=on_ready,
            )
