"""The commands for a whole day, and for the morning after."""

from typing import TYPE_CHECKING, Annotated

import typer

from dailypapers.cli.deliveries import print_ledger, report_delivered
from dailypapers.cli.digests import say_composed
from dailypapers.cli.output import ATTENTION, OK, progress, say
from dailypapers.cli.shared import Json, Now, check_clock, clock
from dailypapers.cli.sources import edition_code, print_sources, print_standings, sources_code
from dailypapers.stopping import stop_on_signal

if TYPE_CHECKING:
    import datetime as dt

    from dailypapers.app import App


def day(
    context: typer.Context,
    now: Now = None,
    patience: Annotated[int, typer.Option(min=0, help="Minutes to keep retrying emails that servers deferred.")] = 20,
    as_json: Json = False,
) -> None:
    """Run one whole day and exit: fetch, close, compose, deliver. For cron; a second run sends nothing twice."""
    import datetime as dt

    from dailypapers.jobs.day import Progress
    from dailypapers.jobs.day import day as run

    app = context.obj.app()
    check_clock(app.engine, now)
    with progress("fetch, close, compose, deliver") as step, stop_on_signal() as stop:
        on_progress = Progress(lambda _: step(1), step, step)
        wait = dt.timedelta(minutes=patience)
        done = run(app.dependencies, clock=clock(now), patience=wait, progress=on_progress, stop=stop)
    if not as_json:
        print_sources(done.fetched, as_json=False)
    say_composed(done.composed)
    code = report_delivered(done.delivered)
    print_ledger(app.engine, edition=done.edition.id, as_json=as_json)
    raise typer.Exit(max(code, sources_code(done.fetched), edition_code(done.edition.sources)))


def status(context: typer.Context, now: Now = None, as_json: Json = False) -> None:
    """Say whether all is well: how each source and category stands, and how the last editions were delivered."""
    from dailypapers.reporting.situation import switched_on
    from dailypapers.store.database import reading

    app = context.obj.app()
    if as_json:
        raise typer.Exit(print_standings(app, clock(now)(), as_json=True))
    code = print_standings(app, clock(now)(), as_json=False)
    _say_closing(app, clock(now)())
    with reading(app.engine) as tx:
        sentences = switched_on(tx)
    for sentence in sentences:
        say(sentence)
    is_balanced = print_ledger(app.engine, as_json=False, limit=3)
    raise typer.Exit(code if is_balanced and not sentences else ATTENTION)


def _say_closing(app: "App", now: "dt.datetime") -> None:
    """Say when today's edition was closed, or when it will be and what it waits for until then."""
    from dailypapers.intake.readiness import awaited
    from dailypapers.store import editions
    from dailypapers.store.database import reading

    timetable = app.timetable
    day, closing = timetable.today(now), timetable.closing(now)
    with reading(app.engine) as tx:
        edition = editions.of_day(tx, day)
        is_waiting = edition is None and now < closing and timetable.close_early
        phrases = awaited(tx, app.dependencies.sources, closing=closing, now=now) if is_waiting else ()
    if edition:
        say(f"The edition of {day} was closed at {edition.closed_at:%H:%M} UTC.")
    elif now < closing:
        early = f", or before, as soon as these have come: {'; '.join(phrases)}" if phrases else ""
        say(f"The edition of {day} closes at {closing:%H:%M} UTC{early}.")


def report(
    context: typer.Context,
    send: Annotated[
        bool, typer.Option("--send", help="Send it to the operator as well, and alerts that are due.")
    ] = False,
    now: Now = None,
) -> None:
    """Print the operator's report of the day. `serve` sends it daily; with cron, run `report --send` after `day`."""
    from dailypapers.errors import BadSettings
    from dailypapers.reporting.report import report as written
    from dailypapers.reporting.situation import situation
    from dailypapers.reporting.tell import REPORT, tell
    from dailypapers.reporting.tell import send as send_out
    from dailypapers.store.database import reading

    app, moment = context.obj.app(), clock(now)()
    operator = app.dependencies.operator
    with reading(app.engine) as tx:
        now_is = situation(tx, now=moment)
    disk = operator.measure_disk() if operator else None
    message = written(now_is, disk=disk, name=app.settings.service.name, now=moment)
    typer.echo(f"{message.subject}\n\n{message.text}", nl=False)
    if not send:
        return
    if operator is None:
        raise BadSettings("Nobody is named who is to be told: set operator.email or operator.webhook.")
    arrived = send_out(operator, REPORT, message, now=moment)
    tell(app.engine, operator, now=moment)
    raise typer.Exit(OK if arrived else ATTENTION)
