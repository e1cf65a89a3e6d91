"""Readers' profiles: a row each, with what was taken of it."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.profile import Profile, ProfileKind, ProfileState, TakenProfile
from dailypapers.domain.subscriber import READING
from dailypapers.store.database import replace_rows
from dailypapers.store.schema import profiles, subscribers


def add(tx: sa.Connection, subscriber_id: int, profile: Profile, *, encrypted_key: str = "", now: dt.datetime) -> None:
    """Store a profile to be read next, also where it was read before."""
    row = {
        "subscriber_id": subscriber_id,
        "kind": profile.kind.value,
        "profile_id": profile.id,
        "state": ProfileState.NEW.value,
        "taken": 0,
        "listed": 0,
        "attempts": 0,
        "next_attempt_at": now,
        "encrypted_key": encrypted_key or None,
    }
    replace_rows(tx, profiles, [row])


def of_subscriber(tx: sa.Connection, subscriber_id: int) -> list[TakenProfile]:
    """Return a reader's profiles."""
    query = sa.select(profiles).where(profiles.c.subscriber_id == subscriber_id)
    return [_taken(row) for row in tx.execute(query.order_by(profiles.c.kind, profiles.c.profile_id))]


def due(tx: sa.Connection, *, now: dt.datetime, limit: int) -> list[TakenProfile]:
    """Return the profiles that are to be read now: of readers who have confirmed."""
    is_confirmed = subscribers.c.state.in_(sorted(state.value for state in READING))
    query = (
        sa.select(profiles)
        .join(subscribers, subscribers.c.id == profiles.c.subscriber_id)
        .where(profiles.c.next_attempt_at <= now, is_confirmed)
        .order_by(profiles.c.next_attempt_at)
    )
    return [_taken(row) for row in tx.execute(query.limit(limit))]


def end(tx: sa.Connection, each: TakenProfile, *, taken: int, listed: int) -> None:
    """Record what was taken of how many."""
    _change(tx, each, state=ProfileState.DONE.value, taken=taken, listed=listed, next_attempt_at=None)


def put_off(tx: sa.Connection, each: TakenProfile, at: dt.datetime | None) -> None:
    """Record a try that came to nothing, and when the next one is; `None` gives it up."""
    state = ProfileState.NEW if at else ProfileState.FAILED
    _change(tx, each, state=state.value, next_attempt_at=at)


def encrypted_key(tx: sa.Connection, each: TakenProfile) -> str:
    """Return what opens a profile, as it is stored; empty where nothing is needed, or it has been read."""
    return tx.execute(sa.select(profiles.c.encrypted_key).where(*_mine(each))).scalar_one_or_none() or ""


def _change(tx: sa.Connection, each: TakenProfile, **values: Any) -> None:
    if values["next_attempt_at"] is None:
        values["encrypted_key"] = None
    tx.execute(sa.update(profiles).where(*_mine(each)).values(attempts=each.attempts + 1, **values))


def _mine(each: TakenProfile) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        profiles.c.subscriber_id == each.subscriber,
        profiles.c.kind == each.profile.kind.value,
        profiles.c.profile_id == each.profile.id,
    )


def _taken(row: sa.Row[Any]) -> TakenProfile:
    profile = Profile(ProfileKind(row.kind), row.profile_id)
    return TakenProfile(row.subscriber_id, profile, ProfileState(row.state), row.taken, row.listed, row.attempts)
