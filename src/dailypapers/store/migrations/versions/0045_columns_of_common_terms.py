"""A common term has its column of the counts to itself: what was counted before is counted anew."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    """Forget term frequencies and what was learned from them; they are made again from the papers."""
    for name in ("features", "counted", "knowledge"):
        op.execute(sa.delete(sa.table(name)))
