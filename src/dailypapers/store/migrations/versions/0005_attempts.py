"""What a digest says is kept with it, every try is a row of its own, and two columns take the field's words."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0005"
down_revision = "0004"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the column and the table; deliveries on hold are called so."""
    op.add_column("outbox", sa.Column("content", sa.JSON()))
    # Both databases know this statement; Alembic's own would copy the table on SQLite.
    op.execute("ALTER TABLE outbox RENAME COLUMN lane TO priority")
    op.execute("UPDATE outbox SET state = 'on_hold' WHERE state = 'held'")
    op.create_table(
        "attempts",
        sa.Column("delivery_id", _KEY, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("handed_over_at", Moment()),
        sa.Column("answered_at", Moment()),
        sa.Column("code", sa.Integer()),
        sa.Column("enhanced", sa.Text()),
        sa.Column("text", sa.Text()),
        sa.Column("outcome", sa.Text()),
        sa.ForeignKeyConstraint(["delivery_id"], ["outbox.id"], name=op.f("fk_attempts_delivery_id")),
        sa.PrimaryKeyConstraint("delivery_id", "number", name=op.f("pk_attempts")),
    )
