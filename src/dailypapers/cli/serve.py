"""The commands that run until they are stopped: everything in one process, or one part in each of several."""

import typer

from dailypapers.cli.shared import check_clock


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
    run(app, web=web, schedule=schedule, work=work, check=lambda now: local.findings(app, now=now))
