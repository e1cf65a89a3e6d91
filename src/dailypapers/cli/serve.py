"""The command that runs everything."""

from typing import Annotated

import typer

from dailypapers.cli.shared import check_clock


def serve(
    context: typer.Context,
    web: Annotated[bool, typer.Option(help="Serve the web pages.")] = True,
    schedule: Annotated[bool, typer.Option(help="Fetch, close and compose on schedule.")] = True,
    work: Annotated[bool, typer.Option(help="Send email, and accept it where inbound.port is set.")] = True,
) -> None:
    """Run everything until stopped: web pages, schedule and delivery.

    To spread them over several processes, switch parts off with --no-web, --no-schedule and --no-work.
    """
    from dailypapers.serve import serve as run

    app = context.obj.app()
    check_clock(app.engine)
    run(app, web=web, schedule=schedule, work=work)
