"""What is due is sent once, by however many workers; nothing is tried while mails are on hold, or after a stop."""

from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from tests.world import GRAPHS, World, world

from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.jobs import announce, compose, deliver
from dailypapers.store import holds
from dailypapers.store.database import reading


def queue_a_digest(w: World) -> None:
    w.admit("alice", GRAPHS)
    announce.run(w.job())
    compose.run(w.job())


def test_two_workers_send_a_mail_once(engine: sa.Engine) -> None:
    with world(engine) as w:
        queue_a_digest(w)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(deliver.run, [w.job(holder=holder) for holder in ("one", "two")]))
        assert len(w.tray.sent) == 1
        assert w.reconciliations()[0].startswith("1 due = 1 accepted")


def test_mail_on_hold_is_not_tried_again_every_second(engine: sa.Engine) -> None:
    policy = Outcome(OutcomeKind.OUR_FAULT, 550, "5.7.1")
    with world(engine, outcomes={"alice@example.org": policy}) as w:
        queue_a_digest(w)
        for _ in range(3):
            deliver.run(w.job())
        with reading(engine) as tx:
            assert holds.on_hold(tx)[0] == 1


def test_asked_to_stop_it_sends_nothing_more(engine: sa.Engine) -> None:
    with world(engine) as w:
        queue_a_digest(w)
        job = w.job()
        job.stop.set()
        deliver.run(job)
        assert w.tray.sent == []
        deliver.run(w.job())
        assert len(w.tray.sent) == 1
