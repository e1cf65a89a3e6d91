"""What readers get on a day on which no paper is relevant to them."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Nobody has stated anything yet, which is no mail, as before."""
    op.add_column("subscribers", sa.Column("on_empty", sa.Text()))
