"""Readers choose the language of their mails and pages."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Add the column; whoever states nothing reads the service's own language."""
    op.add_column("subscribers", sa.Column("language", sa.Text()))
