"""When the operator was told of what is kept, so that they are told seldom, by whichever process."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "alerts",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tried_at", Moment(), nullable=False),
        sa.Column("told_at", Moment()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_alerts")),
    )
