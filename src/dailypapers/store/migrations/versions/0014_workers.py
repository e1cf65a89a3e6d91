"""Who sends is a row, and so is known to be alive or dead; a delivery knows whether one of its answers is missing."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the table and the column; what was uncertain before was held, and its papers were kept."""
    op.add_column("outbox", sa.Column("doubt", sa.Text()))
    op.execute("UPDATE outbox SET doubt = 'hold' WHERE state = 'uncertain'")
    op.create_index("ix_outbox_state_priority_id", "outbox", ["state", "priority", "id"])
    op.create_table(
        "workers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started", sa.Text(), nullable=False),
        sa.Column("began_at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("ended_at", Moment()),
        sa.Column("stopped", sa.Text(), nullable=False),
        sa.Column("resume_at", Moment()),
        sa.Column("handed_over", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_index(op.f("ix_workers_ended_at"), "workers", ["ended_at"])
