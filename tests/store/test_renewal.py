"""What is held is renewed while its holder lives, whatever the database does meanwhile."""

import datetime as dt
import threading

import structlog

from dailypapers.errors import DatabaseUnreachable
from dailypapers.store.renewal import renewed

SOON = dt.timedelta(milliseconds=1)


def test_a_database_that_is_away_is_asked_again() -> None:
    again, calls = threading.Event(), list[int]()

    def renew() -> bool:
        calls.append(1)
        if len(calls) == 1:
            raise DatabaseUnreachable("it is away")
        again.set()
        return True

    with structlog.testing.capture_logs() as logs, renewed(renew, every=SOON, name="claims"):
        assert again.wait(10)
    assert logs == [{"event": "claims not renewed", "why": "it is away", "log_level": "warning"}]


def test_what_is_ours_no_more_is_not_renewed_again_and_nothing_is_after_the_end() -> None:
    calls, lost = list[int](), threading.Event()

    def renew() -> bool:
        calls.append(1)
        lost.set()
        return False

    with renewed(renew, every=SOON, name="lease"):
        assert lost.wait(10)
        assert not threading.Event().wait(0.05)
    assert len(calls) == 1
