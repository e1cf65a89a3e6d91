"""Commands for trying things out: demo and catch."""

from pathlib import Path
from typing import Annotated

import typer

from dailypapers.cli.output import ATTENTION, OK, progress, rows, say
from dailypapers.cli.shared import Json, configure_logging


def add(commands: typer.Typer) -> None:
    """Add these commands."""
    for command in (demo, catch):
        commands.command()(command)


def demo(
    folder: Annotated[Path, typer.Argument(help="Where the database and the mails go.")] = Path("demo-out"),
    serve: Annotated[bool, typer.Option("--serve", help="Then serve the pages, and the mails they cause.")] = False,
    mail_port: Annotated[int, typer.Option(help="With --serve: the port of the page of mails.")] = 8025,
    as_json: Json = False,
) -> None:
    """A whole day, offline: sample papers in, one digest per sample subscriber out, over real SMTP to a folder."""
    from dailypapers.demo.sample_day import demo as run
    from dailypapers.jobs.day import Progress

    configure_logging(verbose=False)
    with progress("fetch, close, compose, deliver") as step:
        done = run(folder, progress=Progress(lambda _: step(1), step, step))
    records = [
        {
            "subscriber": shown.delivery.address,
            "subject": shown.subject,
            "picks": shown.picks,
            "top pick": shown.top,
            "why": shown.why,
            "bytes": shown.size,
        }
        for shown in done.shown
    ]
    new = sum(report.new for report in done.day.fetched)
    rows(f"digests of {done.ledger.day}", records, as_json=as_json, wide=("subject", "top pick", "why"))
    if sum(done.day.delivered.states.values()):
        say(f"{new} announcements of {done.day.edition.papers} papers came from {len(done.day.fetched)} sources.")
    else:
        say(f"Nothing was sent: everybody already has the digest of {done.ledger.day}.")
    say(f"The books: {done.ledger.equation()}{'' if done.ledger.balanced else ' (NOT BALANCED)'}")
    say(f"The mails: {done.index.resolve().as_uri()} (and the .eml files beside it)")
    if serve:
        _serve(folder, mail_port)
    raise typer.Exit(OK if done.ledger.balanced and not done.day.delivered.stopped else ATTENTION)


def _serve(folder: Path, mail_port: int) -> None:
    from dailypapers.serve import serve_demo

    say(f"Now subscribe on http://localhost:8000/ . Mails stand on http://localhost:{mail_port}/ . Ctrl-C ends it.")
    serve_demo(folder, mail_port=mail_port)


def catch(
    folder: Annotated[Path, typer.Argument(help="Where the mails go.")] = Path("caught"),
    host: Annotated[str, typer.Option(help="Where to listen; 127.0.0.1 is this machine alone.")] = "127.0.0.1",
    smtp_port: Annotated[int, typer.Option(help="The SMTP port.")] = 2525,
    web_port: Annotated[int, typer.Option(help="The page's port.")] = 8025,
) -> None:
    """Run an SMTP server that keeps every mail in a folder and shows them on a page; sends nothing on."""
    from dailypapers.serve import serve_caught

    configure_logging(verbose=False)
    say(f"SMTP on {host}:{smtp_port} no TLS; mails in {folder}; page on http://{host}:{web_port}/ . Ctrl-C stops.")
    serve_caught(folder, host=host, smtp_port=smtp_port, web_port=web_port)
