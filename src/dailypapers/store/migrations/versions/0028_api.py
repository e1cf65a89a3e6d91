"""The API: its keys, what was answered to requests that must not be done twice, and subscribers by state in order."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0028"
down_revision = "0027"
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables and the index."""
    op.create_table(
        "api_keys",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment()),
        sa.Column("revoked_at", Moment()),
        sa.Column("last_used_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_keys_prefix")),
    )
    not_revoked = sa.text("revoked_at IS NULL")
    op.create_index(
        "ix_api_keys_name", "api_keys", ["name"], unique=True, sqlite_where=not_revoked, postgresql_where=not_revoked
    )
    op.create_table(
        "api_answers",
        sa.Column("api_key_id", _KEY, sa.ForeignKey("api_keys.id", name=op.f("fk_api_answers_api_key_id"))),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True)),
        sa.Column("subscriber_id", _KEY, sa.ForeignKey("subscribers.id", name=op.f("fk_api_answers_subscriber_id"))),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("api_key_id", "key_hash", name=op.f("pk_api_answers")),
    )
    for column in ("subscriber_id", "created_at"):
        op.create_index(op.f(f"ix_api_answers_{column}"), "api_answers", [column])
    op.create_index("ix_subscribers_state_id", "subscribers", ["state", "id"])
