"""Keys that open readers' own libraries, encrypted, until these have been read."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    """Add the column."""
    op.add_column("profiles", sa.Column("encrypted_key", sa.Text()))
