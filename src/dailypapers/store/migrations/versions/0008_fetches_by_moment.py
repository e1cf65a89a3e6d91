"""When a source was last asked is found without reading every fetch there has been."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the index; the fetches of a source within its habit are found by it as well."""
    op.create_index(op.f("ix_fetches_fetched_at"), "fetches", ["fetched_at"], unique=False)
