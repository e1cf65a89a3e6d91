"""The command that tries everything out: a whole day, offline."""

import socket
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dailypapers.cli.output import ATTENTION, OK, progress, rows, say
from dailypapers.cli.shared import Json, clock, configure_logging

if TYPE_CHECKING:
    from dailypapers.demo.sample_day import Demo, Shown

Port = Annotated[int, typer.Option(min=0, max=65535, help="With --serve: the port of the pages; 0 picks a free one.")]
MailPort = Annotated[
    int, typer.Option(min=0, max=65535, help="With --serve: the port of the caught emails; 0 picks a free one.")
]


def demo(
    folder: Annotated[Path, typer.Argument(help="The folder for the database and the emails.")] = Path("demo-out"),
    serve: Annotated[
        bool, typer.Option("--serve", help="Then serve the pages, and show the emails they send, until Ctrl-C.")
    ] = False,
    port: Port = 8000,
    mail_port: MailPort = 8025,
    as_json: Json = False,
) -> None:
    """Run a whole day, offline: sample papers in, one digest per sample subscriber out, over SMTP into a folder.

    A second run in the same folder sends nothing again.
    """
    configure_logging(verbose=False)
    if not serve:
        raise typer.Exit(_day(folder, port, as_json=as_json))
    from dailypapers.listening import listen

    pages = listen("127.0.0.1", port, option="--port")
    mails = listen("127.0.0.1", mail_port, option="--mail-port")
    code = _day(folder, _port(pages), as_json=as_json)
    _serve(folder, pages, mails)
    raise typer.Exit(code)


def _day(folder: Path, port: int, *, as_json: bool) -> int:
    from dailypapers.demo.sample_day import demo as run
    from dailypapers.jobs.day import Progress

    with progress("fetch, close, compose, deliver") as step:
        done = run(folder, port=port, progress=Progress(lambda _: step(1), step, step))
    rows(
        f"Digests of {done.ledger.day}",
        [_record(digest) for digest in done.shown],
        as_json=as_json,
        table=[_row(digest) for digest in done.shown],
        cut=("top paper, and why",),
    )
    _say_what_came(done)
    return OK if done.ledger.balanced and not done.day.delivered.stopped else ATTENTION


def _record(digest: "Shown") -> dict[str, object]:
    return {
        "subscriber": digest.delivery.address,
        "subject": digest.subject,
        "picks": digest.picks,
        "top pick": digest.top,
        "why": digest.why,
        "bytes": digest.size,
    }


def _row(digest: "Shown") -> dict[str, object]:
    lines = (line for line in (digest.top, digest.why) if line)
    return {"subscriber": digest.delivery.address, "papers": digest.picks, "top paper, and why": "\n".join(lines)}


def _say_what_came(done: "Demo") -> None:
    new = sum(report.freshness.new for report in done.day.fetched)
    if sum(done.day.delivered.states.values()):
        say(f"{new} announcements of {done.day.edition.papers} papers came from {len(done.day.fetched)} sources.")
    else:
        say(f"Nothing was sent: everybody already has the digest of {done.ledger.day}.")
    say(f"Ledger: {done.ledger.reconciliation()}{'' if done.ledger.balanced else ' (not balanced)'}")
    say(f"Emails: {done.index.resolve().as_uri()} (and the .eml files beside it)")


def _serve(folder: Path, pages: Sequence[socket.socket], mails: Sequence[socket.socket]) -> None:
    from dailypapers.demo.serve import serve_demo

    def ready() -> None:
        say(f"Subscribe at http://localhost:{_port(pages)}/ ; emails appear at http://localhost:{_port(mails)}/ .")
        say("Ctrl-C stops.")

    serve_demo(folder, pages=pages, mails=mails, clock=clock(None), on_ready=ready)


def _port(sockets: Sequence[socket.socket]) -> int:
    return int(sockets[0].getsockname()[1])
