"""Requests of providers are remembered for days, so that one that comes again changes nothing."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "webhook_calls",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_webhook_calls")),
    )
    op.create_index(op.f("ix_webhook_calls_received_at"), "webhook_calls", ["received_at"])
