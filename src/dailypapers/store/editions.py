"""Editions: a day's announcements, closed; and what the sources said meanwhile."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.edition import Edition
from dailypapers.domain.event import EventKind
from dailypapers.domain.freshness import lacks
from dailypapers.domain.source import CategoryStatus, Checkpoint, Freshness, SourceStatus, State
from dailypapers.store import events, source_days
from dailypapers.store.database import lock, replace_rows
from dailypapers.store.schema import announcements, checkpoints, editions, fetches, papers, signals


def close(tx: sa.Connection, day: dt.date, *, now: dt.datetime) -> Edition:
    """Close the day: all waiting announcements become its edition, frozen. Twice gives the same edition."""
    lock(tx, editions)
    row = tx.execute(sa.select(editions).where(editions.c.day == day)).one_or_none()
    return _edition(tx, row) if row else _close(tx, day, now)


def _close(tx: sa.Connection, day: dt.date, now: dt.datetime) -> Edition:
    new = {"day": day, "closed_at": now, "papers": 0, "due": 0}
    edition_id = tx.execute(sa.insert(editions).values(new).returning(editions.c.id)).scalar_one()
    for waiting in (announcements, fetches):
        tx.execute(sa.update(waiting).where(waiting.c.edition_id.is_(None)).values(edition_id=edition_id))
    _give_up_waiting(tx, edition_id)
    size = sa.select(sa.func.count(announcements.c.paper_id.distinct())).where(
        announcements.c.edition_id == edition_id, announcements.c.fresh
    )
    paper_count = tx.execute(size).scalar_one()
    tx.execute(sa.update(editions).where(editions.c.id == edition_id).values(papers=paper_count))
    events.note(tx, EventKind.EDITION_CLOSED, {"edition": day.isoformat(), "papers": paper_count}, now=now)
    return _edition(tx, tx.execute(sa.select(editions).where(editions.c.id == edition_id)).one())


def _give_up_waiting(tx: sa.Connection, edition_id: int) -> None:
    waiting = sa.and_(fetches.c.edition_id == edition_id, fetches.c.state == State.WAITING.value)
    tx.execute(sa.update(fetches).where(waiting).values(state=State.STALLED.value))
    source_days.give_up_waiting(tx)


def newest(tx: sa.Connection) -> Edition | None:
    """Give the edition of the latest day, or `None` before the first."""
    row = tx.execute(sa.select(editions).order_by(editions.c.day.desc()).limit(1)).one_or_none()
    return _edition(tx, row) if row else None


def every(tx: sa.Connection) -> list[Edition]:
    """Give all editions, oldest first, without their sources' statuses."""
    rows = tx.execute(sa.select(editions).order_by(editions.c.day)).all()
    return [Edition(row.id, row.day, row.closed_at, row.papers, ()) for row in rows]


def page(tx: sa.Connection, *, limit: int, before: dt.date | None = None) -> list[Edition]:
    """Give editions, newest first, without their sources' statuses: those older than a day, where it is given."""
    query = sa.select(editions).order_by(editions.c.day.desc()).limit(limit)
    if before is not None:
        query = query.where(editions.c.day < before)
    return [Edition(row.id, row.day, row.closed_at, row.papers, ()) for row in tx.execute(query)]


def lacking_since(tx: sa.Connection, first: dt.date) -> dict[tuple[str, str], tuple[dt.date, ...]]:
    """Return the days since one whose editions lacked something, oldest first, by source and category.

    A source as a whole has the category "".
    """
    rows = tx.execute(sa.select(editions.c.id, editions.c.day).where(editions.c.day >= first).order_by(editions.c.day))
    days: dict[tuple[str, str], list[dt.date]] = {}
    for row in rows.all():
        for status in statuses(tx, row.id):
            categories = [each.category for each in status.lacking] + [""] * lacks(status.state)
            for category in categories:
                days.setdefault((status.source, category), []).append(row.day)
    return {key: tuple(of_one) for key, of_one in days.items()}


def waiting(tx: sa.Connection) -> dict[str, int]:
    """Return how many new papers of each source wait for the next edition."""
    counted = sa.func.count(announcements.c.paper_id.distinct())
    query = sa.select(announcements.c.source, counted).where(
        announcements.c.edition_id.is_(None), announcements.c.fresh
    )
    return {row[0]: row[1] for row in tx.execute(query.group_by(announcements.c.source))}


def of_day(tx: sa.Connection, day: dt.date) -> Edition | None:
    """Give the edition of a day, if there is one."""
    row = tx.execute(sa.select(editions).where(editions.c.day == day)).one_or_none()
    return _edition(tx, row) if row else None


def neighbours(tx: sa.Connection, day: dt.date) -> tuple[dt.date | None, dt.date | None]:
    """Give the days of the editions before and after a day's."""
    before = tx.execute(sa.select(sa.func.max(editions.c.day)).where(editions.c.day < day)).scalar_one()
    after = tx.execute(sa.select(sa.func.min(editions.c.day)).where(editions.c.day > day)).scalar_one()
    return before, after


