"""A worker: this run's row among those that send, kept alive by a thread, which also looks after those that died."""

import datetime as dt
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import sqlalchemy as sa
import structlog

from dailypapers.delivery.persist import Persistence
from dailypapers.delivery.process import this_process
from dailypapers.delivery.recovery import recover, release_orphans
from dailypapers.domain.clock import Clock
from dailypapers.domain.delivery import Doubt
from dailypapers.domain.worker import LEASE, Progress
from dailypapers.errors import DatabaseUnreachable
from dailypapers.store import workers
from dailypapers.store.database import writing
from dailypapers.store.renewal import renewed

log = structlog.get_logger()

#: A lease outlasts two renewals that fail.
RENEW_EVERY = LEASE / 3


@dataclass
class WorkerRun:
    """A worker that lives."""

    engine: sa.Engine
    id: str
    clock: Clock
    policy: Doubt
    persistence: Persistence
    is_lost: threading.Event = field(default_factory=threading.Event)
    """Set once others have declared it dead: it must hand over nothing more."""
    stopped: str = ""
    """Why it ended early, in a sentence."""
    resume_at: dt.datetime | None = None
    """Until when no other run need begin by itself."""
    progress: Progress = field(default=Progress())
    """What it has done so far."""

    def lives_on(self, tx: sa.Connection) -> bool:
        """Renew the lease; returns whether it could be, without which nothing more may be claimed."""
        if not workers.renew(tx, self.id, now=self.clock()) and not self.is_lost.is_set():
            log.warning("this sender was taken for dead; another one goes on")
            self.is_lost.set()
        return not self.is_lost.is_set()

    def renew(self) -> None:
        """Renew the lease, and recover what others have left."""
        with writing(self.engine) as tx:
            self.lives_on(tx)
        recover(self.engine, self.policy, now=self.clock())

    def end(self) -> None:
        """End, and let go of what is still claimed."""
        with writing(self.engine) as tx:
            workers.note_progress(tx, self.id, self.progress)
            workers.end(tx, self.id, stopped=self.stopped, resume_at=self.resume_at, now=self.clock())
            release_orphans(tx, self.policy, now=self.clock())


@contextmanager
def working(
    engine: sa.Engine, label: str, policy: Doubt, *, clock: Clock, renew_every: dt.timedelta = RENEW_EVERY
) -> Iterator[WorkerRun]:
    """Be a worker while the body runs; what dead ones have left is recovered first.

    Nothing may be on its way any more when the body ends: what it left claimed is given back, and is in doubt where it
    was handed over.
    """
    recover(engine, policy, now=clock())
    run = WorkerRun(engine, f"{label}-{secrets.token_hex(8)}", clock, policy, Persistence(engine))
    with writing(engine) as tx:
        workers.register(tx, run.id, this_process(), now=clock())

    def renew() -> bool:
        if not run.is_lost.is_set():
            run.renew()
        return not run.is_lost.is_set()

    try:
        with renewed(renew, every=renew_every, name="lease"):
            yield run
    finally:
        run.persistence.close()
        # Who cannot say that it has ended is found dead by the next one.
        with suppress(DatabaseUnreachable):
            run.end()
