"""Describe: ask sources for more about the papers they have announced: comments, journals, DOIs, affiliations.

    papers of the last edition nobody asked about | ask, some at a time | keep what is shown, and further names (tx)

What a source does not know yet is asked for with the next fetch. Nothing waits for it: a day without is a whole day.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence

import sqlalchemy as sa
import structlog

from dailypapers.domain.paper import PaperId
from dailypapers.errors import FetchFailed
from dailypapers.sources.base import Described, Describing, Source
from dailypapers.sources.http.client import Http
from dailypapers.store import papers
from dailypapers.store.database import reading, writing

log = structlog.get_logger()

#: Requests a fetch, three seconds each at arXiv; the rest waits for the next fetch.
REQUESTS = 5
#: Seconds after which the rest is left for the next fetch.
DEADLINE = 60.0


def describe(engine: sa.Engine, sources: Sequence[Source], *, make_http: Callable[[], Http], now: dt.datetime) -> int:
    """Ask for more about papers that are not described; return how many are now."""
    described = 0
    for source in sources:
        if not isinstance(source, Describing) or not source.described_at_once:
            continue
        with reading(engine) as tx:
            ids = papers.undescribed(tx, source.name, limit=REQUESTS * source.described_at_once)
        if ids:
            described += asyncio.run(_describe(engine, source, ids, make_http, now))
    return described


async def _describe(
    engine: sa.Engine, source: Describing, ids: Sequence[PaperId], make_http: Callable[[], Http], now: dt.datetime
) -> int:
    described = 0
    try:
        async with asyncio.timeout(DEADLINE), make_http() as http:
            for start in range(0, len(ids), source.described_at_once):
                answer = await source.describe(http, ids[start : start + source.described_at_once])
                described += await asyncio.to_thread(_keep, engine, source.name, answer, now)
    except (FetchFailed, TimeoutError) as error:
        log.info("not described", source=source.name, why=str(error) or "it took too long")
    return described


def _keep(engine: sa.Engine, source: str, answer: Sequence[Described], now: dt.datetime) -> int:
    with writing(engine) as tx:
        papers.describe(tx, source, [(each.paper, each.presentation) for each in answer], now=now)
    return len(answer)
