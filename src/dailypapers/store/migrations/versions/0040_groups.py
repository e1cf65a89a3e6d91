"""Readers who read together: groups, their members, and what was picked for them."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0040"
down_revision = "0039"
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "reading_groups",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("days", sa.Text(), nullable=False),
        sa.Column("next_digest_at", Moment(), nullable=False),
        sa.Column("edition_id", _KEY, _of("editions", "reading_groups", "edition_id")),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_groups")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reading_groups_next_digest_at", "reading_groups", ["next_digest_at"])
    op.create_table(
        "group_members",
        sa.Column("group_id", _KEY, _of("reading_groups", "group_members", "group_id"), nullable=False),
        sa.Column("subscriber_id", _KEY, _of("subscribers", "group_members", "subscriber_id"), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("shows_name", sa.Boolean(), nullable=False),
        sa.Column("pools_votes", sa.Boolean(), nullable=False),
        sa.Column("invited_at", Moment(), nullable=False),
        sa.Column("joined_at", Moment()),
        sa.PrimaryKeyConstraint("group_id", "subscriber_id", name=op.f("pk_group_members")),
    )
    op.create_index("ix_group_members_subscriber_id", "group_members", ["subscriber_id"])
    _make_picks()


def _make_picks() -> None:
    op.create_table(
        "group_picks",
        sa.Column("group_id", _KEY, _of("reading_groups", "group_picks", "group_id"), nullable=False),
        sa.Column("paper_id", _KEY, _of("papers", "group_picks", "paper_id"), nullable=False),
        sa.Column("edition_id", _KEY, _of("editions", "group_picks", "edition_id"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "paper_id", name=op.f("pk_group_picks")),
    )
    op.create_table(
        "group_pick_members",
        sa.Column("group_id", _KEY, _of("reading_groups", "group_pick_members", "group_id"), nullable=False),
        sa.Column("paper_id", _KEY, _of("papers", "group_pick_members", "paper_id"), nullable=False),
        sa.Column("subscriber_id", _KEY, _of("subscribers", "group_pick_members", "subscriber_id"), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "paper_id", "subscriber_id", name=op.f("pk_group_pick_members")),
    )
    op.create_index("ix_group_pick_members_subscriber_id", "group_pick_members", ["subscriber_id"])


def _of(table: str, owner: str, column: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{table}.id", name=op.f(f"fk_{owner}_{column}"))
