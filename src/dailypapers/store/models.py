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
    """Return what was learned for this edition, `None` where nothing was."""
    return _kept(tx, sa.select(knowledge).where(knowledge.c.edition_id == edition_id))


def newest_edition(tx: sa.Connection) -> int:
    """Return the id of the edition for which was learned last, 0 before the first."""
    return tx.execute(sa.select(sa.func.max(knowledge.c.edition_id))).scalar_one() or 0


def newest(tx: sa.Connection) -> Kept | None:
    """Return what was learned last."""
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
    """Return the ids of the newest papers that are older than an edition, or were never announced."""
    number = announcements.c.edition_id
    later = sa.select(announcements.c.paper_id).where(
        announcements.c.fresh, sa.or_(number >= edition_id, number.is_(None))
    )
    query = sa.select(papers.c.id).where(papers.c.id.not_in(later), papers.c.abstract != "")
    return sorted(tx.execute(query.order_by(papers.c.id.desc()).limit(limit)).scalars())


def counts(tx: sa.Connection, edition_ids: Sequence[int]) -> dict[int, bytes]:
    """Return the stored term frequencies of editions."""
    query = sa.select(features).where(features.c.edition_id.in_(edition_ids))
    return {row.edition_id: row.counts for row in tx.execute(query)}


def keep_counts(tx: sa.Connection, edition_id: int, packed: bytes) -> None:
    """Keep the counts of an edition's papers."""
    insert_new(tx, features, [{"edition_id": edition_id, "counts": packed}])


def part(tx: sa.Connection, number: int) -> bytes | None:
    """Return a part of what the search index is made of, `None` where it is not stored."""
    query = sa.select(counted.c.counts).where(counted.c.part == number)
    packed: bytes | None = tx.execute(query).scalar_one_or_none()
    return packed


def keep_part(tx: sa.Connection, number: int, packed: bytes) -> None:
    """Keep a part; where somebody was first, theirs stays."""
    insert_new(tx, counted, [{"part": number, "counts": packed}])


def vectors_of(tx: sa.Connection, model: str, paper_ids: Iterable[int]) -> dict[int, bytes]:
    """Return papers' vectors by a model, as far as they are stored."""
    vector_of: dict[int, bytes] = {}
    for group in groups(paper_ids):
        query = sa.select(vectors).where(vectors.c.model == model, vectors.c.paper_id.in_(group))
        vector_of.update((row.paper_id, row.vector) for row in tx.execute(query))
    return vector_of


def keep_vectors(tx: sa.Connection, model: str, packed_vectors: Mapping[int, bytes]) -> None:
    """Keep papers' vectors."""
    rows = [{"paper_id": paper, "model": model, "vector": vector} for paper, vector in packed_vectors.items()]
    insert_new(tx, vectors, rows)


def forget_other_vectors(tx: sa.Connection, model: str, *, limit: int) -> int:
    """Forget at most so many vectors of other models than this one; returns how many."""
    some = sa.select(vectors.c.paper_id, vectors.c.model).where(vectors.c.model != model).limit(limit)
    chosen = sa.tuple_(vectors.c.paper_id, vectors.c.model).in_(some)
    return tx.execute(sa.delete(vectors).where(chosen)).rowcount
