"""A pick keeps how relevant it was, apart from its score: what votes say of it sets the threshold of relevance."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the column; of older picks the score stands for it."""
    op.add_column("picks", sa.Column("relevance", sa.Float))
