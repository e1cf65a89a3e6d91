"""Status: how every source, and each of its categories, stands this morning."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from dailypapers.domain.freshness import ASKED_WITHIN, HABIT, Standing, lacks, standing
from dailypapers.domain.source import source_name
from dailypapers.store import editions, source_days

#: Days in a row of which something is missing before an operator is told by mail.
DAYS_TOLD = 2
#: How long an outage that is over is told of to who asks.
LACKS_TOLD = dt.timedelta(days=7)


def standings(tx: sa.Connection, *, now: dt.datetime, sources: Collection[str] | None = None) -> tuple[Standing, ...]:
    """Return how sources stand, each followed by its categories; by default all that were asked in five weeks."""
    days = source_days.everything_since(tx, (now - HABIT).date())
    listed = [
        standing(source, category, of_one, now=now)
        for (source, category), of_one in days.items()
        if sources is None or source in sources
    ]
    return tuple(each for each in listed if not _is_removed(each, listed, is_known=sources is not None))


def _is_removed(each: Standing, listed: Sequence[Standing], *, is_known: bool) -> bool:
    """Whether it is asked no longer while others are: a source, or a category of one, that left the settings.

    Of a source that is known to be in the settings, it is the operator who is to be told.
    """
    dated_ids = [
        other.last.fetched_at
        for other in listed
        if other.last.fetched_at and (other.source == each.source or not is_known)
    ]
    return bool(dated_ids) and each.last.fetched_at is not None and max(dated_ids) - each.last.fetched_at > ASKED_WITHIN


@dataclass(frozen=True, slots=True)
class Lack:
    """Editions of the last week that lacked papers of a source, or of one of its categories, which is well again."""

    source: str
    category: str
    editions: tuple[dt.date, ...]
    #: Whether what was announced on those days has come since.
    is_repaired: bool

    def sentence(self) -> str:
        """Say which editions they are, and whether their papers have come."""
        name = _name(self.source, self.category)
        which = f"the edition{'s' if len(self.editions) > 1 else ''} of {', '.join(map(str, self.editions))}"
        rest = "they have come since" if self.is_repaired else "not all of those days could be asked for again"
        return f"{name} lacked papers in {which}; {rest}."


def _name(source: str, category: str) -> str:
    return " ".join(filter(None, (source_name(source), category)))


def lacks_of_week(tx: sa.Connection, listed: Sequence[Standing], *, now: dt.datetime) -> tuple[Lack, ...]:
    """Return what was out in the last week of the sources and categories of `listed`, unless it is out still.

    Of a source that was out as a whole its categories are not listed.
    """
    first = (now - LACKS_TOLD).date()
    lacking, days = editions.lacking_since(tx, first), source_days.everything_since(tx, first)
    return tuple(
        Lack(each.source, each.category, of_one, not any(lacks(day.state) for day in days.get(key, ())))
        for each in listed
        for key in [(each.source, each.category)]
        if (of_one := lacking.get(key)) and not each.needs_attention
        if not (each.category and lacking.get((each.source, "")) == of_one)
    )


def worth_telling(listed: Sequence[Standing], *, days: int = DAYS_TOLD) -> tuple[str, ...]:
    """Say what an operator is to be told who did not ask: what is missing for so many days in a row, or not fetched.

    A day's gap is repaired by itself next day. Of a source that is out as a whole its categories are not listed.
    """
    telling = [each for each in listed if each.is_unasked or each.days_out >= days]
    whole = {each.source for each in telling if not each.category}
    return tuple(sentence(each) for each in telling if not each.category or each.source not in whole)


def sentence(each: Standing) -> str:
    """Say what is wrong with a source, or with one of its categories; empty where nothing is."""
    if not each.needs_attention:
        return ""
    name = _name(each.source, each.category)
    last_new = f"the last new paper came on {each.new_at:%Y-%m-%d at %H:%M} UTC" if each.new_at else "nothing new yet"
    if each.is_unasked:
        return f"{name} has not been fetched since {each.last.fetched_at:%Y-%m-%d %H:%M} UTC; {last_new}."
    since = each.out_since or each.last.day
    days = (each.last.day - since).days + 1
    span = f"since {since} ({days} days)" if days > 1 else f"on {since}"
    return f"{name}: {each.last.state.value} {span}; {last_new}."
