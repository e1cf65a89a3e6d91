"""Dates in words, in the language of the mail. Template filters: they take the translation from the template."""

import datetime as dt

import jinja2
from jinja2.runtime import Context

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_SHORT_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@jinja2.pass_context
def long_date(context: Context, day: dt.date) -> str:
    """A day as a newspaper prints it: Monday, 23 November 2026."""
    weekday = _translated(context, WEEKDAYS[day.weekday()])
    return f"{weekday}, {plain_date(context, day)}"


@jinja2.pass_context
def plain_date(context: Context, day: dt.date) -> str:
    """A day without its weekday: 23 November 2026."""
    return f"{day.day} {_translated(context, _MONTHS[day.month - 1])} {day.year}"


@jinja2.pass_context
def short_date(context: Context, day: dt.date) -> str:
    """A day where room is scarce: 23 Nov 2026."""
    return f"{day.day} {_translated(context, _SHORT_MONTHS[day.month - 1])} {day.year}"


@jinja2.pass_context
def month_name(context: Context, day: dt.date) -> str:
    """A day's month: November 2026."""
    return f"{_translated(context, _MONTHS[day.month - 1])} {day.year}"


@jinja2.pass_context
def day_of_month(context: Context, day: dt.date) -> str:
    """A day below its month's name: Monday 23."""
    return f"{_translated(context, WEEKDAYS[day.weekday()])} {day.day}"


def _translated(context: Context, word: str) -> str:
    return str(context.call(context.resolve("gettext"), word))
