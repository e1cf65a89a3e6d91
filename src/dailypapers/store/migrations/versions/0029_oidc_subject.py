"""An account is bound to who signed in by OpenID Connect, not to their address, which may become somebody else's."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("accounts") as batch:
        batch.add_column(sa.Column("oidc_subject", sa.Text()))
        batch.create_unique_constraint(op.f("uq_accounts_oidc_subject"), ["oidc_subject"])
