"""Keys by which readers' programs see what they see."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0039"
down_revision = "0038"
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    reader = sa.ForeignKey("subscribers.id", name=op.f("fk_reader_keys_subscriber_id"))
    op.create_table(
        "reader_keys",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("subscriber_id", _KEY, reader, nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("may_act", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("last_used_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reader_keys")),
        sa.UniqueConstraint("prefix", name=op.f("uq_reader_keys_prefix")),
    )
    op.create_index(op.f("ix_reader_keys_subscriber_id"), "reader_keys", ["subscriber_id"])
