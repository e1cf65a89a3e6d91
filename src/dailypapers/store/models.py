"""Knowledge: what the ranking has made of papers, kept as bytes, so that no process makes it again."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dailypapers.store.database import groups, insert_new
from dailypapers.store.schema import announcements, counted, features, knowledge, papers, vectors


@dataclass(frozen=True, slots=True)
class Kept:
    """What was learned for an edition: from which papers, in the background's order, and the calibration's numbers."""

    library: tuple[int, ...]
    background: bytes
    calibration: Mapping[str, Any]


def of_edition(tx: sa.Connection, edition_id: int) -> Kept | None:
    """What was learned for this edition, if it was."""
    return _kept(tx, sa.select(knowledge).where(knowledge.c.edition_id == edition_id))


def newest_edition(tx: sa.Connection) -> int:
    """The edition for which was learned last, 0 before the first."""
    return tx.execute(sa.select(sa.func.max(knowledge.c.edition_id))).scalar_one() or 0


def newest(tx: sa.Connection) -> Kept | None:
    """What was learned last."""
    return _kept(tx, sa.select(knowledge).order_by(knowledge.c.edition_id.desc()).limit(1))


def _kept(tx: sa.Connection, query: sa.Select[Any]) -> Kept | None:
    row = tx.execute(query).one_or_none()
    return Kept(tuple(row.library), row.background, row.calibration) if row else None


def keep(tx: sa.Connection, edition_id: int, learned: Kept, *, now: dt.datetime) -> None:
    """Keep what was learned for an edition; where somebody was first, theirs stays. Older ones are forgotten."""
    row = {
        "edition_id": edition_id,
        "made_at": now,
        "library": list(learned.library),
        "background": learned.background,
        "calibration": dict(learned.calibration),
    }
    insert_new(tx, knowledge, [row])
    tx.execute(sa.delete(knowledge).where(knowledge.c.edition_id < edition_id))


def library(tx: sa.Connection, edition_id: int, *, limit: int) -> list[int]:
    """The newest papers that are older than an edition, or were never announced, by their ids."""
    number = announcements.c.edition_id
    later = sa.select(announcements.c.paper_id).where(
        announcements.c.fresh, sa.or_(number >= edition_id, number.is_(None))
    )
    query = sa.select(papers.c.id).where(papers.c.id.not_in(later), papers.c.abstract != "")
    return sorted(tx.execute(query.order_by(papers.c.id.desc()).limit(limit)).scalars())


def counts(tx: sa.Connection, edition_ids: Sequence[int]) -> dict[int, bytes]:
    """The kept counts of editions."""
    query = sa.select(features).where(features.c.edition_id.in_(edition_ids))
    return {row.edition_id: row.counts for row in tx.execute(query)}


def keep_counts(tx: sa.Connection, edition_id: int, packed: bytes) -> None:
    """Keep the counts of an edition's papers."""
    insert_new(tx, features, [{"edition_id": edition_id, "counts": packed}])


def part(tx: sa.Connection, number: int) -> bytes | None:
    """A part of what the search index is made of, if it is kept."""
    query = sa.select(counted.c.counts).where(counted.c.part == number)
    kept: bytes | None = tx.execute(query).scalar_one_or_none()
    return kept


def keep_part(tx: sa.Connection, number: int, packed: bytes) -> None:
    """Keep a part; where somebody was first, theirs stays."""
    insert_new(tx, counted, [{"part": number, "counts": packed}])


def vectors_of(tx: sa.Connection, model: str, paper_ids: Iterable[int]) -> dict[int, bytes]:
    """Papers' vectors by a model, those that are kept."""
    found: dict[int, bytes] = {}
    for group in groups(paper_ids):
        query = sa.select(vectors).where(vectors.c.model == model, vectors.c.paper_id.in_(group))
        found.update((row.paper_id, row.vector) for row in tx.execute(query))
    return found


def keep_vectors(tx: sa.Connection, model: str, made: Mapping[int, bytes]) -> None:
    """Keep papers' vectors."""
    rows = [{"paper_id": paper, "model": model, "vector": vector} for paper, vector in made.items()]
    insert_new(tx, vectors, rows)


def forget_other_vectors(tx: sa.Connection, model: str, *, limit: int) -> int:
    """Forget at most so many vectors of other models than this one; returns how many."""
    some = sa.select(vectors.c.paper_id, vectors.c.model).where(vectors.c.model != model).limit(limit)
    mine = sa.tuple_(vectors.c.paper_id, vectors.c.model).in_(some)
    return tx.execute(sa.delete(vectors).where(mine)).rowcount
