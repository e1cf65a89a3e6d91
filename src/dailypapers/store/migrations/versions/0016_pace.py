"""How fast mails went is stored, so that a restart or a second sender does not send the limits twice over."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the tables, and the columns for what a try went by, a mail's largest size, and how far a worker has come."""
    op.create_table(
        "mail_servers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("next_at", Moment()),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mail_servers")),
    )
    op.create_table(
        "mail_server_counts",
        sa.Column("server", sa.Text(), nullable=False),
        sa.Column("began_at", Moment(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("server", "began_at", name=op.f("pk_mail_server_counts")),
    )
    op.create_table(
        "receiving_domains",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("next_at", Moment()),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("left_alone_until", Moment()),
        sa.Column("pause_seconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_receiving_domains")),
    )
    op.add_column("attempts", sa.Column("server", sa.Text()))
    op.add_column("outbox", sa.Column("max_bytes", sa.Integer()))
    op.add_column("workers", sa.Column("progress", sa.JSON()))
