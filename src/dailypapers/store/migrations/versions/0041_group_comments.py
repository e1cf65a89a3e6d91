"""What members of a group say to each other."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0041"
down_revision = "0040"
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "group_comments",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("group_id", _KEY, _of("reading_groups", "group_id"), nullable=False),
        sa.Column("subscriber_id", _KEY, _of("subscribers", "subscriber_id"), nullable=False),
        sa.Column("paper_id", _KEY, _of("papers", "paper_id")),
        sa.Column("edition_id", _KEY, _of("editions", "edition_id")),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_comments")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_group_comments_group_id_edition_id", "group_comments", ["group_id", "edition_id"])
    op.create_index("ix_group_comments_subscriber_id", "group_comments", ["subscriber_id"])


def _of(table: str, column: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{table}.id", name=op.f(f"fk_group_comments_{column}"))
