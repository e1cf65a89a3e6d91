"""Fields of JSON records, whatever stands there."""

import datetime as dt

import pytest

from dailypapers.errors import FetchFailed
from dailypapers.sources.parsing.records import date, items, load, number, record, text, texts


def test_fields_of_another_type_are_missing() -> None:
    odd = {"a": None, "b": 7, "c": [" x ", 5, ""], "d": {"e": {"f": " g "}}, "h": True}
    assert (text(odd, "a"), text(odd, "b"), text(odd, "c"), text(odd, "h")) == ("", "7", "", "")
    assert (texts(odd, "c"), texts(odd, "a"), items(odd, "b")) == (("x",), (), [])
    assert (number(odd, "b"), number(odd, "c"), number({"n": "12"}, "n"), number({"n": "-1"}, "n")) == (
        7,
        None,
        12,
        None,
    )
    assert text(record(odd, "d", "e"), "f") == "g"
    assert record(odd, "d", "x", "y") == record(odd, "b") == record(None) == {}


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-6-3", dt.date(2026, 6, 3)),
        ("2026-06-03T10:00", dt.date(2026, 6, 3)),
        ("2026-13-01", None),
        ("June", None),
    ],
)
def test_dates_may_lack_their_zeros(written: str, day: dt.date | None) -> None:
    assert date(written) == day


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_not_json_is_refused(content: bytes) -> None:
    with pytest.raises(FetchFailed, match="The list is not valid JSON"):
        load(content, "The list")
