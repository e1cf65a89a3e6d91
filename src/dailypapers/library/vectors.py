"""Papers' vectors that are no longer used."""

import sqlalchemy as sa

from dailypapers.ranking.embeddings.encoder import Encoder, kept_as
from dailypapers.store import models
from dailypapers.store.database import writing

#: Rows removed in one transaction, so that others can write in between.
BATCH = 5_000


def forget_other_vectors(engine: sa.Engine, encoder: Encoder | None, *, batch: int = BATCH) -> int:
    """Remove the vectors of other models than this one; returns how many.

    Without an encoder all stay: it may be back tomorrow, and to make them again takes long.
    """
    if encoder is None:
        return 0
    total, removed = 0, 1
    while removed:
        with writing(engine) as tx:
            removed = models.forget_other_vectors(tx, kept_as(encoder), limit=batch)
        total += removed
    return total
