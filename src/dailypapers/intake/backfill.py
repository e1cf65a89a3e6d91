"""Backfill: ask sources for every day since one that they can still be asked for.

    days of the source | days that are not known | ask, a day at a time | add or keep | record

Each day is stored as soon as it has come, and a day that is known is not asked for again: a backfill that is stopped is
simply run again. What is older than a week is stored without being announced, for nobody is to be sent last month's
papers as news.
"""

import asyncio
import datetime as dt
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from dailypapers.domain.freshness import lacks
from dailypapers.domain.source import Fetched, Freshness, State
from dailypapers.errors import FetchFailed
from dailypapers.intake.relist import LOOK_BACK
from dailypapers.sources.base import Backfilling, Source
from dailypapers.sources.http.client import Http
from dailypapers.store import papers, source_days
from dailypapers.store.database import reading, writing

_NOON = dt.time(12)


@dataclass(frozen=True, slots=True)
class Missing:
    """A day of a source, or of one of its categories, that is not known."""

    source: Backfilling
    category: str
    day: dt.date


@dataclass(frozen=True, slots=True)
class Backfilled:
    """What came of one day."""

    source: str
    category: str
    day: dt.date
    #: Papers that nobody knew.
    new: int = 0
    failure: str = ""


def missing_days(engine: sa.Engine, sources: Sequence[Source], since: dt.date, *, now: dt.datetime) -> list[Missing]:
    """List the days from `since` to yesterday that can be asked for and are not known, the newest first."""
    yesterday = now.astimezone(dt.UTC).date() - dt.timedelta(days=1)
    missing: list[Missing] = []
    with reading(engine) as tx:
        for source in sources:
            if isinstance(source, Backfilling):
                first = max(since, yesterday - dt.timedelta(days=source.days_kept - 1))
                missing += _missing(tx, source, first, yesterday)
    return sorted(missing, key=lambda each: each.day, reverse=True)


def _missing(tx: sa.Connection, source: Backfilling, first: dt.date, last: dt.date) -> list[Missing]:
    days = source_days.since(tx, source.name, first)
    asked_for = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    return [
        Missing(source, category, day)
        for category in source.backfilled_categories
        for stored_days in [{each.day for each in days.get(category, ()) if not lacks(each.state)}]
        for day in asked_for
        if day not in stored_days and not source.is_quiet(day)
    ]


def backfill(
    engine: sa.Engine,
    missing: Sequence[Missing],
    *,
    make_http: Callable[[], Http],
    now: dt.datetime,
    on_progress: Callable[[Backfilled], None] = lambda _: None,
) -> tuple[Backfilled, ...]:
    """Ask for days and store them as they come; `on_progress` hears what came of each."""

    async def run() -> list[Backfilled]:
        done: list[Backfilled] = []
        async with aclosing(_answers(missing, make_http, now)) as answers:
            async for each, answer in answers:
                done.append(await asyncio.to_thread(_keep, engine, each, answer, now))
                on_progress(done[-1])
        return done

    return tuple(asyncio.run(run()))


async def _answers(
    missing: Sequence[Missing], make_http: Callable[[], Http], now: dt.datetime
) -> AsyncGenerator[tuple[Missing, Fetched], None]:
    async with make_http() as http:
        for each in missing:
            try:
                yield each, await each.source.list_again(http, each.category, each.day, now=now)
            except FetchFailed as error:
                yield each, Fetched(failure=str(error))


def _keep(engine: sa.Engine, missing: Missing, answer: Fetched, now: dt.datetime) -> Backfilled:
    name, category, day = missing.source.name, missing.category, missing.day
    if answer.failure:
        return Backfilled(name, category, day, failure=answer.failure)
    is_news = now.astimezone(dt.UTC).date() - day <= LOOK_BACK
    with writing(engine) as tx:
        if is_news:
            new = papers.add(tx, answer.announcements, now=now).new
        else:
            new = papers.keep(tx, [item.paper for item in answer.announcements if item.type.fresh], now=now)
        fresh = Freshness(State.FRESH if new else State.QUIET, answer.items, new, note="Backfilled.")
        then = dt.datetime.combine(day, _NOON, ZoneInfo(answer.zone))
        source_days.record(tx, name, category, day, fresh, now=then)
    return Backfilled(name, category, day, new)
