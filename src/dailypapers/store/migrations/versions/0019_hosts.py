"""Who may ask a host when is kept, so that all processes go by it and a restart forgets nothing."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "hosts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("next_at", Moment(), nullable=False),
        sa.Column("closed_until", Moment(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("held_until", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_hosts")),
    )
