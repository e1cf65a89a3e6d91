"""The timetable's clock: a thread a job, which ticks by a clock that nobody can set.

A tick only starts a job. Whether something is to be done is read from the database each time, so a tick that was
missed is made up by the next one, and two schedulers on one database do nothing twice: a lease lets one of them in.
Whoever finds a job under way elsewhere looks again soon, and takes it over where its holder has died. A job that finds
the database damaged asks the whole process to stop: what is written to such a file may make it worse.
"""

import threading
import time
from collections.abc import Callable

import structlog

from dailypapers.errors import DailypapersError, DatabaseDamaged
from dailypapers.jobs import announce, compose, deliver, enrich, notices, post, profiles, prune, push, receive, tell
from dailypapers.jobs.context import JobContext

log = structlog.get_logger()

#: Returns whether it was this process's turn.
Job = Callable[[JobContext], bool]
#: Seconds until it is looked again whether a job that another process runs is still held.
SOON = 3
#: The jobs of the day, and the seconds from one tick to the next; they tick at once when the scheduler starts.
SCHEDULE: dict[str, tuple[Job, int]] = {
    "announce": (announce.run, 60),
    "compose": (compose.run, 60),
    "enrich": (enrich.run, 10),
    "prune": (prune.run, 24 * 3600),
    "push": (push.run, 60),
    "profiles": (profiles.run, 60),
    "notices": (notices.run, 24 * 3600),
    "tell": (tell.run, 60),
}
#: The jobs of whoever sends: somebody may be waiting for a confirmation, and what comes back is read where mail leaves.
#: A process that is scheduler too composes as one.
WORK: dict[str, tuple[Job, int]] = {
    "deliver": (deliver.run, 1),
    "receive": (receive.run, 60),
    "post": (post.run, 5),
    "compose": (compose.join, 2),
}


class Scheduler:
    """Ticks in threads of its own until it is shut down."""

    def __init__(self) -> None:
        self._done = threading.Event()
        self._threads: list[threading.Thread] = []
        self.failure: DatabaseDamaged | None = None
        """Why the process is to end that ticks."""

    def add(self, name: str, job: Callable[[], bool], *, seconds: float, soon: float = SOON) -> None:
        """Run a job now and every so many seconds, or after `soon` where it was not its turn.

        One that takes longer misses ticks, and never runs twice at once.
        """
        thread = threading.Thread(target=self._tick, args=(job, seconds, soon), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _tick(self, job: Callable[[], bool], seconds: float, soon: float) -> None:
        due = time.monotonic()
        while not self._done.wait(max(due - time.monotonic(), 0)):
            was_ours = job()
            due = max(due + (seconds if was_ours else min(seconds, soon)), time.monotonic())

    def shutdown(self) -> None:
        """Tick no more; returns once the jobs that run have ended."""
        self._done.set()
        for thread in self._threads:
            thread.join()


def start(context: JobContext, *, schedule: bool, work: bool) -> Scheduler:
    """Start ticking: `schedule` for the jobs of the day, `work` for sending."""
    scheduler = Scheduler()
    jobs = (WORK if work else {}) | (SCHEDULE if schedule else {})
    for name, (job, seconds) in jobs.items():
        scheduler.add(name, _guarded(job, context, scheduler), seconds=seconds)
    return scheduler


def _guarded(job: Job, context: JobContext, scheduler: Scheduler) -> Callable[[], bool]:
    """Make a job that logs when it fails: the next tick tries again, and the scheduler goes on.

    A damaged database is not tried again: the process is asked to stop, and the scheduler holds why.
    """

    def run() -> bool:
        try:
            return job(context)
        except DatabaseDamaged as error:
            scheduler.failure = error
            context.stop.set()
        except DailypapersError as error:
            log.error("job failed", why=str(error))  # noqa: TRY400 - the sentence says it; a traceback would not help
        except Exception:
            # This is the boundary of a scheduled job: whatever it was, the next tick tries again.
            log.exception("job broke")
        return True

    return run
