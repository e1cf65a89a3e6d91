"""Accounts of the admin pages: who may sign in, with which browsers they are signed in, and who has tried."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.account import Account, Role, Session, Stage
from dailypapers.store.database import insert_new
from dailypapers.store.schema import accounts, admin_sessions, recovery_codes, sign_ins


def exist(tx: sa.Connection) -> bool:
    """Return whether there is any account."""
    return tx.execute(sa.select(accounts.c.id).limit(1)).first() is not None


def add(tx: sa.Connection, email: str, role: Role, *, now: dt.datetime) -> Account | None:
    """Add an account without a password; `None` where the address has one."""
    row = {"email": email, "role": role.value, "created_at": now}
    added = insert_new(tx, accounts, [row], accounts.c.id)
    return Account(added[0].id, email, role) if added else None


def by_email(tx: sa.Connection, email: str) -> Account | None:
    """Return the account of an address, `None` where there is none."""
    return _one(tx, accounts.c.email == email)


def by_oidc_subject(tx: sa.Connection, subject: str) -> Account | None:
    """Return the account of who the provider of OpenID Connect says somebody is, `None` where there is none."""
    return _one(tx, accounts.c.oidc_subject == subject)


def bind(tx: sa.Connection, account_id: int, oidc_subject: str) -> bool:
    """Bind an account to somebody at the provider of OpenID Connect; tells whether it was bound to nobody."""
    change = sa.update(accounts).where(accounts.c.id == account_id, accounts.c.oidc_subject.is_(None))
    return tx.execute(change.values(oidc_subject=oidc_subject)).rowcount == 1


def every(tx: sa.Connection) -> list[Account]:
    """Return all accounts, by address."""
    return [_account(row) for row in tx.execute(sa.select(accounts).order_by(accounts.c.email))]


def remove(tx: sa.Connection, account_id: int) -> None:
    """Remove an account; its browsers are signed out."""
    for table in (admin_sessions, recovery_codes):
        tx.execute(sa.delete(table).where(table.c.account_id == account_id))
    tx.execute(sa.delete(accounts).where(accounts.c.id == account_id))


def set_role(tx: sa.Connection, account_id: int, role: Role) -> None:
    """Set what somebody may do, from their next request on."""
    _change(tx, account_id, role=role.value)


def invite(tx: sa.Connection, account_id: int, token_hash: str, *, until: dt.datetime) -> None:
    """Let somebody set a password by the link with this token; an earlier link works no more."""
    _change(tx, account_id, invitation_hash=token_hash, invited_until=until)


def invited(tx: sa.Connection, token_hash: str, *, now: dt.datetime) -> Account | None:
    """Return whom a link to set a password is for; `None` where it is used, too old, or of nobody."""
    return _one(tx, sa.and_(accounts.c.invitation_hash == token_hash, accounts.c.invited_until > now))


def set_password(tx: sa.Connection, account_id: int, password_hash: str) -> None:
    """Set a password; invitations work no more, and all browsers are signed out."""
    _change(tx, account_id, password_hash=password_hash, invitation_hash=None, invited_until=None)
    tx.execute(sa.delete(admin_sessions).where(admin_sessions.c.account_id == account_id))


def rehash(tx: sa.Connection, account_id: int, password_hash: str) -> None:
    """Store the same password's newer hash."""
    _change(tx, account_id, password_hash=password_hash)


def set_second_factor(
    tx: sa.Connection, account_id: int, secret: str | None, *, period: int = 0, code_hashes: Collection[str] = ()
) -> None:
    """Set what codes are made from, and the recovery codes; without a secret there is no second factor."""
    _change(tx, account_id, totp_secret=secret, totp_period=period if secret else None)
    tx.execute(sa.delete(recovery_codes).where(recovery_codes.c.account_id == account_id))
    insert_new(tx, recovery_codes, [{"account_id": account_id, "code_hash": each} for each in code_hashes])


def encrypt_second_factor(tx: sa.Connection, account_id: int, encrypted: str) -> None:
    """Store what codes are made from encrypted, where it was stored as it is."""
    _change(tx, account_id, totp_secret=encrypted)


def use_period(tx: sa.Connection, account_id: int, period: int) -> bool:
    """Note the period of a code; tells whether it is later than that of the last one, so that no code counts twice."""
    later = sa.or_(accounts.c.totp_period.is_(None), accounts.c.totp_period < period)
    change = sa.update(accounts).where(accounts.c.id == account_id, later).values(totp_period=period)
    return tx.execute(change).rowcount == 1


