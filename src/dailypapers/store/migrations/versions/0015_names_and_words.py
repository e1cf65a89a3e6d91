"""More ways to write a name lead to the same person, and more inflected words to their base.

Papers already kept get the names they are met by from now on; what was counted and learned is made anew from them.
"""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.migrations.work_names import add_names

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the names; forget term frequencies and what was learned from them."""
    add_names(op.get_bind())
    for name in ("features", "counted", "knowledge"):
        op.execute(sa.delete(sa.table(name)))
