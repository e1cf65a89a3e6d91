"""The commands that run until they are stopped: everything in one process, or one part in each of several."""

import sys
from typing import TYPE_CHECKING

import typer

from dailypapers.cli.output import say
from dailypapers.cli.shared import check_clock

if TYPE_CHECKING:
    from dailypapers.settings import Settings


def serve(context: typer.Context) -> None:
    """Run everything until stopped: web pages, schedule and delivery.

    `web`, `schedule` and `work` run one part each, to spread them over several processes or machines.
    """
    _run(context, web=True, schedule=True, work=True)


def web(context: typer.Context) -> None:
    """Serve the web pages until stopped."""
    _run(context, web=True)


def schedule(context: typer.Context) -> None:
    """Fetch, close and compose on schedule until stopped.

    Several may run on one PostgreSQL database: one does a job, and where it dies another takes over within seconds.
    """
    _run(context, schedule=True)


def work(context: typer.Context) -> None:
    """Send email until stopped, accept it where inbound.port is set, and help to compose where thousands wait.

    Any number may run on one PostgreSQL database, on any number of machines.
    """
    _run(context, work=True)


def _run(context: typer.Context, *, web: bool = False, schedule: bool = False, work: bool = False) -> None:
    from dailypapers.doctor import local
    from dailypapers.serve import serve as run

    app = context.obj.app()
    check_clock(app.engine)
    if not web:
        _greet(app.settings, schedule=schedule, work=work)
    run(
        app,
        web=web,
        schedule=schedule,
        work=work,
        check=lambda now: local.findings(app, now=now),
        on_ready=lambda: _greet(app.settings, web=web, schedule=schedule, work=work),
    )


def _greet(settings: "Settings", *, web: bool = False, schedule: bool = False, work: bool = False) -> None:
    """Tell whoever sits at the terminal; a log, which has a JSON object a line, is told otherwise."""
    if sys.stderr.isatty():
        say(greeting(settings, web=web, schedule=schedule, work=work))


def greeting(settings: "Settings", *, web: bool, schedule: bool, work: bool) -> str:
    """Return what runs from now on, and how it is stopped."""
    pages = f"Pages are at {settings.service.base_url}" if web else ""
    zone = settings.service.zone
    timetable = f"editions close at {settings.schedule.close_at:%H:%M} ({zone})" if schedule else ""
    sending = "emails are sent as they fall due" if work else ""
    running = "; ".join(filter(None, (pages, timetable, sending)))
    return f"{running[:1].upper()}{running[1:]}. Ctrl-C stops."
