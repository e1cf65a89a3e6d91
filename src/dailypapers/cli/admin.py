"""Commands about the admin pages' accounts: add, list, remove. Passwords are set on a page, never on a command line."""

from typing import TYPE_CHECKING, Annotated

import typer

from dailypapers.cli.output import rows, say
from dailypapers.cli.shared import Json, Now, clock
from dailypapers.domain.account import Role
from dailypapers.errors import BadInput

if TYPE_CHECKING:
    import sqlalchemy as sa

    from dailypapers.domain.account import Account

admin = typer.Typer(no_args_is_help=True, help="Who may open the admin pages, which are off until somebody may.")


@admin.command()
def add(
    context: typer.Context,
    email: str,
    role: Annotated[Role | None, typer.Option(help="owner may change everything, viewer only looks.")] = None,
    now: Now = None,
) -> None:
    """Add an account, and print the one-time link at which its owner sets the password; it works for two days.

    For an account that exists, the link is for a new password, and the role is changed if you give one.
    """
    from dailypapers.accounts.invite import invite
    from dailypapers.store.database import writing
    from dailypapers.subscriptions.address import normal_address

    app = context.obj.app()
    with writing(app.engine) as tx:
        token = invite(tx, normal_address(email), role, now=clock(now)())
    say(f"Open this link within two days, once, to set the password of {normal_address(email)}:")
    typer.echo(f"{app.signer.base_url}/admin/invitation/{token}")


@admin.command("list")
def list_all(context: typer.Context, as_json: Json = False) -> None:
    """List all accounts."""
    from dailypapers.store import accounts
    from dailypapers.store.database import reading

    with reading(context.obj.app().engine) as tx:
        records = [
            {
                "email": account.email,
                "role": account.role.value,
                "password": "set" if account.password_hash else "not set",
                "second_factor": "on" if account.has_second_factor else "off",
            }
            for account in accounts.every(tx)
        ]
    rows("Accounts", records, as_json=as_json)


@admin.command()
def remove(context: typer.Context, email: str, now: Now = None) -> None:
    """Remove an account and sign its browsers out."""
    from dailypapers.accounts.actor import COMMAND_LINE
    from dailypapers.store import accounts, audit
    from dailypapers.store.database import writing

    with writing(context.obj.app().engine) as tx:
        account = _require_account(tx, email)
        accounts.remove(tx, account.id)
        before = {"role": account.role, "id": account.id}
        audit.note(tx, "account removal", actor=COMMAND_LINE, now=clock(now)(), before=before)
    say(f"Removed {account.email}.")


@admin.command("reset-second-factor")
def reset_second_factor(context: typer.Context, email: str, now: Now = None) -> None:
    """Switch the second factor of an account off, for somebody who has lost phone and recovery codes."""
    from dailypapers.accounts.actor import COMMAND_LINE
    from dailypapers.store import accounts, audit
    from dailypapers.store.database import writing

    with writing(context.obj.app().engine) as tx:
        account = _require_account(tx, email)
        accounts.set_second_factor(tx, account.id, None)
        audit.note(tx, "second factor off", actor=COMMAND_LINE, now=clock(now)(), after={"id": account.id})
    say(f"{account.email} signs in with the password alone.")


def _require_account(tx: "sa.Connection", email: str) -> "Account":
    from dailypapers.store import accounts

    account = accounts.by_email(tx, email.strip().lower())
    if account is None:
        raise BadInput(f"{email} has no account; `dailypapers admin list` shows who has.")
    return account
