"""What readers choose by themselves: pauses, how mails look; how they agreed; and who asked to subscribe lately."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0003"
down_revision = "0002"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table and the columns."""
    for column in (
        sa.Column("consent_form", sa.Text()),
        sa.Column("consent_network", sa.Text()),
        sa.Column("paused_until", sa.Date()),
        sa.Column("text_only", sa.Boolean()),
        sa.Column("abstracts", sa.Text()),
    ):
        op.add_column("subscribers", column)
    op.add_column("picks", sa.Column("outside", sa.Boolean()))
    op.create_table(
        "asks",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asks")),
    )
    for name in ("asked_at", "address", "canonical", "network"):
        op.create_index(op.f(f"ix_asks_{name}"), "asks", [name])
