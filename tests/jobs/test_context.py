"""What is put together once is handed to each job as it is."""

import datetime as dt
import threading

import sqlalchemy as sa
from tests.world import MONDAY, world

from dailypapers.domain.timetable import Timetable
from dailypapers.jobs.context import JobContext


def test_jobs_send_and_lease_on_the_database_of_the_day(sqlite: sa.Engine) -> None:
    with world(sqlite) as w:
        everything = w.dependencies
        context = JobContext(
            everything,
            Timetable(dt.timedelta(hours=1), dt.time(5), "UTC"),
            "a machine",
            lambda: MONDAY,
            threading.Event(),
        )
        assert context.engine is everything.engine is everything.sending.engine is sqlite
        assert everything.sending.renderer is everything.renderer


def test_every_delivery_makes_a_transport_of_its_own(sqlite: sa.Engine) -> None:
    with world(sqlite) as w:
        make = w.dependencies.sending.make_sender_options
        assert make() is not make()
        assert make().worker == make().worker
