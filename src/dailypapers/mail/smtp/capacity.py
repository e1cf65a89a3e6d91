"""What a server takes, found out by trying: how many connections, how many mails on each, and whether pipelined.

All in seconds of a clock that only goes forward, given by the caller. It outlives a run: what one run found out, the
next one does not try again at once. Knows nothing of sockets.
"""

import math
import random
from dataclasses import dataclass, field

from dailypapers.domain.delivery import Outcome

#: Seconds until one connection more is tried after one was refused; doubled each time, up to the longest.
_FIRST_GROWTH, _LONGEST_GROWTH = 15.0, 600.0
#: Seconds to wait after a connection that came to nothing; doubled each time, up to the longest.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 10.0
#: Seconds to wait at first when we were told to be slower.
_SLOWER = 1.0
#: Seconds for which a server that has taken mails is tried again before it is called unreachable; and where another
#: one can take its mails.
PATIENCE, SHORT_PATIENCE = 30.0, 2.0
#: Seconds in which a server that refused every connection is not asked again; doubled each time, up to the longest.
_FIRST_CLOSED, _LONGEST_CLOSED = 2.0, 60.0
#: Pipelined connections that may be lost in a row, once it has been seen to work; at first, not one.
_CHANCES = 3
#: Seconds after which what may have been a coincidence is tried again.
_REMEMBERED = 3600.0


@dataclass
class Capacity:
    """What the server has been seen to take. It begins with one connection, and doubles those that stand."""

    most: int
    """Connections, as configured."""
    per_connection: int
    """Mails on each, as configured."""
    patience: float = PATIENCE
    """Seconds for which it is tried again, once it has taken mails."""
    shared_by: int = 1
    """Processes that share the connections."""
    _limit: int = 0
    _grow_at: float = 0
    _growth: float = _FIRST_GROWTH
    _is_growing: bool = False
    _open: int = 0
    _connecting: int = 0
    _pause: float = _FIRST_PAUSE
    _not_before: float = 0
    _failing_since: float | None = None
    _has_taken_mail: bool = False
    _chances: int = 0
    _step_by_step_until: float = 0
    _session_limit: int = 0
    _session_limit_until: float = 0
    _closed: float = _FIRST_CLOSED
    _refusal: Outcome | None = None
    _refused_until: float = 0
    _random: random.Random = field(default_factory=random.Random, repr=False)

    def __post_init__(self) -> None:
        self._limit = self.most

    def places(self, now: float) -> int:
        """Return how many connections may be in use; after a while, one more than were refused."""
        if self._open and self._limit < self.most and now >= self._grow_at:
            self._limit += 1
            self._grow_at, self._is_growing = now + self._growth, True
        return min(self._limit, max(1, self.most // self.shared_by), max(1, 2 * self._open))

    def waits(self, now: float) -> float:
        """Return for how many seconds nothing is to be tried."""
        return max(self._not_before - now, 0)

    def refusal(self, now: float) -> Outcome | None:
        """Return how the server refuses every connection, where it did so a moment ago."""
        return self._refusal if now < self._refused_until else None

    def connecting(self) -> None:
        """Note that a connection is being opened."""
        self._connecting += 1

    def connected(self) -> None:
        """Note that it stands."""
        self._connecting -= 1
        self._open += 1
        self._refusal = None

    def gave_up(self) -> None:
        """Note that nobody waits any more for a connection that was being opened."""
        self._connecting -= 1

    def closed(self) -> None:
        """Note that one is gone."""
        self._open -= 1

    def not_connected(self, now: float) -> bool:
        """Note that none was had; returns whether there is reason to try again."""
        self._connecting -= 1
        others = self._open + self._connecting
        if others:
            self._limit = min(self._limit, others)
            if self._is_growing:
                self._growth = min(2 * self._growth, _LONGEST_GROWTH)
            self._grow_at, self._is_growing = now + self._growth, False
            return True
        return self._has_taken_mail and self.pause(now)

    def refused(self, outcome: Outcome, now: float) -> None:
        """Note how every connection is refused: for a while nobody asks again."""
        self._refusal, self._refused_until = outcome, now + self._spread(self._closed)
        self._closed = min(2 * self._closed, _LONGEST_CLOSED)

    def pause(self, now: float) -> bool:
        """Wait before anything is tried again; returns whether there is patience left for that."""
        self._failing_since = now if self._failing_since is None else self._failing_since
        if now - self._failing_since > self.patience:
            self._failing_since, self._pause = None, _FIRST_PAUSE
            return False
        self._not_before = max(self._not_before, now + self._spread(self._pause))
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        return True

    def be_slower(self, now: float) -> bool:
        """Halve the connections and wait; returns whether there is patience left for that."""
        if now >= self._not_before:
            self._limit = max(1, min(self._limit, self._open) // 2)
            self._grow_at = now + self._growth
            self._pause = max(self._pause, _SLOWER)
        return self.pause(now)

    def accepted(self, *, pipelined: bool) -> None:
        """Note that a mail was taken."""
        self._has_taken_mail = True
        self._failing_since, self._pause, self._closed = None, _FIRST_PAUSE, _FIRST_CLOSED
        if pipelined:
            self._chances = _CHANCES

    def mails_on_one(self, now: float) -> int:
        """Return how many mails a connection is to carry: as configured, or as the server was seen to want it."""
        return self._session_limit if now < self._session_limit_until else self.per_connection

    def session_ended(self, carried: int, now: float) -> None:
        """Note that the server takes no more mails than this on one connection."""
        self._session_limit = min(self.mails_on_one(now), carried)
        self._session_limit_until = now + _REMEMBERED

    def pipelines(self, now: float) -> bool:
        """Return whether commands may be sent ahead, where the server offers it."""
        return now >= self._step_by_step_until

    def lost_pipelined(self, now: float, *, out_of_step: bool) -> None:
        """Note that a connection was lost while commands were ahead.

        A server that was out of step never gets any again. One that only hangs up does after a while: the network may
        have been to blame.
        """
        if out_of_step or not self._chances:
            self._step_by_step_until = math.inf if out_of_step else now + _REMEMBERED
        self._chances = max(0, self._chances - 1)

    def _spread(self, seconds: float) -> float:
        """Spread waits, so that connections do not come back all at once."""
        return seconds * self._random.uniform(0.5, 1.5)
