"""Papers already kept are met by title and first author however the next source writes that author's name.

Only names are added. The reading of names is the program's own, not a copy of what it was: what is looked up from now
on is what the newest one gives.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from dailypapers.domain.paper import work_keys

revision = "0009"
down_revision = "0008"

#: Papers read at a time; each has up to three names of this kind, and SQLite takes 32,766 values in a statement.
_BATCH = 2_000
_PAPERS = sa.table(
    "papers", sa.column("id", sa.Integer), sa.column("key"), sa.column("title"), sa.column("authors", sa.JSON)
)
_NAMES = sa.table("names", sa.column("name"), sa.column("paper_id", sa.Integer))


def upgrade() -> None:
    """Add the names; and have the search index, which holds whom papers are by, made anew."""
    connection, after = op.get_bind(), 0
    while rows := connection.execute(_next(after)).all():
        _add_names(connection, rows)
        after = rows[-1].id
    op.execute(sa.delete(sa.table("counted")))


def _next(after: int) -> sa.Select[Any]:
    """Select papers with the one their own name leads to: it is another where two turned out to be one work."""
    own = _PAPERS.join(_NAMES, _NAMES.c.name == _PAPERS.c.key)
    columns = (_PAPERS.c.id, _NAMES.c.paper_id, _PAPERS.c.title, _PAPERS.c.authors)
    return sa.select(*columns).select_from(own).where(_PAPERS.c.id > after).order_by(_PAPERS.c.id).limit(_BATCH)


def _add_names(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> None:
    wanted: dict[str, int] = {}
    for row in rows:
        for name in work_keys(row.title, tuple(row.authors)):
            wanted.setdefault(name, row.paper_id)
    known = set(connection.scalars(sa.select(_NAMES.c.name).where(_NAMES.c.name.in_(wanted))))
    new = [{"name": name, "paper_id": paper_id} for name, paper_id in wanted.items() if name not in known]
    if new:
        connection.execute(sa.insert(_NAMES), new)
