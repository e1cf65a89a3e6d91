"""A worker lives while its body runs; declared dead it says so, and at its end nothing stays claimed."""

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from structlog.testing import capture_logs
from tests.delivery.queued import NOW, alive, claimed, delivery, queue, states

from dailypapers.delivery.worker import working
from dailypapers.domain.delivery import Doubt
from dailypapers.domain.worker import LEASE
from dailypapers.store import workers
from dailypapers.store.database import connect, reading, writing


def test_a_worker_lives_while_its_body_runs(engine: sa.Engine) -> None:
    with (
        working(engine, "one", Doubt.RESEND, clock=lambda: NOW) as one,
        working(engine, "one", Doubt.RESEND, clock=lambda: NOW) as another,
    ):
        assert sorted(alive(engine)) == sorted([one.id, another.id])
    assert alive(engine) == []


def test_at_its_end_nothing_stays_claimed(engine: sa.Engine) -> None:
    queue(engine, 3)
    with working(engine, "one", Doubt.RESEND, clock=lambda: NOW) as worker:
        claimed(engine, worker.id, 3, handed_over=1)
    assert states(engine) == {"queued": 2, "deferred": 1}
    assert delivery(engine, 1).doubt is Doubt.RESEND


def test_who_begins_goes_on_with_what_the_dead_have_left(engine: sa.Engine) -> None:
    queue(engine, 3)
    claimed(engine, "never heard of", 3)
    with working(engine, "one", Doubt.RESEND, clock=lambda: NOW):
        assert states(engine) == {"queued": 3}


def test_renewing_keeps_it_alive_and_recovers_what_others_leave(engine: sa.Engine) -> None:
    moments = [NOW]
    queue(engine, 1)
    with working(engine, "one", Doubt.RESEND, clock=lambda: moments[-1]) as worker:
        claimed(engine, "never heard of", 1)
        moments.append(NOW + LEASE / 2)
        worker.renew()
        with reading(engine) as tx:
            assert [each.until for each in workers.alive(tx)] == [NOW + LEASE / 2 + LEASE]
        assert states(engine) == {"queued": 1}


def test_it_renews_by_itself_also_after_the_database_was_away(engine: sa.Engine, tmp_path: Path) -> None:
    moments = [NOW]
    nowhere = connect(f"sqlite:///{tmp_path / 'nowhere' / 'papers.db'}")
    with (
        capture_logs() as logs,
        working(engine, "one", Doubt.RESEND, clock=lambda: moments[-1], renew_every=MOMENT) as worker,
    ):
        worker.engine = nowhere
        wait_until(lambda: "lease not renewed" in {log["event"] for log in logs})
        worker.engine = engine
        moments.append(NOW + LEASE / 2)
        wait_until(lambda: lease(engine) == NOW + LEASE / 2 + LEASE)
    assert alive(engine) == []


MOMENT = dt.timedelta(milliseconds=5)


def lease(engine: sa.Engine) -> dt.datetime:
    with reading(engine) as tx:
        [worker] = workers.alive(tx)
    return worker.until


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until something holds, for a while."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_declared_dead_it_notices(engine: sa.Engine) -> None:
    with working(engine, "one", Doubt.RESEND, clock=lambda: NOW) as worker:
        with writing(engine) as tx:
            workers.declare_dead(tx, workers.alive(tx), now=NOW)
        with writing(engine) as tx:
            assert not worker.lives_on(tx)
        assert worker.is_lost.is_set()


def test_why_it_ended_early_is_kept(engine: sa.Engine) -> None:
    with working(engine, "one", Doubt.RESEND, clock=lambda: NOW) as worker:
        worker.stopped, worker.resume_at = "the mail server takes nothing", NOW + dt.timedelta(minutes=1)
    with reading(engine) as tx:
        [early] = workers.early_ends(tx, since=NOW.date())
        assert early == workers.EarlyEnd(NOW.date(), "the mail server takes nothing", 1, NOW, NOW)
        assert workers.early_ends(tx, since=NOW.date() + dt.timedelta(days=1)) == []
        assert workers.pause(tx, now=NOW) == workers.Pause(NOW, NOW + dt.timedelta(minutes=1))
        assert workers.pause(tx, now=NOW + dt.timedelta(minutes=1)) is None
        assert workers.pause(tx, now=NOW - dt.timedelta(hours=1)) is None, "the clock was set back"