def talked_about(tx: sa.Connection, ids: Sequence[int], *, many: int) -> dict[int, list[int]]:
    """Give of each edition the ids of its papers with the most upvotes, so many; those nobody counted come last."""
    counts = sa.func.max(sa.func.coalesce(signals.c.upvotes, 0))
    place = sa.func.row_number().over(
        partition_by=announcements.c.edition_id, order_by=(sa.func.coalesce(counts, 0).desc(), papers.c.key)
    )
    ranked = (
        sa.select(announcements.c.edition_id, announcements.c.paper_id, place.label("place"))
        .join(papers, papers.c.id == announcements.c.paper_id)
        .outerjoin(signals, signals.c.paper_id == announcements.c.paper_id)
        .where(announcements.c.edition_id.in_(ids), announcements.c.fresh)
        .group_by(announcements.c.edition_id, announcements.c.paper_id, papers.c.key)
        .subquery()
    )
    query = sa.select(ranked).where(ranked.c.place <= many).order_by(ranked.c.edition_id, ranked.c.place)
    paper_ids: dict[int, list[int]] = {}
    for row in tx.execute(query):
        paper_ids.setdefault(row.edition_id, []).append(row.paper_id)
    return paper_ids


def by_id(tx: sa.Connection, ids: Iterable[int]) -> dict[int, Edition]:
    """Give editions by id."""
    rows = tx.execute(sa.select(editions).where(editions.c.id.in_(sorted(set(ids))))).all()
    return {row.id: _edition(tx, row) for row in rows}


def newest_before(tx: sa.Connection, day: dt.date, *, days: int) -> int:
    """Give the newest edition at least `days` older than `day`, 0 where there is none: a window starts there."""
    before = day - dt.timedelta(days=days)
    query = sa.select(sa.func.max(editions.c.id)).where(editions.c.day <= before)
    return tx.execute(query).scalar_one() or 0


def count_due_of_groups(tx: sa.Connection, edition_id: int, mails: int) -> None:
    """Add mails of groups to the edition's count of what was due; fewer than 0 are taken off."""
    counted = sa.func.coalesce(editions.c.group_due, 0) + mails
    tx.execute(sa.update(editions).where(editions.c.id == edition_id).values(group_due=counted))


def count_due(tx: sa.Connection, edition_id: int, readers: int) -> None:
    """Add readers to the edition's count of who was due."""
    tx.execute(sa.update(editions).where(editions.c.id == edition_id).values(due=editions.c.due + readers))


def _edition(tx: sa.Connection, row: sa.Row[Any]) -> Edition:
    return Edition(row.id, row.day, row.closed_at, row.papers, statuses(tx, row.id))


def last_fetch(tx: sa.Connection) -> dt.datetime | None:
    """Return when a source was last asked."""
    last: dt.datetime | None = tx.execute(sa.select(sa.func.max(fetches.c.fetched_at))).scalar_one()
    return last


def record_fetch(
    tx: sa.Connection,
    source: str,
    freshness: Freshness,
    *,
    now: dt.datetime,
    checkpoint: Checkpoint | None = None,
    category: str | None = None,
) -> None:
    """Keep what came of a fetch, and what the source wants to be told next time, unless it failed.

    With `category`, it is what came of one category of it.
    """
    row = {
        "source": source,
        "fetched_at": now,
        "state": freshness.state.value,
        "items": freshness.items,
        "new": freshness.new,
        "skipped": freshness.skipped,
        "note": freshness.note,
        "category": category,
    }
    tx.execute(sa.insert(fetches).values(row))
    if checkpoint is not None and freshness.state is not State.FAILED:
        replace_rows(tx, checkpoints, [{"source": source, "value": asdict(checkpoint)}])


def checkpoint(tx: sa.Connection, source: str) -> Checkpoint | None:
    """Give what the source wanted to be told this time; `None` before its first answer."""
    value = tx.execute(sa.select(checkpoints.c.value).where(checkpoints.c.source == source)).scalar_one_or_none()
    return _checkpoint(value) if value else None


def _checkpoint(value: Mapping[str, Any]) -> Checkpoint:
    def pairs(name: str) -> tuple[tuple[str, str], ...]:
        return tuple((str(url), str(tag)) for url, tag in value.get(name, ()))

    return Checkpoint(pairs("etags"), pairs("last_modified"), str(value.get("highest_id", "")))


def statuses(tx: sa.Connection, edition_id: int | None) -> tuple[SourceStatus, ...]:
    """Give one line per source of an edition; `None` asks for what has come in since the last one closed."""
    here = fetches.c.edition_id == edition_id if edition_id is not None else fetches.c.edition_id.is_(None)
    rows = tx.execute(sa.select(fetches).where(here).order_by(fetches.c.source, fetches.c.id)).all()
    rows_by_source: dict[str, list[sa.Row[Any]]] = {}
    for row in rows:
        rows_by_source.setdefault(row.source, []).append(row)
    return tuple(_status(source, of_source) for source, of_source in rows_by_source.items())


def _status(source: str, rows: list[sa.Row[Any]]) -> SourceStatus:
    of_categories: dict[str, list[sa.Row[Any]]] = {}
    for row in rows:
        if row.category is not None:
            of_categories.setdefault(row.category, []).append(row)
    whole = [row for row in rows if row.category is None]
    best = _best(whole)
    lacking = (_category_status(name, of_categories[name]) for name in sorted(of_categories))
    return SourceStatus(
        source=source,
        state=State(best.state),
        items=max(row.items for row in whole),
        new=sum(row.new for row in whole),
        skipped=max(row.skipped for row in whole),
        note=best.note,
        fetched_at=best.fetched_at,
        lacking=tuple(status for status in lacking if lacks(status.state)),
    )


def _category_status(category: str, rows: list[sa.Row[Any]]) -> CategoryStatus:
    best = _best(rows)
    return CategoryStatus(category, State(best.state), sum(row.new for row in rows), best.note)


def _best(rows: list[sa.Row[Any]]) -> sa.Row[Any]:
    """Sum up a day's fetches: one that brought something outweighs a later one that had nothing more."""
    return next((row for row in reversed(rows) if row.new or row.state == State.FRESH), rows[-1])
