"""A worker is dead once its process is seen to be gone; where that cannot be seen, once its lease has run out."""

import datetime as dt

import pytest

from dailypapers.domain.worker import HUNG_AFTER, LEASE, Process, Worker, is_dead

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("is_running", "until", "dead"),
    [
        (None, NOW + SECOND, False),
        (None, NOW, True),
        (None, NOW + 3 * LEASE, True),
        (False, NOW + SECOND, True),
        # Its machine was asleep, or its database was locked: it will renew its lease.
        (True, NOW - LEASE, False),
        (True, NOW - HUNG_AFTER, True),
        (True, NOW + dt.timedelta(hours=1), False),
    ],
)
def test_who_is_dead(is_running: bool | None, until: dt.datetime, dead: bool) -> None:
    assert is_dead(Worker("w", Process(), until), is_running=is_running, now=NOW) is dead
