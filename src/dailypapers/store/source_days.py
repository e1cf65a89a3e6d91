"""Days of sources: what came of each source, and of each of its categories, on each of its days."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.domain.freshness import after
from dailypapers.domain.source import Freshness, SourceDay, State
from dailypapers.store.database import replace_rows
from dailypapers.store.schema import source_days


def record(
    tx: sa.Connection, source: str, category: str, day: dt.date, freshness: Freshness, *, now: dt.datetime
) -> None:
    """Add what came of one more look at a source to its day; the whole source has the category ""."""
    before = _of(tx, source, category, day)
    row = {
        "source": source,
        "category": category,
        "day": day,
        "state": after(before.state if before else None, freshness.state).value,
        "new": freshness.new + (before.new if before else 0),
        "items": max(freshness.items, before.items if before else 0),
        "skipped": max(freshness.skipped, before.skipped if before else 0),
        "note": freshness.note,
        "fetched_at": now,
        "new_at": now if freshness.new else before.new_at if before else None,
    }
    replace_rows(tx, source_days, [row])


def _of(tx: sa.Connection, source: str, category: str, day: dt.date) -> SourceDay | None:
    return next((each for each in since(tx, source, day).get(category, ()) if each.day == day), None)


def since(tx: sa.Connection, source: str, first: dt.date) -> dict[str, tuple[SourceDay, ...]]:
    """Return a source's days from one on, oldest first, by category; the whole source has the category ""."""
    query = sa.select(source_days).where(source_days.c.source == source, source_days.c.day >= first)
    days: dict[str, list[SourceDay]] = {}
    for row in tx.execute(query.order_by(source_days.c.category, source_days.c.day)):
        days.setdefault(row.category, []).append(_day(row))
    return {category: tuple(listed) for category, listed in days.items()}


def everything_since(tx: sa.Connection, first: dt.date) -> dict[tuple[str, str], tuple[SourceDay, ...]]:
    """Return the days of all sources and their categories from one on, oldest first, by source and category."""
    query = sa.select(source_days).where(source_days.c.day >= first)
    days: dict[tuple[str, str], list[SourceDay]] = {}
    for row in tx.execute(query.order_by(source_days.c.source, source_days.c.category, source_days.c.day)):
        days.setdefault((row.source, row.category), []).append(_day(row))
    return {key: tuple(listed) for key, listed in days.items()}


def give_up_waiting(tx: sa.Connection) -> None:
    """Call those stalled that are still waited for: what they bring from now on belongs to the next edition."""
    waiting = source_days.c.state == State.WAITING.value
    tx.execute(sa.update(source_days).where(waiting).values(state=State.STALLED.value))


def _day(row: sa.Row[tuple[object, ...]]) -> SourceDay:
    return SourceDay(row.day, State(row.state), row.new, row.items, row.skipped, row.note, row.fetched_at, row.new_at)
