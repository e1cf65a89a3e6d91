"""Relist: ask by a second route for what the first did not bring, today or on an earlier day.

    days of the source | categories and days that lack something | ask, a page at a time | add | judge | record

What comes of an earlier day joins the next edition. Knows sources that can be asked so; all others are left alone.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import structlog

from dailypapers.domain.freshness import HABIT, Evidence, days_to_repair, gravest, judge, lacks
from dailypapers.domain.source import Fetched, Freshness, SourceDay
from dailypapers.errors import FetchFailed
from dailypapers.sources.base import Relisting, Source
from dailypapers.sources.http.client import Http
from dailypapers.store import editions, papers, source_days
from dailypapers.store.database import reading, writing

log = structlog.get_logger()

#: An outage of a week is repaired; what is older, a backfill is for.
LOOK_BACK = dt.timedelta(days=7)
_FAILURES = 2
_NOON = dt.time(12)
#: Pages a fetch asks for, fifteen seconds each; the rest waits for the next fetch.
MOST_PAGES = 16


@dataclass(frozen=True, slots=True)
class Relisted:
    """What came of one page."""

    source: str
    category: str
    day: dt.date
    is_today: bool
    #: How fresh that day is now; `None` where there was no answer.
    freshness: Freshness | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Gap:
    source: Relisting
    category: str
    day: dt.date


def relist(
    engine: sa.Engine, sources: Sequence[Source], *, make_http: Callable[[], Http], now: dt.datetime
) -> tuple[Relisted, ...]:
    """Ask again for what lacks today and in the last week; asking for what is complete is never repeated."""
    with reading(engine) as tx:
        gaps = [each for source in sources for each in _lacking(tx, source, now)][:MOST_PAGES]
    answers = asyncio.run(_ask_all(gaps, make_http, now=now)) if gaps else []
    relisted = tuple(_keep(engine, each, answer, now) for each, answer in zip(gaps, answers, strict=False))
    for source in sources:
        if isinstance(source, Relisting):
            _sum_up(engine, source, [each for each in relisted if each.source == source.name], now)
    return relisted


def _lacking(tx: sa.Connection, source: Source, now: dt.datetime) -> list[_Gap]:
    """List today first, then the oldest days first: those are lost first."""
    if not isinstance(source, Relisting) or not source.listed_categories:
        return []
    today = source.today(now)
    history = source_days.since(tx, source.name, today - HABIT)
    lacking = [
        _Gap(source, category, day)
        for category in source.listed_categories
        # A category that was added today has missed nothing.
        for since in [max(today - LOOK_BACK, min((each.day for each in history.get(category, ())), default=today))]
        for day in days_to_repair(history.get(category, ()), since=since, today=today, is_quiet=source.is_quiet)
    ]
    of_today = [_Gap(source, name, today) for name in source.listed_categories if _lacks_now(history, name, today)]
    return [*of_today, *sorted(lacking, key=lambda each: each.day)]


def _lacks_now(history: dict[str, tuple[SourceDay, ...]], category: str, today: dt.date) -> bool:
    own = next((each for each in history.get(category, ()) if each.day == today), None)
    whole = next((each for each in history.get("", ()) if each.day == today), None)
    return lacks(own.state) if own else bool(whole and lacks(whole.state))


async def _ask_all(gaps: Sequence[_Gap], make_http: Callable[[], Http], *, now: dt.datetime) -> list[Fetched]:
    """Ask for one page after the other, and for no more once two in a row have failed."""
    answers: list[Fetched] = []
    async with make_http() as http:
        for each in gaps:
            if len(answers) >= _FAILURES and all(answer.failure for answer in answers[-_FAILURES:]):
                break
            answers.append(await _ask(http, each, now=now))
    return answers


async def _ask(http: Http, gap: _Gap, *, now: dt.datetime) -> Fetched:
    try:
        return await gap.source.list_again(http, gap.category, gap.day, now=now)
    except FetchFailed as error:
        return Fetched(failure=str(error))
    # As in `intake.fetch`: an answer is foreign, and whatever it breaks, the others go on.
    except Exception as error:
        log.exception("source broke", source=gap.source.name)
        return Fetched(failure=f"its page could not be read ({type(error).__name__})")


def _keep(engine: sa.Engine, gap: _Gap, answer: Fetched, now: dt.datetime) -> Relisted:
    name, category, day = gap.source.name, gap.category, gap.day
    is_today = day == gap.source.today(now)
    if answer.failure:
        log.warning("not listed again", source=name, category=category, day=day.isoformat(), why=answer.failure)
        return Relisted(name, category, day, is_today, None, answer.failure)
    with writing(engine) as tx:
        added = papers.add(tx, answer.announcements, now=now)
        history = source_days.since(tx, name, day - HABIT).get(category, ())
        until_then = tuple(each for each in history if each.day <= day)
        evidence = Evidence(answer, new=added.new, replaced=added.replaced, history=until_then)
        fresh = judge(evidence, now=dt.datetime.combine(day, _NOON, ZoneInfo(answer.zone)))
        source_days.record(tx, name, category, day, fresh, now=now)
        if is_today:
            editions.record_fetch(tx, name, fresh, now=now, category=category)
    log.info(
        "listed again", source=name, category=category, day=day.isoformat(), state=fresh.state.value, new=fresh.new
    )
    return Relisted(name, category, day, is_today, fresh, fresh.note)


def _sum_up(engine: sa.Engine, source: Relisting, relisted: Sequence[Relisted], now: dt.datetime) -> None:
    """Call the source of today what its categories have become."""
    today = source.today(now)
    answered = {each.category: each.freshness for each in relisted if each.is_today and each.freshness}
    if not answered:
        return
    with writing(engine) as tx:
        days = source_days.since(tx, source.name, today)
        states = {day.state for category, listed in days.items() if category for day in listed if day.day == today}
        note = "Listed again: " + ", ".join(f"{category} {fresh.new} new" for category, fresh in answered.items()) + "."
        whole = Freshness(gravest(states), new=sum(fresh.new for fresh in answered.values()), note=note)
        editions.record_fetch(tx, source.name, whole, now=now)
        source_days.record(tx, source.name, "", today, whole, now=now)
