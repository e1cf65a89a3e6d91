"""Dates in the order and the names of each language."""

import babel.localedata
import pytest
from tests.rendering.samples import DAY

from dailypapers.rendering.dates import day_of_month, long_date, month_name, plain_date, short_date, weekday_name
from dailypapers.rendering.i18n import locale_of

WRITERS = (long_date, plain_date, short_date, month_name, day_of_month)


@pytest.mark.parametrize(
    ("language", "dates"),
    [
        ("en", ["Monday, 23 November 2026", "23 November 2026", "23 Nov 2026", "November 2026", "Mon, 23 Nov"]),
        ("en-US", ["Monday, November 23, 2026", "November 23, 2026", "Nov 23, 2026", "November 2026", "Mon, Nov 23"]),
        ("de", ["Montag, 23. November 2026", "23. November 2026", "23.11.2026", "November 2026", "Mo., 23. Nov."]),
        ("ja", ["2026年11月23日月曜日", "2026年11月23日", "2026/11/23", "2026年11月", "11月23日(月)"]),
    ],
)
def test_a_language_has_its_own_order_and_names(language: str, dates: list[str]) -> None:
    assert [write(DAY, locale_of(language)) for write in WRITERS] == dates


def test_the_week_begins_with_monday() -> None:
    assert [weekday_name(day, locale_of("en")) for day in (0, 6)] == ["Monday", "Sunday"]
    assert weekday_name(0, locale_of("he")) == "יום שני"


def test_every_language_has_all_of_them() -> None:
    for language in babel.localedata.locale_identifiers():
        locale = locale_of(language)
        assert all(write(DAY, locale) for write in WRITERS), language
        assert weekday_name(0, locale), language
