"""Of two schedulers on one database, one composes."""

from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from tests.world import GRAPHS, world

from dailypapers.jobs import announce, compose


def test_two_schedulers_compose_one_digest_a_reader(engine: sa.Engine) -> None:
    with world(engine) as w:
        for name in ("alice", "bob"):
            w.admit(name, GRAPHS)
        announce.run(w.job())
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(compose.run, [w.job(holder=holder) for holder in ("one", "two")]))
        compose.run(w.job())
        assert w.reconciliations()[0].startswith("2 due = ")
