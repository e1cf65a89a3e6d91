"""How many requests each key has made in the present minute, whichever processes answered them."""

import datetime as dt
import threading
from dataclasses import dataclass, field

import sqlalchemy as sa

from dailypapers.domain.api_key import Allowance, ApiKey, allowance
from dailypapers.store import api_keys
from dailypapers.store.database import writing

#: A process takes so large a part of a key's requests at a time: the larger, the fewer writes, and the more requests
#: may be left with one process while another refuses.
_PART = 20


@dataclass(slots=True)
class _Share:
    """What this process may still answer of a key's minute, and what all have taken together."""

    left: int = 0
    taken: int = 0
    is_last: bool = False
    """Nothing more is to be had in this minute."""


@dataclass(slots=True)
class Limiter:
    """Counts requests by key and minute, for all processes on a database.

    A share of them is taken from the database at a time and counted in memory: a row for each request would make
    looking at something write.
    """

    engine: sa.Engine
    _shares: dict[int, _Share] = field(default_factory=dict)
    _minute: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, key: ApiKey, *, now: dt.datetime) -> Allowance:
        """Count one request; return what the key has left."""
        minute = int(now.timestamp() // 60)
        used = self._counted(key, minute)
        if used is None:
            self._take(key, minute)
            used = self._counted(key, minute) or key.per_minute + 1
        return allowance(key, used, now=now)

    def _counted(self, key: ApiKey, minute: int) -> int | None:
        """Count a request and return how many are used; `None` where a share must be taken first."""
        with self._lock:
            if minute != self._minute:
                self._shares, self._minute = {}, minute
            share = self._shares.setdefault(key.id, _Share())
            if share.left > 0:
                share.left -= 1
                return share.taken - share.left
            return key.per_minute + 1 if share.is_last else None

    def _take(self, key: ApiKey, minute: int) -> None:
        wanted = max(key.per_minute // _PART, 1)
        with writing(self.engine) as tx:
            granted, taken = api_keys.take_requests(tx, key.id, wanted, per_minute=key.per_minute, minute=minute)
        with self._lock:
            share = self._shares.setdefault(key.id, _Share())
            share.left += granted
            share.taken = max(share.taken, taken)
            share.is_last = not granted


def headers_of(left: Allowance) -> dict[str, str]:
    """Return the headers that tell a program what it has left (draft-ietf-httpapi-ratelimit-headers)."""
    return {
        "RateLimit-Policy": f'"minute";q={left.limit};w=60',
        "RateLimit": f'"minute";r={left.remaining};t={left.reset}',
    }
