"""What the limits are counted on: requests of the last hour and day, by address, mailbox and network."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.domain.signup import SignUpRequest
from dailypapers.store import signups
from dailypapers.store.database import writing

HOUR = dt.timedelta(hours=1)
ANN = SignUpRequest("ann+a", "ann", "net1")
ANN_TOO = SignUpRequest("ann+b", "ann", "net2")
BOB = SignUpRequest("bob", "bob", "net1")


def test_spellings_of_a_mailbox_count_together(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        signups.note(tx, ANN, granted=True, now=now)
        signups.note(tx, BOB, granted=True, now=now)
        counts = signups.count(tx, ANN_TOO, now=now)
    assert (counts.mailbox_hour, counts.mailbox_day, counts.network_hour) == (1, 1, 0)
    assert (counts.asked_hour, counts.granted_hour) == (2, 2)


def test_what_was_refused_counts_as_asked_alone(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        signups.note(tx, BOB, granted=False, now=now)
        counts = signups.count(tx, BOB, now=now)
    assert (counts.mailbox_hour, counts.network_hour, counts.granted_hour, counts.asked_hour) == (0, 0, 0, 1)


def test_an_hour_and_a_day_end(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        signups.note(tx, ANN, granted=True, now=now)
        later = signups.count(tx, ANN, now=now + HOUR)
        next_day = signups.count(tx, ANN, now=now + 24 * HOUR)
    assert (later.mailbox_hour, later.mailbox_day, later.asked_hour) == (0, 1, 0)
    assert (next_day.mailbox_day, next_day.asked_before) == (0, 1)


def test_old_requests_are_forgotten_once(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        signups.note(tx, ANN, granted=True, now=now)
        signups.note(tx, BOB, granted=True, now=now + HOUR)
        assert signups.prune(tx, before=now + HOUR) == 1
        assert signups.prune(tx, before=now + HOUR) == 0
