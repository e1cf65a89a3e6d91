"""Readers' tools: when a paper is tried again."""

import datetime as dt

from dailypapers.domain.tool import FIRST_RETRY, LONGEST_RETRY, MOST_ATTEMPTS, retry_at

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)


def test_pauses_double_up_to_half_a_day_and_come_to_an_end() -> None:
    moments = [retry_at(attempts, None, NOW) for attempts in range(1, MOST_ATTEMPTS + 1)]
    assert moments[:2] == [NOW + FIRST_RETRY, NOW + 2 * FIRST_RETRY]
    assert moments[-2:] == [NOW + LONGEST_RETRY, None]


def test_a_tool_is_not_asked_before_it_wants_to_be_nor_never_again() -> None:
    assert retry_at(1, 3600, NOW) == NOW + dt.timedelta(hours=1)
    assert retry_at(1, 1e12, NOW) == NOW + LONGEST_RETRY
