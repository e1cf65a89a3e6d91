"""Votes, how much somebody wants to read, and what the ranking keeps."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0002"
down_revision = "0001"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables and columns."""
    for column in (
        sa.Column("about_papers", sa.Integer()),
        sa.Column("least_papers", sa.Integer()),
        sa.Column("relevance", sa.Float()),
        sa.Column("explore", sa.Boolean()),
    ):
        op.add_column("subscribers", column)
    op.add_column("picks", sa.Column("recipe", sa.Text()))
    op.create_table(
        "votes",
        sa.Column("subscriber_id", _KEY, nullable=False),
        sa.Column("paper_id", _KEY, nullable=False),
        sa.Column("vote", sa.Text(), nullable=False),
        sa.Column("voted_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name=op.f("fk_votes_subscriber_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_votes_paper_id")),
        sa.PrimaryKeyConstraint("subscriber_id", "paper_id", "vote", name=op.f("pk_votes")),
    )
    op.create_index(op.f("ix_votes_paper_id"), "votes", ["paper_id"])
    _make_kept()


def _make_kept() -> None:
    op.create_table(
        "features",
        sa.Column("edition_id", _KEY, nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_features_edition_id")),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_features")),
    )
    op.create_table(
        "knowledge",
        sa.Column("edition_id", _KEY, nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("library", sa.JSON(), nullable=False),
        sa.Column("background", sa.LargeBinary(), nullable=False),
        sa.Column("calibration", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_knowledge_edition_id")),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_knowledge")),
    )
    op.create_table(
        "vectors",
        sa.Column("paper_id", _KEY, nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_vectors_paper_id")),
        sa.PrimaryKeyConstraint("paper_id", "model", name=op.f("pk_vectors")),
    )
