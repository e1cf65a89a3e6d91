"""Who was invited without being a reader, as keyed hashes: nobody is twice."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "invited_strangers",
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("invited_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", name=op.f("pk_invited_strangers")),
    )
