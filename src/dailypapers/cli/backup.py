"""Commands about all data at once: backup, restore, database move."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dailypapers.cli.output import OK, counted, progress, rows, say
from dailypapers.cli.shared import Json, Now, clock
from dailypapers.errors import BadInput

if TYPE_CHECKING:
    import sqlalchemy as sa

    from dailypapers.store.backup import Backup

database = typer.Typer(no_args_is_help=True, help="Move all data from one database to another.")


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist.")],
    now: Now = None,
    as_json: Json = False,
) -> None:
    """Write all data into one file, while dailypapers runs; of SQLite or PostgreSQL, to be restored into either.

    The file holds addresses: keep it private. The secret that signs links is not in it: back that up apart.
    """
    from dailypapers.store.backup import back_up

    app = context.obj.app(migrated=False)
    with progress("backup") as step:
        summary = back_up(app.engine, file, now=clock(now)(), on_progress=step)
    if as_json:
        rows("Backup", _records(summary), as_json=True)
        return
    say(f"Wrote {file}: {counted(summary.rows, 'row')} of {counted(len(summary.tables), 'table')}, {_size(file)}.")


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="What `dailypapers backup` wrote.")],
    sent_through: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="The last edition that may have been sent since; today without it."),
    ] = None,
    nothing_sent: Annotated[
        bool, typer.Option("--nothing-sent", help="Nothing was sent since the backup was made; hold nothing.")
    ] = False,
    now: Now = None,
) -> None:
    """Fill the empty database that the settings name with a backup. Nothing is sent from it twice.

    What waited when the backup was made, and digests of editions up to today, are not sent until you decide about
    them (`dailypapers deliveries --help`), because they may have been sent since.
    """
    from zoneinfo import ZoneInfo

    from dailypapers.accounts.second_factor import encrypt_stored
    from dailypapers.delivery.restored import hold_what_was_sent_since
    from dailypapers.store import api_keys
    from dailypapers.store.accounts import end_all_sessions
    from dailypapers.store.backup import restore as fill

    app, moment = context.obj.app(migrated=False), clock(now)()
    today = moment.astimezone(ZoneInfo(app.settings.service.zone)).date()
    through = _day(sent_through) if sent_through else today
    held_back = live_keys = 0

    def hold(tx: "sa.Connection") -> None:
        nonlocal held_back, live_keys
        # Whoever has signed out since would be signed in again.
        end_all_sessions(tx)
        encrypt_stored(tx, app.dependencies.renderer.secret)
        live_keys = sum(key.is_live(moment) for key in api_keys.every(tx))
        held_back = 0 if nothing_sent else hold_what_was_sent_since(tx, through=through, now=moment)

    with progress("restore") as step:
        summary = fill(app.engine, file, then=hold, on_progress=step)
    say(f"Restored {counted(summary.rows, 'row')} as of {summary.made_at:%Y-%m-%d %H:%M} UTC.")
    if not nothing_sent:
        _say_what_may_have_happened_since(through, held_back, live_keys)


def _say_what_may_have_happened_since(through: "dt.date", held_back: int, live_keys: int) -> None:
    if held_back:
        say(f"{counted(held_back, 'email')} that waited then may have been sent since.")
    say(
        f"Digests of editions through {through} may have been sent since: none that may have been is sent until you "
        "decide (`dailypapers deliveries --help`)."
    )
    say("Whoever unsubscribed or was erased since then is back: remove them before delivery starts.")
    if live_keys:
        say("API keys that were revoked since then work again: look at `dailypapers api-keys list`.")


@database.command("move")
def move(
    context: typer.Context,
    to: Annotated[str, typer.Option(metavar="URL", help="An empty database, such as postgresql://papers@host/papers.")],
    file: Annotated[
        Path | None, typer.Option(help="Where to keep the backup that is made on the way.", show_default=False)
    ] = None,
    now: Now = None,
) -> None:
    """Copy everything into another, empty database: from SQLite to PostgreSQL, or back. Stop dailypapers first.

    The old database sends nothing more. A password that is not in the URL is read from DAILYPAPERS_DATABASE__PASSWORD.
    """
    from dailypapers.delivery.restored import retire
    from dailypapers.store import backup as backups
    from dailypapers.store.database import address_of, close, connect

    app, moment = context.obj.app(), clock(now)()
    _require_at_rest(app.engine, moment)
    password = app.settings.database.password
    target = connect(to, password=password.get_secret_value() if password else None)
    backup_file = file or Path(f"dailypapers-{moment:%Y%m%d-%H%M%S}.backup")
    try:
        with progress("move") as step:
            summary = backups.move(
                app.engine, target, backup_file, then=lambda tx: retire(tx, now=moment), now=moment, on_progress=step
            )
    finally:
        close(target)
    address = address_of(target)
    say(f"Moved {counted(summary.rows, 'row')} to {address}; {backup_file} has them too.")
    say("Now set database.url to it, and start dailypapers. The old database sends nothing more.")
    raise typer.Exit(OK)


def _require_at_rest(engine: "sa.Engine", now: dt.datetime) -> None:
    from dailypapers.delivery.recovery import find_dead
    from dailypapers.store import workers
    from dailypapers.store.database import reading

    with reading(engine) as tx:
        dead = {worker.id for worker in find_dead(tx, now=now)}
        sending = [worker.id for worker in workers.alive(tx) if worker.id not in dead]
    if sending:
        raise BadInput(f"{sending[0]} is sending from this database: stop dailypapers before it is moved.")


def _records(summary: "Backup") -> list[dict[str, object]]:
    return [{"table": table.name, "rows": table.rows, "checksum": table.checksum} for table in summary.tables]


def _size(file: Path) -> str:
    return f"{file.stat().st_size / 1e6:,.2f} MB"


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"“{text}” is not a date; write it like 2026-04-20.") from None
