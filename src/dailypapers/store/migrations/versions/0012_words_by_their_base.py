"""Words are compared by their base, and single letters with their neighbors: what was counted before is counted anew.

Nothing that was stated, sent or voted is touched; what is deleted is made again from the papers when it is next needed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Forget the term frequencies of editions and of the search index, and what was learned from them."""
    for name in ("features", "counted", "knowledge"):
        op.execute(sa.delete(sa.table(name)))
