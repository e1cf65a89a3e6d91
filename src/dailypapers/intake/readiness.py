"""Readiness: what an edition waits for that may close before its hour.

    sources | the day that it is there when the edition closes | fresh, quiet and vouched for, or waited for

Knows where the evidence is kept. Changes nothing: `intake.announce` closes, and `dailypapers status` says why not yet.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from dailypapers.domain.freshness import HABIT, lacks, usual
from dailypapers.domain.source import SourceDay, State, source_name
from dailypapers.sources.base import Relisting, Source
from dailypapers.store import source_days


def awaited(tx: sa.Connection, sources: Sequence[Source], *, closing: dt.datetime, now: dt.datetime) -> tuple[str, ...]:
    """Return what an edition that closes at `closing` waits for, a phrase each; nothing where it can close at `now`.

    It waits for every source until that source's day is fresh in each of its categories, or quiet and vouched for by
    its second route; of a source without one its habit is taken. That day is the one which it is there at `closing`:
    at midnight UTC it is still yesterday at arXiv. Where nothing at all has come, there is nothing to close early for.
    """
    days = [(source, _day(tx, source, closing)) for source in sources]
    doubts = [(source, _doubt(tx, source, today, closing=closing, now=now)) for source, today in days]
    if phrases := tuple(f"{source_name(source.name)} ({why})" for source, why in doubts if why):
        return phrases
    has_news = any(today[""].state is State.FRESH for _, today in days)
    return () if has_news else ("something new from a source",)


def _doubt(
    tx: sa.Connection, source: Source, today: Mapping[str, SourceDay], *, closing: dt.datetime, now: dt.datetime
) -> str:
    """Say why a source's day is not verified, of which `today` came; empty where it is."""
    zone = ZoneInfo(source.zone)
    day = closing.astimezone(zone).date()
    if now.astimezone(zone).date() != day:
        return f"{day} has not begun there"
    if "" not in today:
        return "not fetched yet today"
    lacking = [f"{category} {each.state.value}".strip() for category, each in today.items() if lacks(each.state)]
    if lacking:
        return ", ".join(lacking)
    if today[""].state is State.QUIET and not _is_vouched_for(tx, source, day):
        return "quiet, and no second route was asked"
    return ""


def _day(tx: sa.Connection, source: Source, closing: dt.datetime) -> Mapping[str, SourceDay]:
    """Return what came on the day that it is at the source when the edition closes, by category."""
    day = closing.astimezone(ZoneInfo(source.zone)).date()
    history = source_days.since(tx, source.name, day)
    return {category: each for category, days in history.items() for each in days if each.day == day}


def _is_vouched_for(tx: sa.Connection, source: Source, day: dt.date) -> bool:
    """Tell whether the second route of a source called a day quiet, where it has one.

    That route is asked where papers were expected: neither on a holiday nor of categories that seldom announce.
    """
    if not isinstance(source, Relisting):
        return True
    history = source_days.since(tx, source.name, day - HABIT)
    expected = (usual(days, day, is_daily=True) for category, days in history.items() if category)
    return not source.is_quiet(day) and any(papers != 0 for papers in expected)
