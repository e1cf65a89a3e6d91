"""The command that runs everything."""

from typing import Annotated

import typer


def serve(
    context: typer.Context,
    web: Annotated[bool, typer.Option(help="Serve the pages.")] = True,
    schedule: Annotated[bool, typer.Option(help="Fetch, close and compose by the timetable.")] = True,
    work: Annotated[bool, typer.Option(help="Deliver mail.")] = True,
) -> None:
    """Run everything: pages, timetable and delivery, in one process or with --no-… in several."""
    from dailypapers.serve import serve as run

    run(context.obj.app(), web=web, schedule=schedule, work=work)
