"""Readers' profiles elsewhere, whose papers become their example papers."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0034"
down_revision = "0033"
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    reader = sa.ForeignKey("subscribers.id", name=op.f("fk_profiles_subscriber_id"))
    op.create_table(
        "profiles",
        sa.Column("subscriber_id", _KEY, reader, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("profile_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", Moment()),
        sa.PrimaryKeyConstraint("subscriber_id", "kind", "profile_id", name=op.f("pk_profiles")),
    )
    op.create_index("ix_profiles_next_attempt_at", "profiles", ["next_attempt_at"])
