"""Requests of keys counted over all processes, domains that refuse us, and posts that wait or were given up."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    """Add the columns, the table and the index."""
    op.add_column("api_keys", sa.Column("counted_minute", sa.BigInteger()))
    op.add_column("api_keys", sa.Column("counted_requests", sa.Integer()))
    op.create_table(
        "refusals_of_us",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("refused_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_refusals_of_us")),
    )
    op.create_index(
        "ix_posts_target_state",
        "posts",
        ["target", "state", "created_at"],
        sqlite_where=sa.text("state IN ('queued', 'dead')"),
        postgresql_where=sa.text("state IN ('queued', 'dead')"),
    )
