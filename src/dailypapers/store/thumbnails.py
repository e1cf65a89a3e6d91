"""Thumbnails: a small picture of a paper's figure, once a paper; and which papers none could be had of."""

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa

from dailypapers.domain.thumbnail import Thumbnail
from dailypapers.store.database import groups, insert_new
from dailypapers.store.schema import thumbnails

#: So many days somebody looks for the figure of a paper that is picked again and again; then there is none.
MAX_TRIES = 3


def unsought(tx: sa.Connection, paper_ids: Iterable[int], *, day: dt.date) -> list[int]:
    """Return the papers whose figures are to be looked for: not had, not sought today, nor on too many days before."""
    ids = sorted(set(paper_ids))
    is_settled = sa.or_(thumbnails.c.name != "", thumbnails.c.tries >= MAX_TRIES, thumbnails.c.day >= day)
    query = sa.select(thumbnails.c.paper_id).where(is_settled)
    settled = {key for group in groups(ids) for key in tx.scalars(query.where(thumbnails.c.paper_id.in_(group)))}
    return [key for key in ids if key not in settled]


def put(tx: sa.Connection, paper_id: int, thumbnail: Thumbnail, content: bytes, *, day: dt.date) -> None:
    """Store a paper's thumbnail; one that is there already stays, so that a mail made again shows the same."""
    values = {"name": thumbnail.name, "width": thumbnail.width, "height": thumbnail.height, "content": content}
    if not insert_new(tx, thumbnails, [_nothing(paper_id, day) | values], thumbnails.c.paper_id):
        was_sought_in_vain = sa.and_(thumbnails.c.paper_id == paper_id, thumbnails.c.name == "")
        tx.execute(sa.update(thumbnails).where(was_sought_in_vain).values(**values, day=day))


def sought_in_vain(tx: sa.Connection, paper_id: int, *, day: dt.date) -> None:
    """Note that no figure of a paper could be had on a day."""
    insert_new(tx, thumbnails, [_nothing(paper_id, day)])
    same = sa.and_(thumbnails.c.paper_id == paper_id, thumbnails.c.name == "")
    tx.execute(sa.update(thumbnails).where(same).values(tries=thumbnails.c.tries + 1, day=day))


def _nothing(paper_id: int, day: dt.date) -> dict[str, object]:
    return {"paper_id": paper_id, "name": "", "width": 0, "height": 0, "content": b"", "tries": 0, "day": day}


def of_papers(tx: sa.Connection, paper_ids: Iterable[int]) -> dict[int, Thumbnail]:
    """Return the thumbnails of papers, without their bytes; papers that have none are left out."""
    columns = (thumbnails.c.paper_id, thumbnails.c.name, thumbnails.c.width, thumbnails.c.height)
    query = sa.select(*columns).where(thumbnails.c.name != "")
    return {
        row.paper_id: Thumbnail(row.name, row.width, row.height)
        for group in groups(sorted(set(paper_ids)))
        for row in tx.execute(query.where(thumbnails.c.paper_id.in_(group)))
    }


def contents(tx: sa.Connection, names: Iterable[str]) -> dict[str, bytes]:
    """Return thumbnails' bytes by their names; names nobody knows are left out."""
    query = sa.select(thumbnails.c.name, thumbnails.c.content)
    return {
        row.name: row.content
        for group in groups(sorted(set(names) - {""}))
        for row in tx.execute(query.where(thumbnails.c.name.in_(group)))
    }


def prune(tx: sa.Connection, *, before: dt.date, limit: int) -> int:
    """Delete thumbnails, and what is noted of papers without one, from before a day; return how many."""
    old = sa.select(thumbnails.c.paper_id).where(thumbnails.c.day < before).order_by(thumbnails.c.paper_id)
    ids = list(tx.scalars(old.limit(limit)))
    return tx.execute(sa.delete(thumbnails).where(thumbnails.c.paper_id.in_(ids))).rowcount if ids else 0
