"""E-readers: whose addresses are taken, and when the next book is due."""

import datetime as dt

import pytest

from dailypapers.domain.e_reader import EReader, book_rhythm, checked_host, next_book
from dailypapers.domain.subscriber import Rhythm
from dailypapers.errors import BadInput

SATURDAY = dt.datetime(2026, 11, 28, 6, 0, tzinfo=dt.UTC)
BERLIN = Rhythm("Europe/Berlin", 7)
WEEK = dt.timedelta(days=7)


def test_only_addresses_at_hosts_of_e_readers_are_taken() -> None:
    for address in ("ann@kindle.com", "ann@free.kindle.com", "ann@pbsync.com"):
        assert checked_host(address) == address
        assert EReader(1, address, SATURDAY).device in {"Kindle", "PocketBook"}
    for address in ("ann@example.org", "ann@kindle.com.example.org", "ann@mykindle.com", "ann"):
        with pytest.raises(BadInput):
            checked_host(address)


def test_a_book_comes_on_the_day_of_who_reads_weekly_and_on_saturdays_otherwise() -> None:
    assert book_rhythm(BERLIN).next_after(SATURDAY - WEEK / 2) == SATURDAY
    weekly = Rhythm("Europe/Berlin", 7, frozenset({2}))
    assert book_rhythm(weekly) == weekly


@pytest.mark.parametrize("late", [dt.timedelta(seconds=30), dt.timedelta(days=2), dt.timedelta(days=6, hours=23)])
def test_the_next_book_is_a_week_later_however_late_this_one_was(late: dt.timedelta) -> None:
    assert next_book(BERLIN, SATURDAY, SATURDAY + late) == SATURDAY + WEEK


def test_after_a_long_silence_or_on_another_day_there_are_never_two_books_in_a_week() -> None:
    assert next_book(BERLIN, SATURDAY, SATURDAY + 3 * WEEK) == SATURDAY + 4 * WEEK
    monday = Rhythm("Europe/Berlin", 7, frozenset({0}))
    assert next_book(monday, SATURDAY, SATURDAY) == SATURDAY + dt.timedelta(days=9)
    # Clocks go forward in the night to 28 March 2027.
    before = dt.datetime(2027, 3, 27, 6, 0, tzinfo=dt.UTC)
    assert next_book(BERLIN, before, before) == before + WEEK - dt.timedelta(hours=1)
