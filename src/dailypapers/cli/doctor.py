"""The command that looks after an installation."""

from dataclasses import asdict
from typing import Annotated

import typer

from dailypapers.cli.output import ATTENTION, OK, rows
from dailypapers.cli.shared import Json


def doctor(
    context: typer.Context,
    outside: Annotated[bool, typer.Option(help="Also ask name servers, the mail server and our own pages.")] = True,
    as_json: Json = False,
) -> None:
    """Check this installation: files, database, templates, DNS, mail server, pages; what is wrong, and what to do.

    Exits with 1 where anything fails; a warning is no failure.
    """
    import asyncio

    from dailypapers.cli.shared import clock
    from dailypapers.doctor.run import run
    from dailypapers.domain.finding import Level, worst
    from dailypapers.mail.dns import system_resolver
    from dailypapers.mail.records import Records

    app = context.obj.app(migrated=False)
    resolver = system_resolver() if outside else None
    findings = asyncio.run(run(app, Records(resolver) if resolver else None, outside=outside, now=clock(None)()))
    lines = [asdict(finding) for finding in findings]
    rows("Checks", lines, as_json=as_json, wide=("why", "advice"), wrap=("name",))
    raise typer.Exit(ATTENTION if worst(findings) is Level.FAIL else OK)
