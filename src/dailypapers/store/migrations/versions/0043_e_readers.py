"""Readers' e-readers, to which the papers of a week are mailed as a book."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0043"
down_revision = "0042"
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    reader = sa.ForeignKey("subscribers.id", name=op.f("fk_e_readers_subscriber_id"))
    op.create_table(
        "e_readers",
        sa.Column("subscriber_id", _KEY, reader, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("next_book_at", Moment(), nullable=False),
        sa.Column("last_book_at", Moment()),
        sa.Column("disabled_at", Moment()),
        sa.PrimaryKeyConstraint("subscriber_id", name=op.f("pk_e_readers")),
    )
    op.create_index("ix_e_readers_address", "e_readers", ["address"])
    op.create_index("ix_e_readers_next_book_at", "e_readers", ["next_book_at"])
