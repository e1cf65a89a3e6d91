"""The scheduler ticks by itself, whatever a job does."""

import datetime as dt
import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from tests.intake.test_announce import closed
from tests.jobs.test_deliver import queue_a_digest
from tests.store.damaged import damage
from tests.world import DAY, MONDAY, world

from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.jobs.context import JobContext
from dailypapers.scheduler import Scheduler, start
from dailypapers.store import subscribers
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import sign_up

#: The clock is looked at in the first tick.
_FIRST_TICK = 0


@contextmanager
def ticking(job: JobContext, *, schedule: bool, work: bool) -> Iterator[None]:
    scheduler = start(job, schedule=schedule, work=work)
    try:
        yield
    finally:
        job.stop.set()
        scheduler.shutdown()


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


def test_a_damaged_database_ends_it_instead_of_failing_each_second(sqlite: sa.Engine) -> None:
    with world(sqlite) as w:
        queue_a_digest(w)
        damage(sqlite, "outbox")
        job = w.job()
        scheduler = start(job, schedule=False, work=True)
        assert job.stop.wait(30)
        scheduler.shutdown()
        assert "is damaged" in str(scheduler.failure)


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


def test_it_ticks_by_a_clock_that_nobody_sets() -> None:
    """The day's clock stands an hour back from one tick to the next, and the ticks go on."""
    moments, ticks = itertools.cycle([MONDAY, MONDAY - dt.timedelta(hours=1)]), list[dt.datetime]()
    scheduler, done = Scheduler(), threading.Event()

    def tick() -> bool:
        ticks.append(next(moments))
        if len(ticks) == 4:
            done.set()
        return True

    scheduler.add("tick", tick, seconds=0.01)
    assert done.wait(10)
    scheduler.shutdown()


def test_a_clock_set_back_an_hour_holds_no_mail_back(sqlite: sa.Engine) -> None:
    """Leases and claims from before it are of the future then, and still their holder's."""
    with world(sqlite) as w:
        shift, ticks, delivered = [dt.timedelta(0)], threading.Semaphore(0), threading.Event()

        def clock() -> dt.datetime:
            ticks.release()
            if w.tray.sent:
                delivered.set()
            return MONDAY + shift[0]

        with ticking(w.job(clock=clock), schedule=True, work=True):
            assert all(ticks.acquire(timeout=10) for _ in range(8))
            shift[0] = dt.timedelta(hours=-1)
            queue_a_digest(w)
            assert delivered.wait(10)


def test_a_job_that_takes_longer_than_its_interval_misses_ticks() -> None:
    scheduler, at_work, most = Scheduler(), list[int](), list[int]()

    def slow() -> bool:
        at_work.append(1)
        most.append(len(at_work))
        time.sleep(0.05)
        at_work.pop()
        return True

    scheduler.add("slow", slow, seconds=0.01)
    time.sleep(0.3)
    scheduler.shutdown()
    assert 2 <= len(most) <= 7
    assert set(most) == {1}


def test_a_job_that_another_process_runs_is_looked_at_again_soon() -> None:
    scheduler, turns, done = Scheduler(), iter([False, False, True]), threading.Event()

    def tick() -> bool:
        turn = next(turns)
        if turn:
            done.set()
        return turn

    scheduler.add("tick", tick, seconds=3600, soon=0.01)
    assert done.wait(10)
    scheduler.shutdown()
