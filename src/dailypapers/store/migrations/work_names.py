"""The names that papers already kept are met by, added to the table where they lack: title and first author."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.paper import work_keys

#: Papers read at a time; each has up to three names of this kind, and SQLite takes 32,766 values in a statement.
_BATCH = 2_000
_PAPERS = sa.table(
    "papers", sa.column("id", sa.Integer), sa.column("key"), sa.column("title"), sa.column("authors", sa.JSON)
)
_NAMES = sa.table("names", sa.column("name"), sa.column("paper_id", sa.Integer))


def add_names(connection: sa.Connection) -> None:
    """Add every name that the program gives papers now and that no paper has; none is taken away."""
    after = 0
    while rows := connection.execute(_next(after)).all():
        _add_names(connection, rows)
        after = rows[-1].id


def _next(after: int) -> sa.Select[Any]:
    """Select papers with the one their own name leads to: it is another where two turned out to be one work."""
    own = _PAPERS.join(_NAMES, _NAMES.c.name == _PAPERS.c.key)
    columns = (_PAPERS.c.id, _NAMES.c.paper_id, _PAPERS.c.title, _PAPERS.c.authors)
    return sa.select(*columns).select_from(own).where(_PAPERS.c.id > after).order_by(_PAPERS.c.id).limit(_BATCH)


def _add_names(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> None:
    ids_by_name: dict[str, int] = {}
    for row in rows:
        for name in work_keys(row.title, tuple(row.authors)):
            ids_by_name.setdefault(name, row.paper_id)
    stored_names = set(connection.scalars(sa.select(_NAMES.c.name).where(_NAMES.c.name.in_(ids_by_name))))
    new = [{"name": name, "paper_id": paper_id} for name, paper_id in ids_by_name.items() if name not in stored_names]
    if new:
        connection.execute(sa.insert(_NAMES), new)
