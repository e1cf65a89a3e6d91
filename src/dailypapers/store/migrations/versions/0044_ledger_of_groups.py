"""Digests of groups count in the ledger of the edition they were picked from."""

from collections import Counter

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns, and count what was sent to groups so far."""
    op.add_column("outbox", sa.Column("group_edition_id", _KEY))
    op.add_column("editions", sa.Column("group_due", sa.Integer()))
    op.create_index(
        "ix_outbox_group_edition_id_state_doubt",
        "outbox",
        ["group_edition_id", "state", "doubt"],
        sqlite_where=sa.text("group_edition_id IS NOT NULL"),
        postgresql_where=sa.text("group_edition_id IS NOT NULL"),
    )
    tx = op.get_bind()
    outbox = sa.table("outbox", *map(sa.column, ("id", "kind", "group_edition_id")), sa.column("content", sa.JSON))
    sent = tx.execute(sa.select(outbox.c.id, outbox.c.content).where(outbox.c.kind == "group")).all()
    edition_by_id = {row.id: row.content["group"][1] for row in sent if row.content and row.content.get("group")}
    for delivery_id, edition_id in edition_by_id.items():
        tx.execute(sa.update(outbox).where(outbox.c.id == delivery_id).values(group_edition_id=edition_id))
    editions = sa.table("editions", *map(sa.column, ("id", "group_due")))
    for edition_id, mails in Counter(edition_by_id.values()).items():
        tx.execute(sa.update(editions).where(editions.c.id == edition_id).values(group_due=mails))
