"""Harvests: how far the history of a source is stored, a month of a category each."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from dailypapers.store.database import replace_rows
from dailypapers.store.schema import harvests


@dataclass(frozen=True, slots=True)
class Harvest:
    """A part of the history of a source: what was added to a category, or changed, from one day to another."""

    source: str
    category: str
    first: dt.date
    last: dt.date
    #: What the next page is asked for with; empty before the first page and behind the last.
    token: str = ""
    #: Papers of its pages so far.
    papers: int = 0
    is_done: bool = False


def of_sources(tx: sa.Connection, sources: Iterable[str]) -> list[Harvest]:
    """Return what has been harvested of sources, the oldest first."""
    columns = ("source", "category", "first", "last", "token", "papers", "is_done")
    query = sa.select(*(harvests.c[name] for name in columns)).where(harvests.c.source.in_(tuple(sources)))
    rows = tx.execute(query.order_by(harvests.c.first, harvests.c.source, harvests.c.category))
    return [Harvest(**row._asdict()) for row in rows]


def record(tx: sa.Connection, harvest: Harvest, *, now: dt.datetime) -> None:
    """Store how far a harvest has come."""
    row = {
        "source": harvest.source,
        "category": harvest.category,
        "first": harvest.first,
        "last": harvest.last,
        "token": harvest.token,
        "papers": harvest.papers,
        "is_done": harvest.is_done,
        "updated_at": now,
    }
    replace_rows(tx, harvests, [row])
