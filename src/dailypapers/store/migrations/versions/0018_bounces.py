"""What reports tell of mails that had left is stored, so that soft bounces add up and nothing is counted twice."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0018"
down_revision = "0017"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "bounces",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("subscriber_id", _KEY, nullable=False),
        sa.Column("delivery_id", _KEY),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("fault", sa.Text()),
        sa.Column("hard", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["outbox.id"], name=op.f("fk_bounces_delivery_id")),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name=op.f("fk_bounces_subscriber_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounces")),
        sa.UniqueConstraint("key", name=op.f("uq_bounces_key")),
    )
    for column in ("delivery_id", "received_at", "subscriber_id"):
        op.create_index(op.f(f"ix_bounces_{column}"), "bounces", [column])
