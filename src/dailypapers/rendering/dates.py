"""Dates in words, in the language of `say`: names of days and months, and the order they stand in."""

import datetime as dt

from dailypapers.domain.i18n import N_, Translator, untranslated

WEEKDAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip
_MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"), N_("August"),
    N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip
_SHORT_MONTHS = (
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"), N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"),
    N_("Nov"), N_("Dec"),
)  # fmt: skip


def long_date(day: dt.date, say: Translator = untranslated) -> str:
    """A day as a newspaper prints it: Monday, 23 November 2026."""
    return say(N_("{weekday}, {date}")).format(weekday=say(WEEKDAYS[day.weekday()]), date=plain_date(day, say))


def plain_date(day: dt.date, say: Translator = untranslated) -> str:
    """A day without its weekday: 23 November 2026."""
    return say(N_("{day} {month} {year}")).format(day=day.day, month=say(_MONTHS[day.month - 1]), year=day.year)


def short_date(day: dt.date, say: Translator = untranslated) -> str:
    """A day where room is scarce: 23 Nov 2026."""
    return say(N_("{day} {month} {year}")).format(day=day.day, month=say(_SHORT_MONTHS[day.month - 1]), year=day.year)


def month_name(day: dt.date, say: Translator = untranslated) -> str:
    """A day's month: November 2026."""
    return say(N_("{month} {year}")).format(month=say(_MONTHS[day.month - 1]), year=day.year)


def day_of_month(day: dt.date, say: Translator = untranslated) -> str:
    """A day below its month's name: Monday 23."""
    return say(N_("{weekday} {day}")).format(weekday=say(WEEKDAYS[day.weekday()]), day=day.day)
