"""A time zone is a place's, wherever it is stated."""

from zoneinfo import available_timezones

import pytest

from dailypapers.domain.zone import knows_zone, zones


def test_zones_are_those_that_are_known() -> None:
    assert {"UTC", "Europe/Berlin", "Asia/Kathmandu"} <= zones() <= available_timezones()
    assert all(map(knows_zone, zones()))


@pytest.mark.parametrize(
    "name",
    ["localtime", "Factory", "posixrules", "posix/Europe/Berlin", "right/UTC", "Mars/Olympus", "", "../etc/passwd"],
)
def test_what_is_not_the_time_of_a_place_is_not_a_zone(name: str) -> None:
    assert not knows_zone(name)
    assert name not in zones()
