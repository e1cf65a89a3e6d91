"""Hours are the reader's own, whatever the clocks do."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.domain.subscriber import Rhythm, days_in_words, parse_days


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("rhythm", "now", "then"),
    [
        (Rhythm("UTC", 7), "2026-04-20T06:59", "2026-04-20T07:00"),
        (Rhythm("UTC", 7), "2026-04-20T07:00", "2026-04-21T07:00"),
        (Rhythm("Asia/Tokyo", 8), "2026-04-20T00:00", "2026-04-20T23:00"),
        (Rhythm("America/New_York", 6), "2026-04-20T00:00", "2026-04-20T10:00"),
        (Rhythm("UTC", 7, frozenset({0})), "2026-04-20T08:00", "2026-04-27T07:00"),
        (Rhythm("UTC", 7, frozenset(range(5))), "2026-04-24T08:00", "2026-04-27T07:00"),
        # The night clocks go forward in Berlin there is no 02:00; the same distance from midnight is 03:00 there.
        (Rhythm("Europe/Berlin", 2), "2026-03-28T12:00", "2026-03-29T01:00"),
        # The night they go back there are two of it; the first one counts.
        (Rhythm("Europe/Berlin", 2), "2026-10-24T12:00", "2026-10-25T00:00"),
    ],
)
def test_the_next_hour(rhythm: Rhythm, now: str, then: str) -> None:
    assert rhythm.next_after(utc(now)) == utc(then)


ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"])
DAYS = st.sets(st.integers(0, 6), min_size=1).map(frozenset)


@given(ZONES, st.integers(0, 23), DAYS, st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2035, 1, 1)))  # noqa: DTZ001 - made aware below
def test_the_next_hour_is_later_and_within_eight_days(
    zone: str, hour: int, days: frozenset[int], moment: dt.datetime
) -> None:
    now = moment.replace(tzinfo=dt.UTC)
    then = Rhythm(zone, hour, days).next_after(now)
    assert now < then <= now + dt.timedelta(days=8, hours=2)


@given(DAYS)
def test_days_are_read_back_as_they_were_written(days: frozenset[int]) -> None:
    assert parse_days(days_in_words(days)) == days


def test_days_in_everyday_words() -> None:
    assert parse_days("Weekly") == frozenset({0})
    assert parse_days("mon, Thursday") == frozenset({0, 3})
    with pytest.raises(ValueError, match="is not a set of days"):
        parse_days("someday")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "Europe", "x" * 300])
def test_a_zone_this_machine_does_not_know_is_taken_as_utc(zone: str) -> None:
    moment = dt.datetime(2026, 4, 20, 6, 30, tzinfo=dt.UTC)
    strange, plain = Rhythm(zone, 7), Rhythm("UTC", 7)
    assert strange.next_after(moment) == plain.next_after(moment)
    assert strange.day_of(moment) == plain.day_of(moment)
    assert strange.first_from(moment.date()) == plain.first_from(moment.date())
    assert strange.zone == zone
