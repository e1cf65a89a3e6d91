"""Weekly ballots of groups: when they close, who votes for what, and what was chosen."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0042"
down_revision = "0041"
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables and columns; groups have no ballot until an organiser says when."""
    op.add_column("reading_groups", sa.Column("ballot_day", sa.Integer()))
    op.add_column("reading_groups", sa.Column("ballot_closes_at", Moment()))
    op.add_column("group_members", sa.Column("nominates", sa.Boolean()))
    op.create_table(
        "ballot_votes",
        sa.Column("group_id", _KEY, _of("reading_groups", "ballot_votes", "group_id"), nullable=False),
        sa.Column("subscriber_id", _KEY, _of("subscribers", "ballot_votes", "subscriber_id"), nullable=False),
        sa.Column("paper_id", _KEY, _of("papers", "ballot_votes", "paper_id"), nullable=False),
        sa.Column("voted_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "subscriber_id", name=op.f("pk_ballot_votes")),
    )
    op.create_index("ix_ballot_votes_subscriber_id", "ballot_votes", ["subscriber_id"])
    op.create_table(
        "group_choices",
        sa.Column("group_id", _KEY, _of("reading_groups", "group_choices", "group_id"), nullable=False),
        sa.Column("paper_id", _KEY, _of("papers", "group_choices", "paper_id"), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("chosen_at", Moment(), nullable=False),
        sa.Column("edition_id", _KEY, _of("editions", "group_choices", "edition_id")),
        sa.PrimaryKeyConstraint("group_id", "paper_id", name=op.f("pk_group_choices")),
    )


def _of(table: str, owner: str, column: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{table}.id", name=op.f(f"fk_{owner}_{column}"))
