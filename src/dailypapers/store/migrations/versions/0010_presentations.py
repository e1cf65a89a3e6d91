"""What a source shows of a paper, besides what it counts, is kept beside the counts."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column; nothing of what is kept has a value for it."""
    op.add_column("signals", sa.Column("presentation", sa.JSON(none_as_null=True)))
