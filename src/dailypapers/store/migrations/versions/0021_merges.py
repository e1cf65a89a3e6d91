"""Which records were taken for one paper, and why, is kept, so that it can be looked up and undone."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0021"
down_revision = "0020"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table. Merges of before are not known by their reasons and stay as they are."""
    op.create_table(
        "merges",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("paper_id", _KEY, nullable=False),
        sa.Column("other_id", _KEY),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("merged_at", Moment(), nullable=False),
        sa.Column("split_at", Moment()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_merges_paper_id")),
        sa.ForeignKeyConstraint(["other_id"], ["papers.id"], name=op.f("fk_merges_other_id")),
    )
    op.create_index(op.f("ix_merges_paper_id"), "merges", ["paper_id"])
    op.create_index(op.f("ix_merges_other_id"), "merges", ["other_id"])
