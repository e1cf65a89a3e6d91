"""Meaning is learned from words in the singular, and more words with a hyphen are one: papers are counted anew."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    """Forget term frequencies and what was learned from them; they are made again from the papers."""
    for name in ("features", "counted", "knowledge"):
        op.execute(sa.delete(sa.table(name)))
