"""Of two schedulers on one database, one composes; where something is asked for beforehand, not at once."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import sqlalchemy as sa
from tests.world import GRAPHS, MONDAY, world

from dailypapers.digests.enrich import HEAD_START, has_head_start
from dailypapers.digests.figures import FigureOptions
from dailypapers.digests.summarise import SummaryOptions
from dailypapers.jobs import announce, compose
from dailypapers.sources.http.client import Http


def test_two_schedulers_compose_one_digest_a_reader(engine: sa.Engine) -> None:
    with world(engine) as w:
        for name in ("alice", "bob"):
            w.admit(name, GRAPHS)
        announce.run(w.job())
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(compose.run, [w.job(holder=holder) for holder in ("one", "two")]))
        compose.run(w.job())
        assert w.reconciliations()[0].startswith("2 due = ")


def test_composing_waits_two_minutes_where_summaries_are_asked_for_and_read(engine: sa.Engine) -> None:
    with world(engine) as w:
        w.admit("alice", GRAPHS)
        how = replace(w.dependencies.digest_options, summaries=SummaryOptions("http://127.0.0.1:1/v1", "m"))
        w.dependencies = replace(w.dependencies, digest_options=how)
        announce.run(w.job())
        early = MONDAY + HEAD_START - dt.timedelta(seconds=1)
        assert not has_head_start(engine, replace(how, summaries=None), now=early)
        # Figures may be had, and nobody sees any.
        assert not has_head_start(engine, replace(how, summaries=None, figures=FigureOptions(Http)), now=early)
        assert compose.run(w.job(early))
        assert w.reconciliations()[0].startswith("0 due = ")
        assert compose.run(w.job(MONDAY + HEAD_START))
        assert w.reconciliations()[0].startswith("1 due = ")
