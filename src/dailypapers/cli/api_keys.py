"""Commands about keys of the API: add, list, revoke."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from dailypapers.cli.output import rows, say
from dailypapers.cli.shared import Json, Now, clock, command_line
from dailypapers.domain.api_key import PER_MINUTE, Scope

if TYPE_CHECKING:
    from dailypapers.domain.api_key import ApiKey

api_keys = typer.Typer(no_args_is_help=True, help="Which programs may use the API, and what each may do.")


@api_keys.command()
def add(
    context: typer.Context,
    name: str,
    scope: Annotated[
        list[Scope],
        typer.Option(metavar="SCOPE", help=f"What it may do, once for each of: {', '.join(Scope)}."),
    ],
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="It expires after so many days.")] = None,
    per_minute: Annotated[int, typer.Option(min=1, max=1_000_000, help="Requests a minute that are answered.")] = (
        PER_MINUTE
    ),
    now: Now = None,
) -> None:
    """Add a key and print it: it is shown this once, and only its hash is stored.

    Each kind of thing has its own scopes, such as subscribers:read and subscribers:write. A program with
    subscribers:admit may subscribe people who are not asked to confirm; give it only to one that has asked them.
    """
    from dailypapers.accounts import api_keys as keys
    from dailypapers.store.database import writing

    app, moment = context.obj.app(), clock(now)()
    expires_at = moment + dt.timedelta(days=days) if days else None
    with writing(app.engine) as tx:
        by = command_line(app)
        key = keys.add(tx, name, scope, by=by, expires_at=expires_at, per_minute=per_minute, now=moment)
    say("Copy this key now: it cannot be shown again. Programs send it as “Authorization: Bearer …”.")
    typer.echo(key)


@api_keys.command("list")
def list_all(context: typer.Context, now: Now = None, as_json: Json = False) -> None:
    """List all keys, and those that were revoked."""
    from dailypapers.store import api_keys as stored
    from dailypapers.store.database import reading

    with reading(context.obj.app().engine) as tx:
        records = [_record(key, clock(now)()) for key in stored.every(tx)]
    rows("API keys", records, as_json=as_json, wrap=("name", "scopes"))


def _record(key: "ApiKey", now: dt.datetime) -> dict[str, object]:
    from dailypapers.domain.api_key import scopes_in_words

    state = "live" if key.is_live(now) else "revoked" if key.revoked_at else "expired"
    return {
        "name": key.name,
        "prefix": key.prefix,
        "state": state,
        "scopes": " ".join(scopes_in_words(key.scopes)),
        "per_minute": key.per_minute,
        "expires": key.expires_at.date().isoformat() if key.expires_at else None,
        "last_used": key.last_used_on.isoformat() if key.last_used_on else None,
    }


@api_keys.command()
def revoke(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Its name, or what it begins with, such as dpk_4f7k2m9x.")],
    now: Now = None,
) -> None:
    """Revoke a key: its next request is refused."""
    from dailypapers.accounts import api_keys as keys
    from dailypapers.store.database import writing

    app = context.obj.app()
    with writing(app.engine) as tx:
        key = keys.revoke(tx, name, by=command_line(app), now=clock(now)())
    say(f"Revoked {key.name} ({key.prefix}).")