def use_recovery_code(tx: sa.Connection, account_id: int, code_hash: str) -> bool:
    """Use up a recovery code; tells whether it was one."""
    mine = (recovery_codes.c.account_id == account_id, recovery_codes.c.code_hash == code_hash)
    return tx.execute(sa.delete(recovery_codes).where(*mine)).rowcount == 1


def count_recovery_codes(tx: sa.Connection, account_id: int) -> int:
    """Return how many recovery codes are left."""
    query = sa.select(sa.func.count()).select_from(recovery_codes).where(recovery_codes.c.account_id == account_id)
    return tx.execute(query).scalar_one()


def begin_session(
    tx: sa.Connection, id_hash: str, account_id: int, *, stage: Stage, csrf: str, now: dt.datetime
) -> None:
    """Add a browser that somebody signs in with."""
    row = {"id_hash": id_hash, "account_id": account_id, "stage": stage.value, "csrf": csrf}
    tx.execute(sa.insert(admin_sessions).values(**row, began_at=now, seen_at=now))


def session(tx: sa.Connection, id_hash: str) -> Session | None:
    """Return the session of an id, over or not; `None` where there is none."""
    query = sa.select(admin_sessions, accounts).join(accounts, accounts.c.id == admin_sessions.c.account_id)
    row = tx.execute(query.where(admin_sessions.c.id_hash == id_hash)).one_or_none()
    if row is None:
        return None
    return Session(row.id_hash, _account(row), Stage(row.stage), row.csrf, row.began_at, row.seen_at)


def see_session(tx: sa.Connection, id_hash: str, *, now: dt.datetime) -> None:
    """Note that a session is used."""
    tx.execute(sa.update(admin_sessions).where(admin_sessions.c.id_hash == id_hash).values(seen_at=now))


def end_session(tx: sa.Connection, id_hash: str) -> None:
    """Sign a browser out."""
    tx.execute(sa.delete(admin_sessions).where(admin_sessions.c.id_hash == id_hash))


def end_all_sessions(tx: sa.Connection) -> int:
    """Sign everybody out; returns how many sessions that were."""
    return tx.execute(sa.delete(admin_sessions)).rowcount


def end_other_sessions(tx: sa.Connection, account_id: int, *, but: str) -> int:
    """Sign all browsers of an account out but one; returns how many."""
    others = (admin_sessions.c.account_id == account_id, admin_sessions.c.id_hash != but)
    return tx.execute(sa.delete(admin_sessions).where(*others)).rowcount


def note_attempt(tx: sa.Connection, account: str, network: str, *, now: dt.datetime) -> int:
    """Note an attempt to sign in, failed until `note_success` says otherwise; returns its id."""
    row = {"tried_at": now, "account": account, "network": network, "succeeded": False}
    return int(tx.execute(sa.insert(sign_ins).values(**row).returning(sign_ins.c.id)).scalar_one())


def note_success(tx: sa.Connection, attempt_id: int) -> None:
    """Note that an attempt to sign in succeeded."""
    tx.execute(sa.update(sign_ins).where(sign_ins.c.id == attempt_id).values(succeeded=True))


def count_failures(
    tx: sa.Connection, *, since: dt.datetime, account: str | None = None, network: str | None = None
) -> int:
    """Count the attempts that failed since a moment, at an account and from a network where these are given."""
    query = sa.select(sa.func.count()).select_from(sign_ins).where(sign_ins.c.tried_at > since, ~sign_ins.c.succeeded)
    if account is not None:
        query = query.where(sign_ins.c.account == account)
    if network is not None:
        query = query.where(sign_ins.c.network == network)
    return tx.execute(query).scalar_one()


def prune(tx: sa.Connection, *, before: dt.datetime) -> int:
    """Delete sessions and attempts to sign in from before a moment; returns how many."""
    old: Iterable[sa.Delete] = (
        sa.delete(admin_sessions).where(admin_sessions.c.began_at < before),
        sa.delete(sign_ins).where(sign_ins.c.tried_at < before),
    )
    return sum(tx.execute(each).rowcount for each in old)


def _change(tx: sa.Connection, account_id: int, **values: object) -> None:
    tx.execute(sa.update(accounts).where(accounts.c.id == account_id).values(**values))


def _one(tx: sa.Connection, where: sa.ColumnElement[bool]) -> Account | None:
    row = tx.execute(sa.select(accounts).where(where)).one_or_none()
    return _account(row) if row else None


def _account(row: sa.Row[Any]) -> Account:
    return Account(
        row.id, row.email, Role(row.role), row.password_hash or "", row.totp_secret or "", row.totp_period or 0
    )
