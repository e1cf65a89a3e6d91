"""Requests are counted by key, and anew each minute."""

import datetime as dt

from dailypapers.domain.api_key import ApiKey
from dailypapers.web.api.limiter import Limiter, headers_of

NOW = dt.datetime(2026, 4, 20, 8, 0, 30, tzinfo=dt.UTC)


def key(number: int) -> ApiKey:
    return ApiKey(number, "a", "dpk_a", "hash", frozenset(), 2, NOW)


def test_each_key_has_its_own_minute() -> None:
    limiter = Limiter()
    assert [limiter.count(key(1), now=NOW).is_exceeded for _ in range(3)] == [False, False, True]
    assert not limiter.count(key(2), now=NOW).is_exceeded
    assert not limiter.count(key(1), now=NOW + dt.timedelta(seconds=30)).is_exceeded


def test_what_is_left_is_told() -> None:
    left = Limiter().count(key(1), now=NOW)
    assert headers_of(left) == {"RateLimit-Policy": '"minute";q=2;w=60', "RateLimit": '"minute";r=1;t=30'}
