"""Watch: how far sending is, from what the store knows: of this process, of others, of other machines."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from dailypapers.delivery.recovery import find_dead
from dailypapers.domain.delivery import DeliveryState
from dailypapers.store import controls, outbox, workers
from dailypapers.store.workers import Sender


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How far sending is at one moment."""

    at: dt.datetime
    senders: int
    """Runs that are sending."""
    done: int
    """Mails that came to a state, of runs that are sending or have ended since it was first looked at."""
    left: int
    """Mails that are due, or on their way."""
    later: int
    """Mails that wait for another try, or for their turn."""
    on_hold: int
    next_attempt_at: dt.datetime | None
    """When the next of those that wait is due; `None` where none waits."""
    replies: Mapping[str, int] = field(default_factory=dict)
    domains: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    stopped: tuple[str, ...] = ()
    """Why runs ended early, in sentences."""
    paused: str = ""
    """That an operator has paused sending, since when and why; empty where sending goes on."""
    per_second: float = 0
    """How many mails come to a state each second, over the last ten or since the runs began; 0 at first."""
    steady: float = 0
    """When it was taken by a clock that nobody sets, in seconds."""

    @property
    def is_over(self) -> bool:
        """Whether nothing is on its way or could be."""
        return not self.senders and (not self.left or bool(self.on_hold))

    @property
    def remaining(self) -> dt.timedelta | None:
        """Return how long what is left takes at this rate; `None` where that cannot be told."""
        return dt.timedelta(seconds=round(self.left / self.per_second)) if self.left and self.per_second else None


def snapshot(
    tx: sa.Connection, *, since: dt.datetime, now: dt.datetime, steady: float = 0, before: Sequence[Snapshot] = ()
) -> Snapshot:
    """Return how far sending is; `before` are the snapshots of the last seconds, from which the rate is taken.

    `steady` is a monotonic clock's second: a run may be told what time it is, and time stands still for it then.
    """
    runs, waiting = workers.senders(tx, since=since), outbox.waiting(tx)
    paused = controls.why_paused(tx)
    dead = {worker.id for worker in find_dead(tx, now=now)}
    done = sum(run.progress.done for run in runs)
    earlier = waiting.get(DeliveryState.DEFERRED, 0)
    return Snapshot(
        at=now,
        senders=sum(run.ended_at is None and run.id not in dead for run in runs),
        done=done,
        left=waiting.get(DeliveryState.QUEUED, 0) + waiting.get(DeliveryState.CLAIMED, 0),
        later=earlier,
        on_hold=waiting.get(DeliveryState.ON_HOLD, 0),
        next_attempt_at=outbox.next_attempt(tx, now=now) if earlier else None,
        replies=_sum(run.progress.replies for run in runs),
        domains=_by_domain(runs),
        stopped=tuple(dict.fromkeys(run.stopped for run in runs if run.stopped not in ("", paused))),
        paused=paused,
        per_second=_rate(done, runs, before, now, steady),
        steady=steady,
    )


def _sum(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(sorted(total.items()))


def _by_domain(runs: Sequence[Sender]) -> dict[str, dict[str, int]]:
    names = dict.fromkeys(name for run in runs for name in run.progress.domains)
    of_each = {name: _sum(run.progress.domains.get(name, {}) for run in runs) for name in names}
    return dict(sorted(of_each.items(), key=lambda each: -sum(each[1].values())))


def _rate(done: int, runs: Sequence[Sender], before: Sequence[Snapshot], now: dt.datetime, steady: float) -> float:
    """Return mails a second since the first of the snapshots before, or since the runs began."""
    if before:
        seconds, since_then = steady - before[0].steady, done - before[0].done
    else:
        alive = [run for run in runs if run.ended_at is None]
        seconds = (now - min((run.began_at for run in alive), default=now)).total_seconds()
        since_then = sum(run.progress.done for run in alive)
    return max(since_then, 0) / seconds if seconds > 0 else 0
