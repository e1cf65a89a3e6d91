"""Composers on one database share the readers: each claims some, for a while."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Nobody is claimed yet."""
    op.add_column("subscribers", sa.Column("composing_until", Moment()))
