"""Signing in: a password, then a code where there is a second factor, within limits that guessing runs into.

Whether the account exists shows neither in the answer nor in the time it takes. An attempt is counted as failed before
anything is checked, so that many at once are as limited as many in a row.
"""

import datetime as dt
from dataclasses import dataclass
from enum import Enum

import sqlalchemy as sa

from dailypapers.accounts import passwords, second_factor, sessions
from dailypapers.domain.account import Account, Session, SignInLimits, Stage
from dailypapers.store import accounts
from dailypapers.store.database import writing
from dailypapers.tokens import Signer

LIMITS = SignInLimits()


class Refusal(Enum):
    """Why somebody is not let in."""

    WRONG = "wrong"
    """The address, the password or the code."""
    TOO_MANY = "too many"
    """Attempts have failed, of this account or from this network."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who tries to sign in."""

    account: str
    """A keyed hash of the address, as it was typed."""
    network: str
    """A keyed hash of the network they come from."""


def guest(signer: Signer, email: str, network: str) -> Guest:
    """Return who tries to sign in, without their address."""
    address = email.strip().lower()
    return Guest(signer.keyed_hash("sign-in.account", address), signer.keyed_hash("sign-in.network", network))


def sign_in(
    engine: sa.Engine, signer: Signer, *, email: str, password: str, network: str, now: dt.datetime
) -> str | Refusal:
    """Check a password; returns the id of a new session, which awaits a code where there is a second factor."""
    who = guest(signer, email, network)
    with writing(engine) as tx:
        attempt = _attempt(tx, who, now=now)
        account = accounts.by_email(tx, email.strip().lower())
    if isinstance(attempt, Refusal):
        return attempt
    # Outside a transaction: this takes a tenth of a second on purpose.
    if not passwords.is_right(password, account.password_hash if account else "") or account is None:
        return Refusal.WRONG
    newer_hash = passwords.renewed(password, account.password_hash)
    with writing(engine) as tx:
        if newer_hash:
            accounts.rehash(tx, account.id, newer_hash)
        accounts.note_success(tx, attempt)
        stage = Stage.CODE if account.has_second_factor else Stage.SIGNED_IN
        return sessions.begin(tx, account.id, stage=stage, now=now)


def enter_code(
    engine: sa.Engine, signer: Signer, session: Session, *, code: str, network: str, now: dt.datetime
) -> str | Refusal:
    """Check the code of the second factor; returns the id of the session that is signed in from now on."""
    who = guest(signer, session.account.email, network)
    with writing(engine) as tx:
        attempt = _attempt(tx, who, now=now)
        if isinstance(attempt, Refusal):
            return attempt
        if not second_factor.accepts(tx, signer.secret, session.account, code, now=now):
            return Refusal.WRONG
        accounts.note_success(tx, attempt)
        return sessions.rotate(tx, session, now=now)


def confirm_password(
    engine: sa.Engine, signer: Signer, account: Account, *, password: str, network: str, now: dt.datetime
) -> Refusal | None:
    """Check the password of somebody who is signed in, before something that takes it; `None` where it is right."""
    with writing(engine) as tx:
        attempt = _attempt(tx, guest(signer, account.email, network), now=now)
    if isinstance(attempt, Refusal):
        return attempt
    if not passwords.is_right(password, account.password_hash):
        return Refusal.WRONG
    with writing(engine) as tx:
        accounts.note_success(tx, attempt)
    return None


def _attempt(tx: sa.Connection, who: Guest, *, now: dt.datetime, limits: SignInLimits = LIMITS) -> int | Refusal:
    """Note an attempt, and return its id; refuses it where too many have failed."""
    since = now - limits.period
    here = accounts.count_failures(tx, since=since, account=who.account, network=who.network)
    of_account = accounts.count_failures(tx, since=since, account=who.account)
    of_network = accounts.count_failures(tx, since=since, network=who.network)
    if here >= limits.per_account_and_network or of_account >= limits.per_account or of_network >= limits.per_network:
        return Refusal.TOO_MANY
    return accounts.note_attempt(tx, who.account, who.network, now=now)
