"""When it is time: editions close at an hour of the service's zone, and no source is asked too often."""

import datetime as dt

import pytest

from dailypapers.domain.timetable import Timetable

BERLIN = Timetable(dt.timedelta(minutes=30), dt.time(5, 30), "Europe/Berlin")
NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("now", "closing"),
    [
        (NOW, dt.datetime(2026, 4, 20, 3, 30, tzinfo=dt.UTC)),
        (dt.datetime(2026, 1, 20, 8, 0, tzinfo=dt.UTC), dt.datetime(2026, 1, 20, 4, 30, tzinfo=dt.UTC)),
        (dt.datetime(2026, 4, 20, 22, 30, tzinfo=dt.UTC), dt.datetime(2026, 4, 21, 3, 30, tzinfo=dt.UTC)),
    ],
    ids=["summer time", "winter time", "after midnight in the zone"],
)
def test_an_edition_closes_at_the_hour_of_the_services_zone(now: dt.datetime, closing: dt.datetime) -> None:
    assert BERLIN.closing(now) == closing
    assert BERLIN.today(now) == closing.date()


@pytest.mark.parametrize(("minutes", "is_due"), [(0, False), (29, False), (30, True), (600, True), (-1, True)], ids=str)
def test_a_fetch_is_due_when_the_last_one_is_old_or_in_the_future(minutes: int, *, is_due: bool) -> None:
    assert BERLIN.fetch_is_due(NOW - dt.timedelta(minutes=minutes), NOW) is is_due


def test_the_first_fetch_is_due() -> None:
    assert BERLIN.fetch_is_due(None, NOW)
