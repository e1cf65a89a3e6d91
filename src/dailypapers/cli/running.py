"""Commands that make a day happen: init, migrate, day, fetch, close, compose, deliver, prune, serve."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dailypapers.cli.looking import print_ledger
from dailypapers.cli.output import ATTENTION, OK, progress, rows, say
from dailypapers.cli.shared import Context, Json, Now, clock
from dailypapers.stopping import stop_on_signal

if TYPE_CHECKING:
    from dailypapers.delivery.send import Delivered
    from dailypapers.digests.compose import Composed
    from dailypapers.intake.fetch import SourceReport
    from dailypapers.mail.smtp.transport import MailServer

#: So many unreadable items of a source are named; the rest is counted.
_NAMED = 20


def add(commands: typer.Typer) -> None:
    """Add these commands."""
    for command in (init, migrate, day, fetch, close, compose, deliver, prune, serve):
        commands.command()(command)


def init(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where the settings file goes.")] = Path(),
    check_mail: Annotated[bool, typer.Option(help="Talk to the mail server.")] = True,
) -> None:
    """Write a commented settings file and a secret, create the database, check the mail server."""
    from dailypapers.app import build, make_secret
    from dailypapers.settings import DEFAULT_FILE, load, shipped
    from dailypapers.store.database import migrate as bring_up

    shared: Context = context.obj
    file = shared.config or folder / DEFAULT_FILE
    if file.exists():
        say(f"{file} is there already and stays as it is.")
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text((shipped("config") / DEFAULT_FILE).read_text("utf-8"), "utf-8")
        say(f"Wrote {file}: every setting with its default. Look at [service], [mail] and [[sources]] first.")
    settings = load(file)
    if make_secret(settings):
        say(f"Made the secret {settings.service.secret_file}: it signs the links in mails, keep it.")
    app = build(settings)
    bring_up(app.engine)
    say(f"The database {app.engine.url.render_as_string(hide_password=True)} is ready.")
    if check_mail:
        _check_mail(app.mail_server)


def _check_mail(server: "MailServer") -> None:
    import asyncio

    from dailypapers.mail.smtp.transport import SmtpTransport

    with progress(f"asking the mail server {server}"):
        found = asyncio.run(SmtpTransport(server, connections=1).check())
    say(found)


def migrate(context: typer.Context) -> None:
    """Bring the database's tables up to this version; running it twice changes nothing."""
    from dailypapers.store.database import migrate as bring_up
    from dailypapers.store.database import revision

    app = context.obj.app(migrated=False)
    before, wanted = revision(app.engine)
    bring_up(app.engine)
    say(f"The database is at revision {wanted}." if before == wanted else f"Migrated from {before} to {wanted}.")


def day(
    context: typer.Context,
    now: Now = None,
    patience: Annotated[int, typer.Option(min=0, help="Minutes to wait for servers that say “later”.")] = 20,
    as_json: Json = False,
) -> None:
    """Do one whole day and exit: fetch, close, compose, deliver. For cron; a second run sends nothing twice."""
    import datetime as dt

    from dailypapers.jobs.day import Progress
    from dailypapers.jobs.day import day as run

    app = context.obj.app()
    with progress("fetch, close, compose, deliver") as step, stop_on_signal() as stop:
        told = Progress(lambda _: step(1), step, step)
        wait = dt.timedelta(minutes=patience)
        done = run(app.dependencies, clock=clock(now), patience=wait, progress=told, stop=stop)
    if not as_json:
        _print_sources(done.fetched, as_json=False)
    _say_composed(done.composed)
    code = _report_delivered(done.delivered)
    print_ledger(app.engine, edition=done.edition.id, as_json=as_json)
    raise typer.Exit(max(code, _sources_code(done.fetched)))


def fetch(context: typer.Context, now: Now = None, as_json: Json = False) -> None:
    """Ask every source what it announces, and keep it."""
    from dailypapers.intake.fetch import fetch as run

    dependencies = context.obj.app().dependencies
    with progress("fetching", len(dependencies.sources)) as step:
        reports = run(
            dependencies.engine,
            dependencies.sources,
            make_http=dependencies.make_http,
            now=clock(now)(),
            on_progress=lambda _: step(1),
        )
    _print_sources(reports, as_json=as_json)
    raise typer.Exit(_sources_code(reports))


