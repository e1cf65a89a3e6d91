"""Keys of readers: made on their preferences page, shown once, recognised, revoked.

A key is `dpr_`, eight letters to recognise it by, an underscore, and 256 random bits. The bits are kept as a hash only.
"""

import datetime as dt

import sqlalchemy as sa

from dailypapers.accounts.key_form import KeyForm, is_right
from dailypapers.accounts.sessions import hash_of
from dailypapers.domain.i18n import N_
from dailypapers.domain.reader_key import MOST_KEYS, ReaderKey
from dailypapers.domain.subscriber import READING
from dailypapers.errors import BadInput
from dailypapers.store import reader_keys, subscribers

_FORM = KeyForm("dpr_")


def add(tx: sa.Connection, subscriber_id: int, *, may_act: bool, now: dt.datetime) -> str:
    """Add a key and return it: nobody can read it again. Raises `BadInput` for who has as many as they may."""
    if len(reader_keys.of_subscriber(tx, subscriber_id)) >= MOST_KEYS:
        raise BadInput(N_("You have the maximum number of keys. Revoke one that you no longer use."))
    prefix, key = _FORM.new()
    reader_keys.add(tx, subscriber_id, prefix=prefix, key_hash=hash_of(key), may_act=may_act, now=now)
    return key


def recognise(tx: sa.Connection, text: str) -> ReaderKey | None:
    """Return the key that a program brings, of somebody who gets digests; `None` for any other.

    Its time does not tell how much of a key is right.
    """
    prefix = _FORM.prefix_of(text.strip())
    key = reader_keys.by_prefix(tx, prefix) if prefix else None
    if not is_right(text.strip(), key.key_hash if key else None) or key is None:
        return None
    reader = subscribers.one(tx, key.subscriber)
    return key if reader and reader.state in READING else None
