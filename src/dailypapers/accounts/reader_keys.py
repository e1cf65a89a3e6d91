"""Keys of readers: made on their preferences page, shown once, recognised, revoked.

A key is `dpr_`, eight letters to recognise it by, an underscore, and 256 random bits. The bits are kept as a hash only.
"""

import datetime as dt
import hmac
import re
import secrets

import sqlalchemy as sa

from dailypapers.accounts.sessions import hash_of, new_token
from dailypapers.domain.i18n import N_
from dailypapers.domain.reader_key import MOST_KEYS, ReaderKey
from dailypapers.domain.subscriber import READING
from dailypapers.errors import BadInput
from dailypapers.store import reader_keys, subscribers

#: What every key begins with, so that scanners of published code find keys that got there.
BEGINS = "dpr_"
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
_KEY = re.compile(rf"({BEGINS}[{_LETTERS}]{{8}})_[A-Za-z0-9_-]{{43}}")
#: No key has this hash; what is compared with it takes as long as any.
_NOBODYS = hash_of("")


def add(tx: sa.Connection, subscriber_id: int, *, may_act: bool, now: dt.datetime) -> str:
    """Add a key and return it: nobody can read it again. Raises `BadInput` for who has as many as they may."""
    if len(reader_keys.of_subscriber(tx, subscriber_id)) >= MOST_KEYS:
        raise BadInput(N_("You have as many keys as you may. Revoke one that you no longer use."))
    prefix = BEGINS + "".join(secrets.choice(_LETTERS) for _ in range(8))
    key = f"{prefix}_{new_token()}"
    reader_keys.add(tx, subscriber_id, prefix=prefix, key_hash=hash_of(key), may_act=may_act, now=now)
    return key


def recognise(tx: sa.Connection, text: str) -> ReaderKey | None:
    """Return the key that a program brings, of somebody who gets digests; `None` for any other.

    Its time does not tell how much of a key is right.
    """
    match = _KEY.fullmatch(text.strip())
    key = reader_keys.by_prefix(tx, match[1]) if match else None
    is_right = hmac.compare_digest(hash_of(text.strip()), key.key_hash if key else _NOBODYS)
    if key is None or not is_right:
        return None
    reader = subscribers.one(tx, key.subscriber)
    return key if reader and reader.state in READING else None
