"""Dates in words, in the order and the names of a locale (CLDR); the examples are those of English."""

import datetime as dt
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton, get_day_names

#: A mail and its page show the same few days over and over.
_DAYS = 1024


@lru_cache(maxsize=_DAYS)
def long_date(day: dt.date, locale: Locale) -> str:
    """Return a day with its weekday: Monday, 23 November 2026."""
    return format_date(day, "full", locale=locale)


@lru_cache(maxsize=_DAYS)
def plain_date(day: dt.date, locale: Locale) -> str:
    """Return a day without its weekday: 23 November 2026."""
    return format_date(day, "long", locale=locale)


@lru_cache(maxsize=_DAYS)
def short_date(day: dt.date, locale: Locale) -> str:
    """Return a day where room is scarce: 23 Nov 2026."""
    return format_date(day, "medium", locale=locale)


@lru_cache(maxsize=_DAYS)
def month_name(day: dt.date, locale: Locale) -> str:
    """Return a day's month and year: November 2026."""
    return format_skeleton("yMMMM", day, locale=locale)


@lru_cache(maxsize=_DAYS)
def day_of_month(day: dt.date, locale: Locale) -> str:
    """Return a day without its year: Mon, 23 Nov."""
    return format_skeleton("MMMEd", day, locale=locale)


@lru_cache(maxsize=_DAYS)
def weekday_name(weekday: int, locale: Locale) -> str:
    """Return the name of a day of the week, of which 0 is Monday."""
    name: str = get_day_names("wide", context="stand-alone", locale=locale)[weekday]
    return name
