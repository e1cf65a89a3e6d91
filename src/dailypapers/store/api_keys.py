"""Keys of the API. Of a key only its hash is here; a revoked one stays, so that it is known who did what."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.api_key import ApiKey, Scope, scopes_in_words
from dailypapers.store.database import insert_new
from dailypapers.store.schema import api_keys


def add(
    tx: sa.Connection,
    name: str,
    *,
    prefix: str,
    key_hash: str,
    scopes: Iterable[Scope],
    per_minute: int,
    expires_at: dt.datetime | None,
    now: dt.datetime,
) -> int | None:
    """Add a key and return its id; `None` where a key of this name is not revoked, or the prefix is taken."""
    row = {
        "name": name,
        "prefix": prefix,
        "key_hash": key_hash,
        "scopes": scopes_in_words(scopes),
        "per_minute": per_minute,
        "created_at": now,
        "expires_at": expires_at,
    }
    added = insert_new(tx, api_keys, [row], api_keys.c.id)
    return int(added[0].id) if added else None


def by_prefix(tx: sa.Connection, prefix: str) -> ApiKey | None:
    """Return the key of a prefix, live or not; `None` where there is none."""
    row = tx.execute(sa.select(api_keys).where(api_keys.c.prefix == prefix)).one_or_none()
    return _key(row) if row else None


def by_name(tx: sa.Connection, name: str) -> ApiKey | None:
    """Return the key of a name that is not revoked; `None` where there is none."""
    mine = (api_keys.c.name == name, api_keys.c.revoked_at.is_(None))
    row = tx.execute(sa.select(api_keys).where(*mine)).one_or_none()
    return _key(row) if row else None


def every(tx: sa.Connection) -> list[ApiKey]:
    """Return all keys, revoked ones too, oldest first."""
    return [_key(row) for row in tx.execute(sa.select(api_keys).order_by(api_keys.c.id))]


def revoke(tx: sa.Connection, key_id: int, *, now: dt.datetime) -> bool:
    """Revoke a key; tells whether it was this time that it was revoked."""
    live = (api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None))
    return tx.execute(sa.update(api_keys).where(*live).values(revoked_at=now)).rowcount == 1


def note_use(tx: sa.Connection, key_id: int, *, day: dt.date) -> None:
    """Note that a key is used on a day."""
    tx.execute(sa.update(api_keys).where(api_keys.c.id == key_id).values(last_used_on=day))


def take_requests(tx: sa.Connection, key_id: int, wanted: int, *, per_minute: int, minute: int) -> tuple[int, int]:
    """Take requests of a key's minute for one process; returns how many it gets, and how many are taken by now.

    All processes together get `per_minute`. `minute` is counted since 1970: clocks may differ by one, and a count that
    is further ahead was written by a clock that was wrong.
    """
    query = sa.select(api_keys.c.counted_minute, api_keys.c.counted_requests).where(api_keys.c.id == key_id)
    row = tx.execute(query.with_for_update()).one()
    is_present = row.counted_minute in {minute, minute + 1}
    taken = row.counted_requests if is_present else 0
    granted = max(min(wanted, per_minute - taken), 0)
    if granted:
        values = {
            "counted_minute": row.counted_minute if is_present else minute,
            "counted_requests": taken + granted,
        }
        tx.execute(sa.update(api_keys).where(api_keys.c.id == key_id).values(values))
    return granted, taken + granted


def _key(row: sa.Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        key_hash=row.key_hash,
        # What a newer version knew beside is left out.
        scopes=frozenset(Scope(text) for text in row.scopes if text in set(Scope)),
        per_minute=row.per_minute,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_on=row.last_used_on,
    )
