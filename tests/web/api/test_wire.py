"""How values are written."""

import datetime as dt

from dailypapers.web.api.wire import etag_of, moment, written


def test_moments_are_in_utc_to_the_second() -> None:
    berlin = dt.timezone(dt.timedelta(hours=2))
    assert moment(dt.datetime(2026, 4, 20, 8, 0, 0, 999, tzinfo=berlin)) == "2026-04-20T06:00:00Z"
    assert moment(None) is None


def test_a_version_tells_values_apart() -> None:
    assert etag_of({"a": 1}) == etag_of({"a": 1}) != etag_of({"a": 2})
    assert written({"a": "ü"}) == '{"a":"ü"}'.encode()
