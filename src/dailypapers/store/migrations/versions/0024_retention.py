"""Deliveries are deleted in time; what must outlive them is which papers somebody had, and how many ended how."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Make the tables."""
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "picked",
        sa.Column("subscriber_id", key, sa.ForeignKey("subscribers.id", name=op.f("fk_picked_subscriber_id"))),
        sa.Column("paper_id", key, sa.ForeignKey("papers.id", name=op.f("fk_picked_paper_id"))),
        sa.PrimaryKeyConstraint("subscriber_id", "paper_id", name=op.f("pk_picked")),
    )
    op.create_table(
        "ended_deliveries",
        sa.Column("edition_id", key, sa.ForeignKey("editions.id", name=op.f("fk_ended_deliveries_edition_id"))),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("doubt", sa.Text(), nullable=False),
        sa.Column("deliveries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("edition_id", "state", "doubt", name=op.f("pk_ended_deliveries")),
    )
