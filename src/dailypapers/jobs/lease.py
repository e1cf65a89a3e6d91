"""A lease that is renewed for as long as its job lives: of several schedulers on one database, one runs a job."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
import structlog

from dailypapers.domain.clock import Clock
from dailypapers.domain.worker import LEASE
from dailypapers.store import leases
from dailypapers.store.database import writing
from dailypapers.store.renewal import renewed

log = structlog.get_logger()

#: It is renewed so many times before it would run out, so that a busy database may fail some of them.
_RENEWALS = 5


@contextmanager
def lease(engine: sa.Engine, job: str, holder: str, *, clock: Clock, lasting: dt.timedelta = LEASE) -> Iterator[bool]:
    """Hold the lease of a job while the body runs; yields whether it is ours, without which the body does nothing.

    When its holder dies, others can have it after `lasting`.
    """
    with writing(engine) as tx:
        ours = leases.take(tx, job, holder, lasting=lasting, now=clock())
    if not ours:
        yield False
        return

    def renew() -> bool:
        with writing(engine) as tx:
            still_ours = leases.take(tx, job, holder, lasting=lasting, now=clock())
        if not still_ours:
            log.warning("lease lost", job=job)
        return still_ours

    try:
        with renewed(renew, every=lasting / _RENEWALS, name=f"lease of {job}"):
            yield True
    finally:
        with writing(engine) as tx:
            leases.give_back(tx, job, holder, now=clock())
