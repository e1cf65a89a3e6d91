"""The timetable's clock; the only file that knows APScheduler.

A tick only starts a job. Whether something is to be done is read from the database each time, so a tick that was
missed is made up by the next one, and two schedulers on one database do nothing twice: a lease lets one of them in.
"""

import datetime as dt
from collections.abc import Callable

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from dailypapers.errors import DailypapersError
from dailypapers.jobs import announce, compose, deliver, prune
from dailypapers.jobs.context import JobContext

log = structlog.get_logger()

Job = Callable[[JobContext], None]
#: The jobs of the day, and the seconds from one tick to the next.
SCHEDULE: dict[str, tuple[Job, int]] = {
    "announce": (announce.run, 60),
    "compose": (compose.run, 60),
    "prune": (prune.run, 24 * 3600),
}
#: The job of whoever sends: somebody may be waiting for a confirmation.
WORK: dict[str, tuple[Job, int]] = {"deliver": (deliver.run, 1)}


def start(context: JobContext, *, schedule: bool, work: bool) -> BackgroundScheduler:
    """Start ticking in threads of its own: `schedule` for the jobs of the day, `work` for sending."""
    scheduler = BackgroundScheduler(
        timezone=dt.UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    first = context.clock()
    for name, (job, seconds) in SCHEDULE.items() if schedule else ():
        scheduler.add_job(_guarded(job, context), "interval", seconds=seconds, next_run_time=first, id=name)
    for name, (job, seconds) in WORK.items() if work else ():
        scheduler.add_job(_guarded(job, context), "interval", seconds=seconds, id=name)
    scheduler.start()
    return scheduler


def _guarded(job: Job, context: JobContext) -> Callable[[], None]:
    """Make a job that logs when it fails: the next tick tries again, and the scheduler goes on."""

    def run() -> None:
        try:
            job(context)
        except DailypapersError as error:
            log.error("job failed", why=str(error))  # noqa: TRY400 - the sentence says it; a traceback would not help
        except Exception:
            # This is the boundary of a scheduled job: whatever it was, the next tick tries again.
            log.exception("job broke")

    return run
