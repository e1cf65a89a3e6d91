"""The command that catches email."""

from pathlib import Path
from typing import Annotated

import typer

from dailypapers.cli.output import say
from dailypapers.cli.shared import configure_logging


def catch(
    folder: Annotated[Path, typer.Argument(help="The folder in which the emails are saved.")] = Path("caught"),
    host: Annotated[str, typer.Option(help="Where to listen; 127.0.0.1 is this machine alone.")] = "127.0.0.1",
    smtp_port: Annotated[int, typer.Option(help="The SMTP port; 0 picks a free one.")] = 2525,
    web_port: Annotated[int, typer.Option(help="The port of the page; 0 picks a free one.")] = 8025,
) -> None:
    """Run an SMTP server that keeps every email in a folder and shows it on a page; nothing is forwarded."""
    from dailypapers.catcher.serve import serve_caught
    from dailypapers.listening import listen

    configure_logging(verbose=False)
    sockets = listen(host, web_port, option="--web-port")
    page = sockets[0].getsockname()[1]

    def ready(smtp: int) -> None:
        say(f"SMTP at {host}:{smtp}, without TLS; emails are saved in {folder} and shown at http://{host}:{page}/ .")
        say("Ctrl-C stops.")

    serve_caught(folder, host=host, smtp_port=smtp_port, sockets=sockets, on_ready=ready)
