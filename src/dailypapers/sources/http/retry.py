"""When to try again: pure rules. Does not wait and does not fetch."""

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

#: Answers that mean "not now" (RFC 9110, 15.6; RFC 6585, 4).
TRY_AGAIN = frozenset({429, 500, 502, 503, 504})
_MAX_PAUSE = 60.0
_COOLDOWN = 60.0
_LONG = 10
_A_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Failure:
    """A try that came to nothing: why, and the seconds the server asked us to wait."""

    why: str
    retry_after: float | None = None
    #: Whether it says something of the host, whatever the address.
    is_hosts: bool = False


def pause(failure: Failure, attempt: int, *, base: float, rng: random.Random) -> float:
    """Seconds before the next try: what the server asked for, plus full jitter of up to base * 2**attempt, capped."""
    jitter = rng.uniform(0, min(_MAX_PAUSE, base * 2**attempt))
    return (failure.retry_after or 0.0) + jitter


def cooldown(failure: Failure, *, rng: random.Random) -> float:
    """Seconds for which a host that is away, or has had enough of us, is asked nothing: at least a minute, spread."""
    return max(failure.retry_after or 0.0, _COOLDOWN) + rng.uniform(0, _COOLDOWN)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read `Retry-After` (RFC 9110, 10.2.3) in seconds, at most a day; `None` where there is none to be read.

    A date counts from the answer's own `Date`, so that a wrong clock on either side does not matter.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return _A_DAY if len(text) > _LONG else min(float(text), _A_DAY)
    until, sent = _date(text), _date(headers.get("date", ""))
    if until is None or sent is None:
        return None
    return min(max((until - sent).total_seconds(), 0.0), _A_DAY)


def _date(text: str) -> dt.datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=dt.UTC)
