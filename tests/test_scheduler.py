"""The scheduler ticks by itself, whatever a job does."""

import datetime as dt
import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from tests.intake.test_announce import closed
from tests.jobs.test_deliver import queue_a_digest
from tests.world import DAY, MONDAY, world

from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.jobs.context import JobContext
from dailypapers.scheduler import start
from dailypapers.store import subscribers
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import sign_up

#: Starting looks at the clock once before the first tick.
_FIRST_TICK = 1


@contextmanager
def ticking(job: JobContext, *, schedule: bool, work: bool) -> Iterator[None]:
    scheduler = start(job, schedule=schedule, work=work)
    try:
        yield
    finally:
        job.stop.set()
        scheduler.shutdown(wait=True)


def test_it_ticks_by_itself_and_survives_a_broken_job(engine: sa.Engine) -> None:
    with world(engine) as w:
        queue_a_digest(w)
        delivered, ticked = threading.Event(), threading.Event()
        calls = itertools.count()

        def broken_once() -> dt.datetime:
            if next(calls) == _FIRST_TICK:
                ticked.set()
                raise RuntimeError("a clock that breaks")
            if w.tray.sent:
                delivered.set()
            return MONDAY

        with ticking(w.job(clock=broken_once), schedule=False, work=True):
            assert delivered.wait(30)
            assert ticked.is_set()


def test_schedule_and_work_tick_together(engine: sa.Engine) -> None:
    with world(engine) as w:
        job = w.job()
        with ticking(job, schedule=True, work=True):
            for _ in range(300):
                if closed(engine) or job.stop.wait(0.1):
                    break
        assert closed(engine) == [MONDAY.date()]


def test_pruning_is_in_the_timetable(engine: sa.Engine) -> None:
    with world(engine) as w:
        with writing(engine) as tx:
            preferences = Preferences(Rhythm(), Amount(5))
            sign_up.subscribe(tx, "eve@example.org", preferences, consent=Consent("web"), now=MONDAY - 9 * DAY)
        job = w.job()
        with ticking(job, schedule=True, work=False):
            for _ in range(300):
                with reading(engine) as tx:
                    eve = subscribers.by_address(tx, "eve@example.org")
                if eve is None or job.stop.wait(0.1):
                    break
        assert eve is None
