"""Fetch: ask every source what it announces, and keep it.

    checkpoints | ask all sources | add to the papers | judge freshness | record | relist what lacks | describe

Sources are asked side by side and kept in their order. One that fails is a line in the report; it takes neither
another source nor the day with it.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

import sqlalchemy as sa
import structlog

from dailypapers.domain.freshness import gravest
from dailypapers.domain.source import Checkpoint, Fetched, Freshness, State
from dailypapers.errors import FetchFailed
from dailypapers.intake.describe import describe
from dailypapers.intake.freshness import Judged, freshness
from dailypapers.intake.relist import Relisted, relist
from dailypapers.sources.base import Source
from dailypapers.sources.http.client import Http
from dailypapers.store import editions, papers, source_days
from dailypapers.store.database import reading, writing

log = structlog.get_logger()

#: Seconds after which a source is given up, whatever it is doing: no source may hold up the day.
DEADLINE = 600.0


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What came of one source."""

    source: str
    fetched: Fetched
    freshness: Freshness
    by_category: Mapping[str, Freshness] = field(default_factory=dict)
    #: What its second route was asked for.
    relisted: tuple[Relisted, ...] = ()


def fetch(
    engine: sa.Engine,
    sources: Sequence[Source],
    *,
    make_http: Callable[[], Http],
    now: dt.datetime,
    on_progress: Callable[[str], None] = lambda _: None,
) -> tuple[SourceReport, ...]:
    """Ask all sources and keep their announcements; running it again keeps nothing twice.

    `on_progress` hears each source's name as soon as it has answered.
    """
    with reading(engine) as tx:
        checkpoints = [editions.checkpoint(tx, source.name) for source in sources]
    answers = asyncio.run(_ask_all(sources, checkpoints, make_http, now=now, on_progress=on_progress))
    reports = [_keep(engine, source.name, answer, now) for source, answer in zip(sources, answers, strict=True)]
    relisted = relist(engine, sources, make_http=make_http, now=now)
    describe(engine, sources, make_http=make_http, now=now)
    return tuple(_with(report, [each for each in relisted if each.source == report.source]) for report in reports)


def _with(report: SourceReport, relisted: Sequence[Relisted]) -> SourceReport:
    """Return what came of a source once its second route has been asked."""
    today = {each.category: each.freshness for each in relisted if each.is_today and each.freshness}
    by_category = {**report.by_category, **today}
    fresh = report.freshness
    if today:
        states = {each.state for each in by_category.values()}
        more = sum(each.new for each in today.values())
        fresh = replace(fresh, state=gravest(states), new=fresh.new + more)
    return replace(report, freshness=fresh, by_category=by_category, relisted=tuple(relisted))


async def _ask_all(
    sources: Sequence[Source],
    checkpoints: Sequence[Checkpoint | None],
    make_http: Callable[[], Http],
    *,
    now: dt.datetime,
    on_progress: Callable[[str], None],
) -> list[Fetched]:
    async def ask(source: Source, since: Checkpoint | None) -> Fetched:
        answer = await _ask(source, http, since, now=now)
        on_progress(source.name)
        return answer

    async with make_http() as http:
        return await asyncio.gather(*(ask(*pair) for pair in zip(sources, checkpoints, strict=True)))


async def _ask(source: Source, http: Http, since: Checkpoint | None, *, now: dt.datetime) -> Fetched:
    try:
        async with asyncio.timeout(DEADLINE):
            return await source.fetch(http, since, now=now)
    except FetchFailed as error:
        return Fetched(failure=str(error))
    except TimeoutError:
        return Fetched(failure=f"it took longer than {DEADLINE / 60:.0f} minutes")
    # A source's answer is foreign; whatever it breaks, the others go on, and the failure is named.
    except Exception as error:
        log.exception("source broke", source=source.name)
        return Fetched(failure=f"its answer could not be read ({type(error).__name__})")


def _keep(engine: sa.Engine, name: str, fetched: Fetched, now: dt.datetime) -> SourceReport:
    with writing(engine) as tx:
        added = papers.add(tx, fetched.announcements, now=now)
        judged = freshness(tx, name, fetched, added, now=now)
        editions.record_fetch(tx, name, judged.whole, checkpoint=fetched.checkpoint, now=now)
        source_days.record(tx, name, "", judged.day, judged.whole, now=now)
        for category, fresh in judged.by_category.items():
            source_days.record(tx, name, category, judged.day, fresh, now=now)
            if fresh.state is not State.QUIET:
                editions.record_fetch(tx, name, fresh, now=now, category=category)
    _log(name, judged)
    return SourceReport(name, fetched, judged.whole, judged.by_category)


def _log(name: str, judged: Judged) -> None:
    for category, fresh in (("", judged.whole), *judged.by_category.items()):
        tell = log.warning if fresh.state is State.FAILED else log.info
        where = {"source": name, "category": category} if category else {"source": name}
        tell("fetched", **where, **{**asdict(fresh), "state": fresh.state.value})
