"""Links are bound to one subscription, and ids in links are never given again.

Whoever subscribed before keeps an empty value, so that the links they have been sent work on. Their ids are not given
again, and whoever subscribes from now on has a value: no old link fits a new subscription.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column, and on SQLite make ids count on; PostgreSQL's sequences do so by themselves."""
    op.add_column("subscribers", sa.Column("link_key", sa.Text()))
    if op.get_bind().dialect.name == "sqlite":
        for name in ("subscribers", "outbox"):
            with op.batch_alter_table(name, recreate="always", table_kwargs={"sqlite_autoincrement": True}):
                pass