def close(context: typer.Context, now: Now = None, as_json: Json = False) -> None:
    """Close today's edition from what has been announced; a second time changes nothing."""
    from dailypapers.intake.close import close as run

    dependencies = context.obj.app().dependencies
    edition = run(dependencies.engine, zone=dependencies.zone, now=clock(now)())
    rows("edition", [{"edition": edition.id, "day": edition.day, "papers": edition.papers}], as_json=as_json)


def compose(context: typer.Context, now: Now = None) -> None:
    """Put a digest for everybody who is due into the outbox."""
    from dailypapers.digests.compose import compose as run

    dependencies = context.obj.app().dependencies
    with progress("composing") as step:
        _say_composed(run(dependencies.engine, dependencies.digest_options, now=clock(now)(), on_progress=step))


def deliver(
    context: typer.Context,
    now: Now = None,
    release: Annotated[
        bool, typer.Option("--release", help="Let held mails go again, once what was our fault is mended.")
    ] = False,
) -> None:
    """Send all mails in the outbox whose time has come."""
    from dailypapers.delivery.deliver import drain_once
    from dailypapers.store import outbox
    from dailypapers.store.database import writing

    dependencies, tells = context.obj.app().dependencies, clock(now)
    if release:
        with writing(dependencies.engine) as tx:
            say(f"{outbox.release_held(tx, now=tells())} held mails may go.")
    with progress("delivering") as step, stop_on_signal() as stop:
        done = drain_once(dependencies.sending, clock=tells, on_progress=step, stop=stop)
    raise typer.Exit(_report_delivered(done))


def prune(context: typer.Context, now: Now = None, as_json: Json = False) -> None:
    """Forget who did not confirm in time, who asked to subscribe days ago, and vectors of models used no longer.

    `serve` does it daily.
    """
    from dataclasses import asdict

    from dailypapers.jobs.prune import prune as run

    dependencies = context.obj.app().dependencies
    pruned = run(dependencies.engine, encoder=dependencies.digest_options.encoder, now=clock(now)())
    if as_json:
        rows("pruned", [asdict(pruned)], as_json=True)
        return
    say(
        f"Erased {pruned.unconfirmed} who did not confirm; {pruned.unsubscribed_again} who asked again stay "
        f"unsubscribed; forgot {pruned.asks} notes of who asked, and what other models made of papers "
        f"({pruned.vectors} vectors)."
    )


def serve(
    context: typer.Context,
    web: Annotated[bool, typer.Option(help="Serve the pages.")] = True,
    schedule: Annotated[bool, typer.Option(help="Fetch, close and compose by the timetable.")] = True,
    work: Annotated[bool, typer.Option(help="Deliver mail.")] = True,
) -> None:
    """Run everything: pages, timetable and delivery, in one process or with --no-… in several."""
    from dailypapers.serve import serve as run

    run(context.obj.app(), web=web, schedule=schedule, work=work)


def _print_sources(reports: "Sequence[SourceReport]", *, as_json: bool) -> None:
    records = [
        {
            "source": report.source,
            "state": report.fetched.freshness.state.value,
            "items": report.fetched.freshness.items,
            "new": report.new,
            "skipped": len(report.fetched.skipped),
            "note": report.fetched.freshness.note,
        }
        for report in reports
    ]
    rows("sources", records, as_json=as_json, wide=("note",))
    for report in reports:
        for item in report.fetched.skipped[:_NAMED]:
            say(f"{report.source}: {item.where}: {item.why}")
        if len(report.fetched.skipped) > _NAMED:
            say(f"{report.source}: … and {len(report.fetched.skipped) - _NAMED} more could not be read.")


def _sources_code(reports: "Sequence[SourceReport]") -> int:
    broken = any(report.fetched.freshness.state.value == "failed" or report.fetched.skipped for report in reports)
    return ATTENTION if broken else OK


def _say_composed(done: "Composed") -> None:
    if not done.digests and not done.skipped:
        say("Nobody was due: nothing was composed.")
    else:
        say(f"Composed {done.digests} digests; {done.skipped} readers had nothing worth their time.")


def _report_delivered(done: "Delivered") -> int:
    from dailypapers.domain.delivery import DeliveryState

    if not done.states and not done.stopped:
        say("Nothing waited in the outbox: nothing was sent.")
    for state, count in sorted(done.states.items()):
        say(f"{count} {state}.")
    if done.stopped:
        say(f"Stopped: {done.stopped}.")
    return OK if not done.stopped and set(done.states) <= {DeliveryState.ACCEPTED} else ATTENTION
