"""Small pictures of papers' figures, and which readers want them."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table and the column; whoever states nothing sees no figures."""
    paper = sa.ForeignKey("papers.id", name=op.f("fk_thumbnails_paper_id"))
    op.create_table(
        "thumbnails",
        sa.Column("paper_id", _KEY, paper, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("paper_id", name=op.f("pk_thumbnails")),
    )
    op.create_index(op.f("ix_thumbnails_name"), "thumbnails", ["name"])
    op.create_index(op.f("ix_thumbnails_day"), "thumbnails", ["day"])
    op.add_column("subscribers", sa.Column("figures", sa.Boolean()))
