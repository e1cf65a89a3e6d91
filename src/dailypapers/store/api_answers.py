"""What was answered to requests of the API that must not be done twice, by their Idempotency-Key; kept for a day."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dailypapers.store.database import insert_new
from dailypapers.store.schema import api_answers

#: How long the same request gets the same answer.
KEPT = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer as it was given, and a hash of the request it was given to."""

    fingerprint: str
    status: int
    headers: Mapping[str, str]
    body: Any


def claim(
    tx: sa.Connection, api_key_id: int, key_hash: str, *, fingerprint: str, now: dt.datetime
) -> StoredAnswer | None:
    """Take an idempotency key for the request in this transaction; return what was answered before, where it was.

    Another request with it waits until this transaction ends, and then gets its answer, or the key where it failed.
    """
    mine = (api_answers.c.api_key_id == api_key_id, api_answers.c.key_hash == key_hash)
    tx.execute(sa.delete(api_answers).where(*mine, api_answers.c.created_at <= now - KEPT))
    row = {
        "api_key_id": api_key_id,
        "key_hash": key_hash,
        "fingerprint": fingerprint,
        "status": 0,
        "headers": {},
        "created_at": now,
    }
    if insert_new(tx, api_answers, [row], api_answers.c.status):
        return None
    stored = tx.execute(sa.select(api_answers).where(*mine)).one()
    return StoredAnswer(stored.fingerprint, stored.status, stored.headers, stored.body)


def keep(
    tx: sa.Connection,
    api_key_id: int,
    key_hash: str,
    *,
    status: int,
    headers: Mapping[str, str],
    body: Any,
    subscriber_id: int | None,
) -> None:
    """Store the answer to the request that has the key; it goes with the subscriber it is about, if they are erased."""
    values = {"status": status, "headers": dict(headers), "body": body, "subscriber_id": subscriber_id}
    mine = (api_answers.c.api_key_id == api_key_id, api_answers.c.key_hash == key_hash)
    tx.execute(sa.update(api_answers).where(*mine).values(**values))


def prune(tx: sa.Connection, *, before: dt.datetime) -> int:
    """Forget answers from before a moment; returns how many."""
    return tx.execute(sa.delete(api_answers).where(api_answers.c.created_at < before)).rowcount
