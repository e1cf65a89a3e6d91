"""A few mails are claimed ahead, however many wait; who is waited for comes first."""

import sqlalchemy as sa
from tests.delivery.queued import NOW, queue, states

from dailypapers.delivery.claims import AHEAD, GROUP, Claims
from dailypapers.delivery.fence import Fence
from dailypapers.delivery.pace import Pace
from dailypapers.delivery.worker import WorkerRun, working
from dailypapers.domain.delivery import Doubt
from dailypapers.domain.pace import FIRST_PAUSE, Breaker
from dailypapers.store import paces, workers
from dailypapers.store.database import writing
from dailypapers.store.paces import Domain


async def test_no_more_is_claimed_than_a_few(sqlite: sa.Engine) -> None:
    queue(sqlite, AHEAD + 2 * GROUP)
    with working(sqlite, "one", Doubt.RESEND, clock=lambda: NOW) as worker:
        claims, taken = Claims(worker, Fence(None, worker.id), Pace(), worker.clock), 0
        while await claims.next():
            taken += 1
            assert states(sqlite)["claimed"] - taken <= AHEAD
    assert taken == AHEAD + 2 * GROUP


async def test_what_comes_in_meanwhile_is_taken_up(engine: sa.Engine) -> None:
    queue(engine, 1)
    with working(engine, "one", Doubt.RESEND, clock=lambda: NOW) as worker:
        claims = eager(worker)
        assert await claims.next()
        assert await claims.next() is None
        with writing(engine) as tx:
            tx.execute(sa.text("UPDATE outbox SET state = 'queued'"))
        assert await claims.next()


async def test_who_is_waited_for_comes_first(engine: sa.Engine) -> None:
    queue(engine, 3)
    with writing(engine) as tx:
        tx.execute(sa.text("UPDATE outbox SET priority = 'bulk'"))
    with working(engine, "one", Doubt.RESEND, clock=lambda: NOW) as worker:
        claims = eager(worker)
        order = [await next_id(claims)]
        with writing(engine) as tx:
            tx.execute(sa.text("UPDATE outbox SET priority = 'urgent', state = 'queued' WHERE id = 1"))
        order += [await next_id(claims) for _ in range(3)]
    assert order == [1, 1, 2, 3]


async def test_who_was_taken_for_dead_claims_nothing(engine: sa.Engine) -> None:
    queue(engine, 1)
    with working(engine, "one", Doubt.RESEND, clock=lambda: NOW) as worker:
        with writing(engine) as tx:
            workers.declare_dead(tx, workers.alive(tx), now=NOW)
        assert await eager(worker).next() is None
        assert states(engine) == {"queued": 1}


def eager(worker: WorkerRun) -> Claims:
    """Claims that look again whenever they are asked."""
    return Claims(worker, Fence(None, worker.id), Pace(), worker.clock, look_again=0)


async def next_id(claims: Claims) -> int:
    due = await claims.next()
    assert due
    return due.render_input.delivery.id


async def test_many_that_cannot_go_yet_hide_nobody_behind_them(engine: sa.Engine) -> None:
    queue(engine, 2 * GROUP + 1)
    refusing = Domain(None, Breaker(3, NOW + FIRST_PAUSE))
    with writing(engine) as tx:
        paces.keep_domains(tx, {"example.org": refusing})
        key = 2 * GROUP + 1
        tx.execute(sa.text("UPDATE outbox SET address = 'last@example.com' WHERE id = :key"), {"key": key})
    with working(engine, "one", Doubt.RESEND, clock=lambda: NOW) as worker:
        claims = Claims(worker, Fence(None, worker.id), Pace(), worker.clock)
        assert await next_id(claims) == key
        assert await claims.next() is None
        assert claims.resume_at(NOW) == NOW + FIRST_PAUSE
    assert states(engine) == {"deferred": 2 * GROUP, "queued": 1}
