"""Prune: forget what is kept no longer. Running it twice forgets nothing more."""

import datetime as dt
from dataclasses import asdict, astuple, dataclass

import sqlalchemy as sa
import structlog

from dailypapers.library.vectors import forget_other_vectors
from dailypapers.ranking.embeddings.encoder import Encoder
from dailypapers.store import signups as asks
from dailypapers.store.database import writing
from dailypapers.subscriptions.erase import expire_unconfirmed

log = structlog.get_logger()

#: The limits of the form look back a day; two more are for an operator who looks into an attack.
ASKS_KEPT = dt.timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was forgotten."""

    #: Who asked to subscribe and did not confirm, and had never been a subscriber.
    unconfirmed: int
    #: Who had left, asked again, and did not confirm: they are unsubscribed as before.
    unsubscribed_again: int
    #: Notes of who asked, as hashes.
    asks: int
    #: What models made of papers that are used no longer.
    vectors: int = 0


def prune(engine: sa.Engine, *, encoder: Encoder | None = None, now: dt.datetime) -> Pruned:
    """Erase whoever did not confirm in time; forget who asked days ago, and the vectors of other models.

    Without an encoder all vectors stay: it may be back tomorrow, and to make them again takes long.
    """
    with writing(engine) as tx:
        forgotten = asks.prune(tx, before=now - ASKS_KEPT)
    erased, back = _unconfirmed(engine, now)
    pruned = Pruned(erased, back, forgotten, forget_other_vectors(engine, encoder))
    if any(astuple(pruned)):
        log.info("pruned", **asdict(pruned))
    return pruned


def _unconfirmed(engine: sa.Engine, now: dt.datetime) -> tuple[int, int]:
    erased, back, more = 0, 0, (1, 1)
    while any(more):
        with writing(engine) as tx:
            more = expire_unconfirmed(tx, now=now)
        erased, back = erased + more[0], back + more[1]
    return erased, back
