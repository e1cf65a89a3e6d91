"""The operator's pages: accounts, their sessions and attempts to sign in, the audit log, and what is switched on."""

import sqlalchemy as sa
from alembic import op

from dailypapers.store.schema import Moment

revision = "0023"
down_revision = "0022"
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, and an index for looking up subscribers."""
    op.create_table(
        "accounts",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text()),
        sa.Column("totp_secret", sa.Text()),
        sa.Column("totp_period", sa.BigInteger()),
        sa.Column("invitation_hash", sa.Text()),
        sa.Column("invited_until", Moment()),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email", name=op.f("uq_accounts_email")),
        sa.UniqueConstraint("invitation_hash", name=op.f("uq_accounts_invitation_hash")),
    )
    _of_accounts()
    op.create_table(
        "audit",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("address", sa.Text()),
        sa.Column("address_hash", sa.Text()),
        sa.Column("before", sa.JSON(none_as_null=True)),
        sa.Column("after", sa.JSON(none_as_null=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_address"), "audit", ["address"])
    op.create_index(op.f("ix_audit_address_hash"), "audit", ["address_hash"])
    op.create_table(
        "controls",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_controls")),
    )
    op.create_index(
        "ix_subscribers_address_begins", "subscribers", ["address"], postgresql_ops={"address": "text_pattern_ops"}
    )


def _of_accounts() -> None:
    op.create_table(
        "recovery_codes",
        sa.Column("account_id", _KEY, nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "code_hash", name=op.f("pk_recovery_codes")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_recovery_codes_account_id")),
    )
    op.create_table(
        "admin_sessions",
        sa.Column("id_hash", sa.Text(), nullable=False),
        sa.Column("account_id", _KEY, nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("began_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_admin_sessions")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_admin_sessions_account_id")),
    )
    op.create_index(op.f("ix_admin_sessions_account_id"), "admin_sessions", ["account_id"])
    op.create_table(
        "sign_ins",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("tried_at", Moment(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
    )
    for column in ("tried_at", "account", "network"):
        op.create_index(op.f(f"ix_sign_ins_{column}"), "sign_ins", [column])
