"""Of two schedulers on one database, one fetches and closes."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import sqlalchemy as sa
from tests.intake.test_announce import closed, counting
from tests.playing_sources import Asked
from tests.world import MONDAY, TIMETABLE, feed, world

from dailypapers.jobs import announce


def test_two_schedulers_fetch_and_close_once(engine: sa.Engine) -> None:
    requests: list[Asked] = []
    with world(engine) as w:
        w.routes["/feed"] = counting(requests, feed("Deeper Graph Neural Networks"))
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(announce.run, [w.job(holder=holder) for holder in ("one", "two")]))
    assert len(requests) == 1
    assert closed(engine) == [MONDAY.date()]


def test_two_schedulers_close_early_once(engine: sa.Engine) -> None:
    requests: list[Asked] = []
    early = MONDAY.replace(hour=1)
    with world(engine) as w:
        w.routes["/feed"] = counting(requests, feed("Deeper Graph Neural Networks"))
        jobs = [replace(w.job(early, holder=name), timetable=replace(TIMETABLE, close_early=True)) for name in "ab"]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(announce.run, jobs))
    assert len(requests) == 1
    assert closed(engine) == [MONDAY.date()]
