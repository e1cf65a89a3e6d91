"""Readers' tools, and which saved paper has been sent to which."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0031"
down_revision = "0030"
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    reader = sa.ForeignKey("subscribers.id", name=op.f("fk_tools_subscriber_id"))
    op.create_table(
        "tools",
        sa.Column("subscriber_id", _KEY, reader, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("refusal", sa.Text()),
        sa.Column("saved_from", Moment(), nullable=False),
        sa.Column("check_at", Moment()),
        sa.PrimaryKeyConstraint("subscriber_id", "kind", name=op.f("pk_tools")),
    )
    reader = sa.ForeignKey("subscribers.id", name=op.f("fk_tool_pushes_subscriber_id"))
    paper = sa.ForeignKey("papers.id", name=op.f("fk_tool_pushes_paper_id"))
    op.create_table(
        "tool_pushes",
        sa.Column("subscriber_id", _KEY, reader, nullable=False),
        sa.Column("paper_id", _KEY, paper, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", Moment()),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subscriber_id", "paper_id", "kind", name=op.f("pk_tool_pushes")),
    )
    op.create_index("ix_tool_pushes_next_attempt_at", "tool_pushes", ["next_attempt_at"])
