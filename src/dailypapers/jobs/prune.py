"""Prune: forget what is kept no longer. Running it twice forgets nothing more."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
import structlog

from dailypapers import subscriptions
from dailypapers.store import asks
from dailypapers.store.database import writing

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


def prune(engine: sa.Engine, *, now: dt.datetime) -> Pruned:
    """Erase whoever did not confirm within the life of their link, and forget who asked days ago."""
    with writing(engine) as tx:
        forgotten = asks.prune(tx, before=now - ASKS_KEPT)
    erased, back = 0, 0
    while True:
        # Some at a time, so that others can write in between.
        with writing(engine) as tx:
            more = subscriptions.expire_unconfirmed(tx, now=now)
        if more == (0, 0):
            break
        erased, back = erased + more[0], back + more[1]
    pruned = Pruned(erased, back, forgotten)
    if pruned != Pruned(0, 0, 0):
        log.info("pruned", unconfirmed=erased, unsubscribed_again=back, asks=forgotten)
    return pruned
