"""The catching server and its page together, until a signal ends them.

They know no settings, so that whoever tries things out reads English.
"""

import socket
from collections.abc import Callable, Sequence
from pathlib import Path

from dailypapers.catcher.pages import write_pages
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
    """Catch mail into `folder` and show it on `sockets`, until SIGTERM or SIGINT.

    `on_ready` is told the SMTP port once both answer. Raises `CannotListen` where the SMTP port cannot be had.
    """
    templates = environment(shipped("templates"))

    def show(_mail: Path) -> None:
        write_pages(folder, templates)

    with stop_on_signal() as stop, Catcher(folder, host, smtp_port, on_mail=show) as catcher:
        write_pages(folder, templates)
        serve_pages(caught_app(folder), sockets, stop=stop, on_ready=lambda: on_ready(catcher.port))
