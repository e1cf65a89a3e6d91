"""Mail is taken from a mailbox by one process at a time, where one is set."""

import datetime as dt
import threading
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.timetable import Timetable
from dailypapers.jobs.context import Dependencies, JobContext
from dailypapers.jobs.lease import lease
from dailypapers.jobs.receive import run

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)


def context(engine: sa.Engine, calls: list[int], *, is_set: bool = True) -> JobContext:
    unused: Any = None
    dependencies = Dependencies(engine, (), unused, "UTC", unused, unused, unused)
    timetable = Timetable(dt.timedelta(minutes=30), dt.time(5, 30), "UTC")

    def receive() -> int:
        calls.append(1)
        return 1

    return JobContext(dependencies, timetable, "me", lambda: NOW, threading.Event(), receive if is_set else None)


def test_one_process_at_a_time_polls(engine: sa.Engine) -> None:
    calls: list[int] = []
    run(context(engine, calls))
    with lease(engine, "receive", "another", clock=lambda: NOW) as is_theirs:
        assert is_theirs
        run(context(engine, calls))
    run(context(engine, calls, is_set=False))
    assert calls == [1]
