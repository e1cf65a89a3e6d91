"""Harvest: ask a source for its whole history since a day, a month of a category at a time.

    months that are not stored | ask, a page at a time | keep the papers, and what the next page is asked with (tx)

A harvest that is stopped or killed goes on with the page it was at when it is run again. Papers are stored without
being announced, for the ranking and the search; what is days and not years old, `backfill` asks for.
"""

import asyncio
import datetime as dt
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

import sqlalchemy as sa

from dailypapers.domain.source import Skipped
from dailypapers.errors import FetchFailed
from dailypapers.sources.base import Harvesting, Source
from dailypapers.sources.http.client import Http
from dailypapers.store import harvests, papers
from dailypapers.store.database import reading, writing
from dailypapers.store.harvests import Harvest

#: Parts in a row that get no answer, after which the rest is left for the next run.
_FAILURES = 2


@dataclass(frozen=True, slots=True)
class Part:
    """A month of a category that is not stored, or not to its end."""

    source: Harvesting
    harvest: Harvest


@dataclass(frozen=True, slots=True)
class HarvestedPage:
    """What came of a page."""

    harvest: Harvest
    #: Papers that nobody knew.
    new: int = 0
    skipped: tuple[Skipped, ...] = ()
    failure: str = ""


def missing_parts(engine: sa.Engine, sources: Sequence[Source], since: dt.date, *, now: dt.datetime) -> list[Part]:
    """List the months since a day that are not stored to their end, or to yesterday, the newest first."""
    yesterday = now.astimezone(dt.UTC).date() - dt.timedelta(days=1)
    harvesting = [source for source in sources if isinstance(source, Harvesting)]
    with reading(engine) as tx:
        stored = harvests.of_sources(tx, [source.name for source in harvesting])
    by_part = {(each.source, each.category, each.first): each for each in stored}
    parts = [
        Part(
            source, _going_on(by_part.get((source.name, category, first)), Harvest(source.name, category, first, last))
        )
        for source in harvesting
        for category in source.harvested_categories
        for first, last in _months(since, yesterday)
    ]
    return sorted((part for part in parts if not part.harvest.is_done), key=lambda part: part.harvest.first)[::-1]


def _going_on(stored: Harvest | None, part: Harvest) -> Harvest:
    """Go on with what was begun; a month that has gone on since begins anew."""
    return stored if stored and stored.last >= part.last else part


def _months(since: dt.date, until: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    first = since.replace(day=1)
    while first <= until:
        following = (first + dt.timedelta(days=31)).replace(day=1)
        yield first, min(following - dt.timedelta(days=1), until)
        first = following


def harvest(
    engine: sa.Engine,
    parts: Sequence[Part],
    *,
    make_http: Callable[[], Http],
    now: dt.datetime,
    on_progress: Callable[[HarvestedPage], None] = lambda _: None,
) -> tuple[HarvestedPage, ...]:
    """Ask for parts and store them page by page; `on_progress` hears what came of each page."""

    async def run() -> list[HarvestedPage]:
        pages: list[HarvestedPage] = []
        async with make_http() as http, aclosing(_pages(engine, parts, http, now)) as coming:
            async for page in coming:
                pages.append(page)
                on_progress(page)
        return pages

    return tuple(asyncio.run(run()))


async def _pages(
    engine: sa.Engine, parts: Sequence[Part], http: Http, now: dt.datetime
) -> AsyncGenerator[HarvestedPage, None]:
    failures = 0
    for part in parts:
        page = HarvestedPage(part.harvest)
        while not (page.harvest.is_done or page.failure):
            page = await _page(engine, part.source, page.harvest, http, now)
            yield page
        failures = failures + 1 if page.failure else 0
        if failures >= _FAILURES:
            return


async def _page(engine: sa.Engine, source: Harvesting, at: Harvest, http: Http, now: dt.datetime) -> HarvestedPage:
    try:
        answer = await source.harvest(http, at.category, at.first, at.last, at.token)
    except FetchFailed as error:
        return HarvestedPage(at, failure=str(error))
    if answer.token and answer.token == at.token:
        return HarvestedPage(at, failure="its next page is the same one")
    after = replace(at, token=answer.token, papers=at.papers + len(answer.papers), is_done=not answer.token)

    def keep() -> int:
        with writing(engine) as tx:
            new = papers.keep(tx, answer.papers, now=now)
            harvests.record(tx, after, now=now)
        return new

    return HarvestedPage(after, await asyncio.to_thread(keep), answer.skipped)
