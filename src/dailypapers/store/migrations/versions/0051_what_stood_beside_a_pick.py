"""What stood beside a paper is kept with its pick, in a text that readers share, and not in each mail's content."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    """Add a column to picks; mails composed before keep theirs where it is."""
    op.add_column("picks", sa.Column("about", sa.Text()))
