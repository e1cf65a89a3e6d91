"""Sessions: a random id in a browser's cookie, of which the hash is stored here."""

import datetime as dt
import hashlib
import secrets

import sqlalchemy as sa

from dailypapers.domain.account import Session, Stage
from dailypapers.store import accounts
from dailypapers.store.database import reading, writing

#: That a session is used is noted no more often than this, so that looking at pages writes next to nothing.
_NOTED_EVERY = dt.timedelta(minutes=1)


def new_token() -> str:
    """Return 256 random bits as text."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """Return what is stored of a random token: no salt is needed, since nobody can try out all tokens."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def begin(tx: sa.Connection, account_id: int, *, stage: Stage = Stage.SIGNED_IN, now: dt.datetime) -> str:
    """Begin a session, with an id no browser has had before; returns the id."""
    session_id = new_token()
    accounts.begin_session(tx, hash_of(session_id), account_id, stage=stage, csrf=new_token(), now=now)
    return session_id


def rotate(tx: sa.Connection, session: Session, *, now: dt.datetime) -> str:
    """Replace a half signed-in session by a new one that is signed in; returns its id."""
    accounts.end_session(tx, session.id_hash)
    return begin(tx, session.account.id, now=now)


def find(engine: sa.Engine, session_id: str, *, is_used: bool = True, now: dt.datetime) -> Session | None:
    """Return the session of an id; `None` where there is none, or it is over.

    What a page asks for by itself is no use of the session, and does not prolong it.
    """
    with reading(engine) as tx:
        session = accounts.session(tx, hash_of(session_id)) if session_id else None
    if session is None or session.is_over(now):
        return None
    if is_used and now - session.seen_at >= _NOTED_EVERY:
        with writing(engine) as tx:
            accounts.see_session(tx, session.id_hash, now=now)
    return session
