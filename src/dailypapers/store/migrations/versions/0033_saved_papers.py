"""Saved papers have a collection and a note, and their readers are told what becomes of them."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Make the tables."""
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "saved_papers",
        sa.Column("subscriber_id", key, sa.ForeignKey("subscribers.id", name=op.f("fk_saved_papers_subscriber_id"))),
        sa.Column("paper_id", key, sa.ForeignKey("papers.id", name=op.f("fk_saved_papers_paper_id"))),
        sa.Column("collection", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(none_as_null=True)),
        sa.PrimaryKeyConstraint("subscriber_id", "paper_id", name=op.f("pk_saved_papers")),
    )
    op.create_table(
        "notices",
        sa.Column("paper_id", key, sa.ForeignKey("papers.id", name=op.f("fk_notices_paper_id"))),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("doi", sa.Text(), nullable=False),
        sa.Column("noticed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("paper_id", "kind", "doi", name=op.f("pk_notices")),
    )
