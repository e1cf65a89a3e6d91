"""Provenance: where a paper came from, when, what was counted of it, and what was merged into it."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from dailypapers.domain.paper import Paper
from dailypapers.store import identities, papers
from dailypapers.store.identities import Merge
from dailypapers.store.schema import announcements, editions, names, signals
from dailypapers.store.schema import papers as stored


@dataclass(frozen=True, slots=True)
class Announced:
    """A source's announcement of a paper."""

    source: str
    type: str
    version: int | None
    day: dt.date
    seen_at: dt.datetime
    #: The day of the edition it is in; `None` while it waits for one.
    edition: dt.date | None


@dataclass(frozen=True, slots=True)
class SignalReading:
    """What a source had counted on a day."""

    source: str
    day: dt.date
    upvotes: int | None
    comments: int | None
    stars: int | None


@dataclass(frozen=True, slots=True)
class Provenance:
    """All that is known of where a paper came from."""

    paper: Paper
    first_seen_at: dt.datetime
    #: What it goes by besides its id, without the keys made of its title.
    names: tuple[str, ...]
    announcements: tuple[Announced, ...]
    readings: tuple[SignalReading, ...]
    merges: tuple[Merge, ...]


def of(tx: sa.Connection, name: str) -> Provenance | None:
    """Return where the paper came from that goes by a name; `None` where there is none."""
    paper_id = identities.known(tx, [name]).get(name)
    if paper_id is None:
        return None
    paper = papers.by_id(tx, [paper_id])[paper_id]
    first_seen = tx.execute(sa.select(stored.c.first_seen_at).where(stored.c.id == paper_id)).scalar_one()
    # An address goes by its name of before it was encrypted without anybody saying so.
    own = {str(paper.id), str(paper.id).replace("url:https:", "url:http:", 1)}
    ids = sa.and_(names.c.paper_id == paper_id, ~names.c.name.startswith("work:"), names.c.name.not_in(own))
    others = tx.scalars(sa.select(names.c.name).where(ids).order_by(names.c.name))
    merged = identities.merges_of(tx, paper_id)
    return Provenance(paper, first_seen, tuple(others), _announced(tx, paper_id), _readings(tx, paper_id), merged)


def _announced(tx: sa.Connection, paper_id: int) -> tuple[Announced, ...]:
    columns = ("source", "type", "version", "day", "seen_at")
    query = (
        sa.select(*(announcements.c[name] for name in columns), editions.c.day.label("edition"))
        .outerjoin(editions, editions.c.id == announcements.c.edition_id)
        .where(announcements.c.paper_id == paper_id)
        .order_by(announcements.c.seen_at, announcements.c.id)
    )
    return tuple(Announced(**row._asdict()) for row in tx.execute(query))


def _readings(tx: sa.Connection, paper_id: int) -> tuple[SignalReading, ...]:
    columns = ("source", "day", "upvotes", "comments", "stars")
    query = sa.select(*(signals.c[name] for name in columns)).where(signals.c.paper_id == paper_id)
    return tuple(SignalReading(**row._asdict()) for row in tx.execute(query.order_by(signals.c.source, signals.c.day)))
