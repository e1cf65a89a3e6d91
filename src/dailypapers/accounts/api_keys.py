"""Keys of the API: made, shown once, recognised, revoked.

A key is `dpk_`, eight letters to recognise it by, an underscore, and 256 random bits. The bits are kept as a hash only.
"""

import datetime as dt
from collections.abc import Collection
from enum import Enum

import sqlalchemy as sa

from dailypapers.accounts.actor import Actor
from dailypapers.accounts.key_form import KeyForm, is_right
from dailypapers.accounts.sessions import hash_of
from dailypapers.domain.api_key import PER_MINUTE, ApiKey, Scope, scopes_in_words
from dailypapers.domain.text import one_line
from dailypapers.errors import BadInput
from dailypapers.store import api_keys

_FORM = KeyForm("dpk_")
_LONGEST_NAME = 100


class Refusal(Enum):
    """Why a key is not taken, in a sentence."""

    UNKNOWN = "This is not an API key of this installation."
    REVOKED = "This API key has been revoked."
    EXPIRED = "This API key has expired."


def add(
    tx: sa.Connection,
    name: str,
    scopes: Collection[Scope],
    *,
    by: Actor,
    now: dt.datetime,
    expires_at: dt.datetime | None = None,
    per_minute: int = PER_MINUTE,
) -> str:
    """Add a key and return it: nobody can read it again. Raises `BadInput` for a name that is taken, or no scope."""
    name = one_line(name)
    if not name or len(name) > _LONGEST_NAME:
        raise BadInput(f"A key needs a name of up to {_LONGEST_NAME} characters, such as “website”.")
    if not scopes:
        raise BadInput(f"A key needs at least one scope: {', '.join(Scope)}.")
    if expires_at is not None and expires_at <= now:
        raise BadInput("The key would already have expired.")
    prefix, key = _FORM.new()
    limits = {"per_minute": per_minute, "expires_at": expires_at}
    if api_keys.add(tx, name, prefix=prefix, key_hash=hash_of(key), scopes=scopes, now=now, **limits) is None:  # type: ignore[arg-type]
        raise BadInput(f"There is already a key named “{name}”; revoke it first, or choose another name.")
    after = {"name": name, "prefix": prefix, "scopes": scopes_in_words(scopes)}
    by.note(tx, "api key", now=now, after=after)
    return key


def revoke(tx: sa.Connection, name: str, *, by: Actor, now: dt.datetime) -> ApiKey:
    """Revoke the key of a name or a prefix, from its next request on. Raises `BadInput` where there is no live one."""
    key = api_keys.by_prefix(tx, name) or api_keys.by_name(tx, one_line(name))
    if key is None or not api_keys.revoke(tx, key.id, now=now):
        raise BadInput(f"There is no live key “{name}”; `dailypapers api-keys list` shows which there are.")
    by.note(tx, "api key revoked", now=now, before={"name": key.name, "prefix": key.prefix})
    return key


def holds_key(text: str) -> bool:
    """Return whether there is something in a text that looks like a key."""
    return _FORM.is_in(text)


def recognise(tx: sa.Connection, text: str, *, now: dt.datetime) -> ApiKey | Refusal:
    """Return the key that a request brings, or why it is refused.

    Its time does not tell how much of a key is right; whether one is revoked is said only to who has all of it.
    """
    prefix = _FORM.prefix_of(text)
    key = api_keys.by_prefix(tx, prefix) if prefix else None
    if not is_right(text, key.key_hash if key else None) or key is None:
        return Refusal.UNKNOWN
    if key.revoked_at is not None:
        return Refusal.REVOKED
    return Refusal.EXPIRED if key.has_expired(now) else key
