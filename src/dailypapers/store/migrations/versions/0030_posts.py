"""Events are posted to webhooks, and digests to readers' channels."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Make the tables."""
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "webhooks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("disabled_at", Moment()),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_webhooks")),
    )
    op.create_table(
        "channels",
        sa.Column("subscriber_id", key, sa.ForeignKey("subscribers.id", name=op.f("fk_channels_subscriber_id"))),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sealed_url", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("disabled_at", Moment()),
        sa.Column("told_at", Moment()),
        sa.PrimaryKeyConstraint("subscriber_id", name=op.f("pk_channels")),
    )
    op.create_table(
        "posts",
        sa.Column("id", key, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subscriber_id", key, sa.ForeignKey("subscribers.id", name=op.f("fk_posts_subscriber_id"))),
        sa.Column("delivery_id", key, sa.ForeignKey("outbox.id", name=op.f("fk_posts_delivery_id"))),
        sa.Column("data", sa.JSON(none_as_null=True)),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", Moment()),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("key", name=op.f("uq_posts_key")),
    )
    for column in ("subscriber_id", "delivery_id", "next_attempt_at", "created_at"):
        op.create_index(op.f(f"ix_posts_{column}"), "posts", [column])
