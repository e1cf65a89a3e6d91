"""What came of a source, and of each of its categories, is kept by the day; its habits are read from there."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the table and the column; the days so far are those of the fetches, in UTC."""
    op.add_column("fetches", sa.Column("category", sa.Text()))
    # What an edition did not wait for any longer has stalled.
    op.execute("UPDATE fetches SET state = 'stalled' WHERE state = 'waiting' AND edition_id IS NOT NULL")
    days = op.create_table(
        "source_days",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("fetched_at", Moment(), nullable=False),
        sa.Column("new_at", Moment()),
        sa.PrimaryKeyConstraint("source", "category", "day", name=op.f("pk_source_days")),
    )
    fetches = sa.table(
        "fetches",
        sa.column("source", sa.Text),
        sa.column("fetched_at", Moment),
        sa.column("id", sa.Integer),
        *(sa.column(name, sa.Text) for name in ("state", "note")),
        *(sa.column(name, sa.Integer) for name in ("items", "new", "skipped")),
    )
    rows: dict[tuple[str, dt.date], dict[str, Any]] = {}
    for fetch in op.get_bind().execute(sa.select(fetches).order_by(fetches.c.fetched_at, fetches.c.id)):
        key = (fetch.source, fetch.fetched_at.date())
        rows[key] = _added(rows.get(key), fetch)
    if rows:
        op.bulk_insert(days, list(rows.values()))


def _added(row: dict[str, Any] | None, fetch: sa.Row[Any]) -> dict[str, Any]:
    """Add one more fetch to its day; a day that brought something stays fresh."""
    row = row or {"state": "", "new": 0, "items": 0, "skipped": 0, "new_at": None}
    return {
        "source": fetch.source,
        "category": "",
        "day": fetch.fetched_at.date(),
        "state": "fresh" if "fresh" in {row["state"], fetch.state} else fetch.state,
        "new": row["new"] + fetch.new,
        "items": max(row["items"], fetch.items),
        "skipped": max(row["skipped"], fetch.skipped),
        "note": fetch.note,
        "fetched_at": fetch.fetched_at,
        "new_at": fetch.fetched_at if fetch.new else row["new_at"],
    }
