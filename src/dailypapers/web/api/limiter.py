"""How many requests each key has made in the present minute; counted in memory, by each process for itself."""

import datetime as dt
import threading
from dataclasses import dataclass, field

from dailypapers.domain.api_key import Allowance, ApiKey, allowance


@dataclass(slots=True)
class Limiter:
    """Counts requests by key and minute. A row for each request would make looking at something write."""

    _used: dict[int, int] = field(default_factory=dict)
    _minute: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, key: ApiKey, *, now: dt.datetime) -> Allowance:
        """Count one request; return what the key has left."""
        with self._lock:
            minute = int(now.timestamp() // 60)
            if minute != self._minute:
                self._used, self._minute = {}, minute
            self._used[key.id] = self._used.get(key.id, 0) + 1
            return allowance(key, self._used[key.id], now=now)


def headers_of(left: Allowance) -> dict[str, str]:
    """Return the headers that tell a program what it has left (draft-ietf-httpapi-ratelimit-headers)."""
    return {
        "RateLimit-Policy": f'"minute";q={left.limit};w=60',
        "RateLimit": f'"minute";r={left.remaining};t={left.reset}',
    }
