"""A lease that is renewed for as long as its job lives: of several schedulers on one database, one runs a job."""

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
import structlog

from dailypapers.domain.clock import Clock
from dailypapers.domain.worker import LEASE
from dailypapers.errors import DatabaseUnreachable
from dailypapers.store import leases
from dailypapers.store.database import writing

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
    done = threading.Event()
    how = {"clock": clock, "lasting": lasting, "done": done}
    renewing = threading.Thread(target=_renew, args=(engine, job, holder), kwargs=how, daemon=True)
    renewing.start()
    try:
        yield True
    finally:
        done.set()
        renewing.join()
        with writing(engine) as tx:
            leases.give_back(tx, job, holder, now=clock())


def _renew(
    engine: sa.Engine, job: str, holder: str, *, clock: Clock, lasting: dt.timedelta, done: threading.Event
) -> None:
    while not done.wait(lasting.total_seconds() / _RENEWALS):
        try:
            with writing(engine) as tx:
                ours = leases.take(tx, job, holder, lasting=lasting, now=clock())
        except DatabaseUnreachable as error:
            log.warning("lease not renewed", job=job, why=str(error))
            continue
        if not ours:
            log.warning("lease lost", job=job)
            return
