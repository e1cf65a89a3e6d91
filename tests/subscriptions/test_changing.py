"""A new hour or new days hold from the next digest on: none comes too early, none is left out."""

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.world import ON_SQLITE

from dailypapers.digests.choose import DigestOptions
from dailypapers.digests.compose import compose
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.source import Announcement
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.store import editions, papers, subscribers
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import lifecycle, sign_up

ALICE = "alice@example.org"
HOW = DigestOptions(relevance=0.1, window_days=7, deadline=dt.timedelta(hours=20))
AT_SEVEN = Preferences(Rhythm("UTC", 7), Amount(5), (Interest(InterestKind.TOPIC, "graphs"),))


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """A moment of April 2026; the 20th is a Monday."""
    return dt.datetime(2026, 4, day, hour, minute, tzinfo=dt.UTC)


def close(engine: sa.Engine, day: int) -> None:
    """An edition with a paper about graphs, at half past five."""
    now = at(day, 5, 30)
    paper = Paper(PaperId("file", f"graphs {day}"), f"Graphs of the {day}th", "Graphs and more graphs.")
    with writing(engine) as tx:
        papers.add(tx, [Announcement(paper, "feed", now.date())], now=now)
        editions.close(tx, now.date(), now=now)


def when_it_comes(engine: sa.Engine, *, after: dt.datetime, until: dt.datetime) -> list[dt.datetime]:
    """The moments at which a run composes a digest, every hour and whenever an edition has closed in the morning."""
    came, moment = [], after
    while moment <= until:
        if (moment.hour, moment.minute) == (5, 30):
            close(engine, moment.day)
        if compose(engine, HOW, now=moment).digests:
            came.append(moment)
        closes = moment.replace(minute=30) if (moment.hour, moment.minute) == (5, 0) else None
        moment = closes or moment.replace(minute=0) + dt.timedelta(hours=1)
    return came


def change(engine: sa.Engine, preferences: Preferences, now: dt.datetime) -> None:
    with writing(engine) as tx:
        reader = subscribers.by_address(tx, ALICE)
        assert reader is not None
        lifecycle.change(tx, reader.id, preferences, now=now)


def next_digest(engine: sa.Engine) -> dt.datetime | None:
    with reading(engine) as tx:
        reader = subscribers.by_address(tx, ALICE)
    assert reader is not None
    return reader.next_digest_at


@pytest.fixture
def alice(engine: sa.Engine) -> None:
    """Somebody who has had Monday's edition at seven."""
    close(engine, 20)
    with writing(engine) as tx:
        sign_up.admit(tx, ALICE, AT_SEVEN, consent=Consent("test"), now=at(20, 6))
    assert compose(engine, HOW, now=at(20, 7)).digests == 1


def at_hour(hour: int, zone: str = "UTC", days: str = "0123456") -> Preferences:
    return replace(AT_SEVEN, rhythm=Rhythm(zone, hour, frozenset(map(int, days))))


@pytest.mark.usefixtures("alice")
@pytest.mark.parametrize(
    ("changed_at", "preferences", "expected"),
    [
        (at(20, 10), at_hour(18), [at(21, 18), at(22, 18)]),
        (at(20, 10), at_hour(6), [at(21, 6), at(22, 6)]),
        (at(20, 10), at_hour(3), [at(22, 3)]),
        (at(21, 3), at_hour(8), [at(21, 8), at(22, 8)]),
        (at(20, 10), at_hour(7, "Pacific/Honolulu"), [at(21, 17), at(22, 17)]),
        (at(20, 10), at_hour(7, "Asia/Tokyo"), [at(21, 22), at(22, 22)]),
        (at(20, 10), at_hour(7, days="2"), [at(22, 7)]),
    ],
)
@ON_SQLITE
def test_who_has_todays_edition_gets_the_next_at_the_new_hour(
    engine: sa.Engine, changed_at: dt.datetime, preferences: Preferences, expected: list[dt.datetime]
) -> None:
    assert when_it_comes(engine, after=at(20, 7, 30), until=changed_at - dt.timedelta(minutes=30)) == []
    change(engine, preferences, changed_at)
    assert when_it_comes(engine, after=changed_at, until=at(22, 23)) == expected


@pytest.mark.usefixtures("alice")
@pytest.mark.parametrize(
    ("preferences", "expected"),
    [(at_hour(9), [at(21, 9), at(22, 9)]), (at_hour(5), [at(21, 6), at(22, 5, 30)]), (at_hour(6, days="3"), [])],
)
@ON_SQLITE
def test_who_has_not_gets_it_today_and_a_missed_hour_is_made_up(
    engine: sa.Engine, preferences: Preferences, expected: list[dt.datetime]
) -> None:
    assert when_it_comes(engine, after=at(20, 7, 30), until=at(21, 5, 30)) == []
    change(engine, preferences, at(21, 6))
    assert when_it_comes(engine, after=at(21, 6), until=at(22, 12)) == expected


@pytest.mark.usefixtures("alice")
@ON_SQLITE
def test_other_preferences_leave_the_hour_alone(engine: sa.Engine) -> None:
    before = next_digest(engine)
    change(engine, replace(AT_SEVEN, amount=Amount(3)), at(20, 12))
    assert next_digest(engine) == before == at(21, 7)


@pytest.mark.usefixtures("alice")
@ON_SQLITE
def test_a_pause_stays_and_ends_at_the_new_hour(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        reader = subscribers.by_address(tx, ALICE)
        assert reader is not None
        lifecycle.pause(tx, reader.id, until=dt.date(2026, 5, 4), now=at(20, 8))
    change(engine, at_hour(18), at(20, 10))
    assert next_digest(engine) == dt.datetime(2026, 5, 4, 18, tzinfo=dt.UTC)


@ON_SQLITE
def test_who_waits_for_the_next_run_goes_on_waiting_for_it(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        sign_up.admit(tx, ALICE, AT_SEVEN, consent=Consent("test"), now=at(20, 6))
    change(engine, at_hour(18), at(20, 7))
    assert next_digest(engine) is None
