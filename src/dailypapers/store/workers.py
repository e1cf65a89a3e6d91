"""Workers: a row a run that sends, alive as long as it renews its lease or its process is seen to run."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from dailypapers.domain.worker import LEASE, Process, Progress, Worker
from dailypapers.store.prepared import Prepared
from dailypapers.store.schema import workers

_DIED = "its process ended without a word"


def register(tx: sa.Connection, worker_id: str, process: Process, *, now: dt.datetime) -> None:
    """Add a worker that begins now; committed before it claims anything, it cannot be taken for dead."""
    row = {"place": process.place, "pid": process.pid, "started": process.started}
    alive = {"began_at": now, "until": now + LEASE, "stopped": "", "handed_over": 0}
    tx.execute(sa.insert(workers).values(id=worker_id, **row, **alive))


def renew(tx: sa.Connection, worker_id: str, *, now: dt.datetime) -> bool:
    """Prolong a worker's lease; returns whether it still counts as alive. Declared dead, it must send nothing more."""
    return _RENEWING.run(tx, key=worker_id, to=now + LEASE) == 1


_RENEWING = Prepared(
    sa.update(workers)
    .where(workers.c.id == sa.bindparam("key", type_=sa.Text), workers.c.ended_at.is_(None))
    .values(until=sa.bindparam("to", type_=workers.c.until.type))
)


def alive(tx: sa.Connection) -> list[Worker]:
    """Return all workers that have neither ended nor been declared dead."""
    query = sa.select(workers).where(workers.c.ended_at.is_(None)).order_by(workers.c.id)
    return [Worker(row.id, Process(row.place, row.pid, row.started), row.until) for row in tx.execute(query)]


def declare_dead(tx: sa.Connection, dead: Sequence[Worker], *, now: dt.datetime) -> None:
    """End the workers that were found dead; one that has renewed its lease meanwhile is not."""
    for worker in dead:
        as_seen = sa.and_(workers.c.id == worker.id, workers.c.ended_at.is_(None), workers.c.until == worker.until)
        tx.execute(sa.update(workers).where(as_seen).values(ended_at=now, stopped=_DIED))


def end(
    tx: sa.Connection, worker_id: str, *, stopped: str = "", resume_at: dt.datetime | None = None, now: dt.datetime
) -> None:
    """Note that a worker has ended, and if it ended early, why, and before when no other one need begin."""
    ended = sa.update(workers).where(workers.c.id == worker_id, workers.c.ended_at.is_(None))
    tx.execute(ended.values(ended_at=now, stopped=stopped, resume_at=resume_at))


@dataclass(frozen=True, slots=True)
class Pause:
    """No worker need begin by itself, by word of the one that ended last."""

    began_at: dt.datetime
    resume_at: dt.datetime


def pause(tx: sa.Connection, *, now: dt.datetime) -> Pause | None:
    """Return the pause that lasts, `None` where there is none; a clock that was set back does not make it longer."""
    newest = sa.select(workers.c.ended_at, workers.c.resume_at).where(workers.c.ended_at.is_not(None))
    row = tx.execute(newest.order_by(workers.c.ended_at.desc()).limit(1)).one_or_none()
    return Pause(row.ended_at, row.resume_at) if row and row.resume_at and row.ended_at <= now < row.resume_at else None


@dataclass(frozen=True, slots=True)
class EarlyEnd:
    """Runs of one day (UTC) that stopped for one reason while mails were waiting."""

    day: dt.date
    why: str
    times: int
    first: dt.datetime
    last: dt.datetime


def early_ends(tx: sa.Connection, *, since: dt.date) -> list[EarlyEnd]:
    """Return which runs stopped early since a day, by day and reason, in the order of their first."""
    began = dt.datetime.combine(since, dt.time(), dt.UTC)
    query = sa.select(workers.c.ended_at, workers.c.stopped).where(workers.c.ended_at >= began, workers.c.stopped != "")
    moments: dict[tuple[dt.date, str], list[dt.datetime]] = {}
    for row in tx.execute(query.order_by(workers.c.ended_at)):
        moments.setdefault((row.ended_at.date(), row.stopped), []).append(row.ended_at)
    return [EarlyEnd(day, why, len(ended), ended[0], ended[-1]) for (day, why), ended in moments.items()]


def count_handed_over(tx: sa.Connection, worker_id: str, mails: int) -> None:
    """Count mails a worker is about to hand over."""
    _COUNTING.run(tx, key=worker_id, mails=mails)


_COUNTING = Prepared(
    sa.update(workers)
    .where(workers.c.id == sa.bindparam("key", type_=sa.Text))
    .values(handed_over=workers.c.handed_over + sa.bindparam("mails", type_=sa.Integer))
)


def note_progress(tx: sa.Connection, worker_id: str, progress: Progress) -> None:
    """Store what a worker has done so far."""
    values = {"done": progress.done, "replies": dict(progress.replies), "domains": dict(progress.domains)}
    tx.execute(sa.update(workers).where(workers.c.id == worker_id).values(progress=values))


@dataclass(frozen=True, slots=True)
class Sender:
    """A run that sends, or has sent, as whoever watches sees it."""

    id: str
    began_at: dt.datetime
    ended_at: dt.datetime | None
    progress: Progress
    stopped: str = ""
    """Why it ended early, in a sentence."""


def senders(tx: sa.Connection, *, since: dt.datetime) -> list[Sender]:
    """Return the runs that are sending, and those that have ended since a moment, oldest first."""
    query = sa.select(workers).where(sa.or_(workers.c.ended_at.is_(None), workers.c.ended_at >= since))
    return [
        Sender(row.id, row.began_at, row.ended_at, Progress(**(row.progress or {})), row.stopped)
        for row in tx.execute(query.order_by(workers.c.began_at))
    ]


#: Runs that did fewer mails say little of how fast mails go.
_TELLING = 50


def recent_speed(tx: sa.Connection) -> float | None:
    """Return how many mails a second the last run did that did many; `None` where none has yet."""
    query = sa.select(workers).where(workers.c.ended_at.is_not(None), workers.c.handed_over >= _TELLING)
    row = tx.execute(query.order_by(workers.c.ended_at.desc()).limit(1)).one_or_none()
    seconds = (row.ended_at - row.began_at).total_seconds() if row else 0
    return row.handed_over / seconds if row and seconds > 0 else None


def handed_over_by(tx: sa.Connection, worker_id: str) -> int | None:
    """Return how many mails a worker had been about to hand over, `None` where it is not known."""
    return tx.execute(sa.select(workers.c.handed_over).where(workers.c.id == worker_id)).scalar_one_or_none()


def has_ended_one(tx: sa.Connection) -> bool:
    """Return whether any worker has ended: a new database has none."""
    return tx.execute(sa.select(workers.c.id).where(workers.c.ended_at.is_not(None)).limit(1)).first() is not None


def prune(tx: sa.Connection, *, before: dt.datetime) -> int:
    """Delete the workers that ended before a moment; returns how many."""
    return tx.execute(sa.delete(workers).where(workers.c.ended_at < before)).rowcount
