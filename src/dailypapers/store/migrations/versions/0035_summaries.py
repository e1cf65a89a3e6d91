"""What a language model was asked to say of papers."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    paper = sa.ForeignKey("papers.id", name=op.f("fk_summaries_paper_id"))
    op.create_table(
        "summaries",
        sa.Column("paper_id", _KEY, paper, autoincrement=False, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("paper_id", "language", name=op.f("pk_summaries")),
    )
    op.create_index(op.f("ix_summaries_day"), "summaries", ["day"])
