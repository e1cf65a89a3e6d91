"""The deliveries of an edition are counted by state without reading each of them."""

from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Put into the index of an edition's deliveries what is counted of them: their state, and what doubt there is."""
    op.create_index(op.f("ix_outbox_edition_id_state_doubt"), "outbox", ["edition_id", "state", "doubt"], unique=False)
    op.drop_index(op.f("ix_outbox_edition_id"), "outbox")
