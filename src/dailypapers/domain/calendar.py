"""On which days arXiv can be expected to announce nothing; the holidays are in `arxiv_calendar.toml` beside this file.

Sets expectations and never gates: what is announced on a holiday is announced.
"""

import datetime as dt
import tomllib
from importlib.resources import files

_ONE_DAY = dt.timedelta(days=1)
_SATURDAY = 5
_YEARS = tomllib.loads(files("dailypapers.domain").joinpath("arxiv_calendar.toml").read_text("utf-8"))
HOLIDAYS = frozenset(dt.date.fromisoformat(f"{year}-{day}") for year, days in _YEARS.items() for day in days)


def quiet_at_arxiv(day: dt.date) -> str:
    """Say in a sentence why arXiv's lists may be empty on a day (US Eastern); empty where papers are expected.

    An evening without an announcement leaves the lists of the next day empty, and on the day itself they are at times
    not renewed: both are excused.
    """
    if day.weekday() >= _SATURDAY:
        return "arXiv announces nothing at a weekend"
    holiday = next((each for each in (day, day - _ONE_DAY) if each in HOLIDAYS), None)
    return f"arXiv announces nothing on {holiday.day} {holiday:%B}, a holiday" if holiday else ""
