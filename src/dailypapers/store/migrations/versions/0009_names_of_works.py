"""Papers already kept are met by title and first author however the next source writes that author's name.

Only names are added. The reading of names is the program's own, not a copy of what it was: what is looked up from now
on is what the newest one gives.
"""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.migrations.work_names import add_names

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the names; and have the search index, which holds whom papers are by, made anew."""
    add_names(op.get_bind())
    op.execute(sa.delete(sa.table("counted")))
