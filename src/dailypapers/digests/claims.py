"""Claims on readers: who composes for them, so that several composers on one database share the work.

A claim is renewed for as long as its composer lives. When it dies, its readers are free as soon as the claim runs out.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa

from dailypapers.domain.clock import Clock
from dailypapers.store import subscribers
from dailypapers.store.database import writing
from dailypapers.store.renewal import renewed

#: How long readers wait whose composer died.
CLAIM = dt.timedelta(seconds=30)
#: It is renewed so many times before it would run out, so that a busy database may fail some of them.
_RENEWALS = 5


@contextmanager
def claimed(
    engine: sa.Engine, subscriber_ids: Sequence[int], *, clock: Clock, lasting: dt.timedelta = CLAIM
) -> Iterator[None]:
    """Keep readers that are claimed from other composers while the body runs."""

    def renew() -> bool:
        with writing(engine) as tx:
            subscribers.renew_claims(tx, subscriber_ids, until=clock() + lasting)
        return True

    with renewed(renew, every=lasting / _RENEWALS, name="claims"):
        yield
