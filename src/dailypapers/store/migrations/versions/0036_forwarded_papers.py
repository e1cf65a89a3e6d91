"""Papers that readers forward from their alerts."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0036"
down_revision = "0035"
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    reader = sa.ForeignKey("subscribers.id", name=op.f("fk_forwarded_papers_subscriber_id"))
    paper = sa.ForeignKey("papers.id", name=op.f("fk_forwarded_papers_paper_id"))
    op.create_table(
        "forwarded_papers",
        sa.Column("subscriber_id", _KEY, reader, nullable=False),
        sa.Column("paper_id", _KEY, paper, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("alerts", sa.JSON(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("subscriber_id", "paper_id", name=op.f("pk_forwarded_papers")),
    )
    op.create_index("ix_forwarded_papers_received_at", "forwarded_papers", ["received_at"])
