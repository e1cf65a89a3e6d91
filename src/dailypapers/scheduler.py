"""The timetable; the only file that knows APScheduler.

The clockwork only knocks. Whether something is to be done is read from the database each time, so a knock that was
missed is made up by the next one, and two schedulers on one database do nothing twice: a lease lets one of them in.
"""

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from dailypapers.delivery.deliver import deliver_once
from dailypapers.digests.compose import compose
from dailypapers.domain.clock import Clock
from dailypapers.errors import DailypapersError
from dailypapers.intake.close import close
from dailypapers.intake.fetch import fetch
from dailypapers.jobs.context import Dependencies
from dailypapers.jobs.lease import lease
from dailypapers.jobs.prune import prune
from dailypapers.store import editions, outbox
from dailypapers.store.database import reading

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Timetable:
    """When what is to be done."""

    fetch_every: dt.timedelta
    close_at: dt.time
    zone: str

    def closing(self, now: dt.datetime) -> dt.datetime:
        """When the edition of the day it is now closes, in UTC."""
        zone = ZoneInfo(self.zone)
        return dt.datetime.combine(now.astimezone(zone).date(), self.close_at, tzinfo=zone).astimezone(dt.UTC)

    def fetch_is_due(self, last: dt.datetime | None, now: dt.datetime) -> bool:
        """Return whether to fetch again; a last fetch in the future, of a clock that was ahead, does not count."""
        return last is None or not dt.timedelta() <= now - last < self.fetch_every


@dataclass(frozen=True, slots=True)
class Scheduler:
    """One scheduler: what it runs, by which clock, under which name."""

    dependencies: Dependencies
    timetable: Timetable
    holder: str
    clock: Clock

    def announce(self) -> None:
        """Fetch where it is time to; close today's edition once its hour has come."""
        self._alone("announce", self._announce)

    def _announce(self) -> None:
        """Decide and do under the lease, so that what another scheduler has just done is seen."""
        now = self.clock()
        with reading(self.dependencies.engine) as tx:
            today = now.astimezone(ZoneInfo(self.timetable.zone)).date()
            last, closed = editions.last_fetch(tx), editions.of_day(tx, today)
        to_close = closed is None and now >= self.timetable.closing(now)
        if to_close or self.timetable.fetch_is_due(last, now):
            fetch(self.dependencies.engine, self.dependencies.sources, make_http=self.dependencies.make_http, now=now)
        if to_close:
            close(self.dependencies.engine, zone=self.timetable.zone, now=now)

    def compose(self) -> None:
        """Compose for whoever is due."""
        self._alone(
            "compose",
            lambda: compose(
                self.dependencies.engine, self.dependencies.digest_options, now=self.clock(), clock=self.clock
            ),
        )

    def prune(self) -> None:
        """Forget what is kept no longer."""
        self._alone(
            "prune",
            lambda: prune(self.dependencies.engine, encoder=self.dependencies.digest_options.encoder, now=self.clock()),
        )

    def deliver(self, stop: threading.Event) -> None:
        """Send what waits. Claims keep workers apart, so no lease is needed."""
        with reading(self.dependencies.engine) as tx:
            first, (on_hold, _) = outbox.next_attempt(tx, now=self.clock()), outbox.on_hold(tx)
        if first is not None and first <= self.clock() and not on_hold:
            deliver_once(self.dependencies.sending, clock=self.clock, stop=stop)

    def _alone(self, job: str, run: Callable[[], object]) -> None:
        with lease(self.dependencies.engine, job, self.holder, clock=self.clock) as ours:
            if ours:
                run()


def start(scheduler: Scheduler, *, schedule: bool, work: bool, stop: threading.Event) -> BackgroundScheduler:
    """Start knocking in threads of their own: every minute for the day, every second for mail, daily to prune."""
    knocks = BackgroundScheduler(
        timezone=dt.UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    first = scheduler.clock()
    if schedule:
        for job in (scheduler.announce, scheduler.compose):
            knocks.add_job(_guarded(job), "interval", minutes=1, next_run_time=first, id=job.__name__)
        knocks.add_job(_guarded(scheduler.prune), "interval", days=1, next_run_time=first, id="prune")
    if work:
        knocks.add_job(_guarded(lambda: scheduler.deliver(stop)), "interval", seconds=1, id="deliver")
    knocks.start()
    return knocks


def _guarded(job: Callable[[], object]) -> Callable[[], None]:
    """A job that fails is logged and knocked at again; it must not take the timetable with it."""

    def run() -> None:
        try:
            job()
        except DailypapersError as error:
            log.error("job failed", why=str(error))  # noqa: TRY400 - the sentence says it; a traceback would not help
        except Exception:
            # This is the boundary of a scheduled job: whatever it was, the next knock tries again.
            log.exception("job broke")

    return run
