"""Groups whose members a provider of OpenID Connect names, and how groups' emails look."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    """Add the columns; members so far were invited, and emails stay as each reader has them."""
    for name in ("claim", "language", "abstracts"):
        op.add_column("reading_groups", sa.Column(name, sa.Text()))
    op.create_index(op.f("ix_reading_groups_claim"), "reading_groups", ["claim"])
    op.add_column("group_members", sa.Column("by_claim", sa.Boolean()))
