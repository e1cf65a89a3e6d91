"""The mail catcher as a program: the SMTP server and its pages together, until a signal ends them.

It reads no settings file, so its pages are always in English.
"""

import socket
from collections.abc import Callable, Sequence
from pathlib import Path

from dailypapers.catcher.pages import GrowingPages
from dailypapers.catcher.server import Catcher
from dailypapers.catcher.web import caught_app
from dailypapers.http_server import serve_pages
from dailypapers.rendering.environment import environment
from dailypapers.settings import shipped
from dailypapers.stopping import stop_on_signal


def serve_caught(
    folder: Path,
    *,
    host: str,
    smtp_port: int,
    sockets: Sequence[socket.socket],
    on_ready: Callable[[int], None] = lambda _: None,
) -> None:
    """Keep emails in `folder` and show them on `sockets`, until SIGTERM or SIGINT.

    `on_ready` is called with the SMTP port once both answer. Raises `CannotListen` if the SMTP port is taken.
    """
    pages = GrowingPages(folder, environment(shipped("templates")))
    with stop_on_signal() as stop, Catcher(folder, host, smtp_port) as catcher:
        app = caught_app(folder, before_index=pages.update)
        serve_pages(app, sockets, stop=stop, on_ready=lambda: on_ready(catcher.port))
    pages.update()
