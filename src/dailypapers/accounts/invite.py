"""Invitations: an account begins with a one-time link, by which its owner sets the password."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.accounts import passwords
from dailypapers.accounts.actor import COMMAND_LINE
from dailypapers.accounts.sessions import hash_of, new_token
from dailypapers.domain.account import INVITATION, Account, Role
from dailypapers.errors import BadInput
from dailypapers.store import accounts, audit


def invite(tx: sa.Connection, email: str, role: Role | None, *, by: str = COMMAND_LINE, now: dt.datetime) -> str:
    """Add an account, or let somebody who has one set a new password; returns the token of the link.

    Without a role an existing account keeps its own. Raises `BadInput` where a new account is to have none.
    """
    account = accounts.by_email(tx, email)
    if account is None:
        account = _added(tx, email, role, by=by, now=now)
    elif role is not None and role is not account.role:
        accounts.set_role(tx, account.id, role)
        audit.note(
            tx, "account role", actor=by, now=now, before={"role": account.role}, after={"role": role, "id": account.id}
        )
    token = new_token()
    accounts.invite(tx, account.id, hash_of(token), until=now + INVITATION)
    audit.note(tx, "account invitation", actor=by, now=now, after={"id": account.id})
    return token


def _added(tx: sa.Connection, email: str, role: Role | None, *, by: str, now: dt.datetime) -> Account:
    if role is None:
        raise BadInput("A new account needs a role: --role owner or --role viewer.")
    account = accounts.add(tx, email, role, now=now)
    if account is None:
        raise BadInput("Somebody else has just added this account; try again.")
    audit.note(tx, "account", actor=by, now=now, after={"role": role, "id": account.id})
    return account


def accept(tx: sa.Connection, account: Account, password_hash: str, *, now: dt.datetime) -> None:
    """Set the password by an invitation, which works no more; all browsers of the account are signed out."""
    accounts.set_password(tx, account.id, password_hash)
    audit.note(tx, "account password", actor=account.email, now=now)


def password_hash(password: str, account: Account) -> str:
    """Return the hash of a new password. Raises `BadInput` for one that is easily guessed."""
    return passwords.new_hash(password, email=account.email)
