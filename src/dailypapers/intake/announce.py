"""Announce: fetch whenever it is time to, and close today's edition once its hour has come.

last fetch, today's edition (tx) | decide by the timetable | fetch | close
"""

import datetime as dt
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from dailypapers.domain.timetable import Timetable
from dailypapers.intake.close import close
from dailypapers.intake.fetch import fetch
from dailypapers.sources.base import Source
from dailypapers.sources.http.client import Http
from dailypapers.store import editions
from dailypapers.store.database import reading


def announce_due(
    engine: sa.Engine,
    sources: Sequence[Source],
    timetable: Timetable,
    *,
    make_http: Callable[[], Http],
    now: dt.datetime,
) -> None:
    """Fetch and close what is due at `now`. What is fetched just before closing is part of the edition."""
    with reading(engine) as tx:
        last_fetch, closed = editions.last_fetch(tx), editions.of_day(tx, timetable.today(now))
    is_closing = closed is None and now >= timetable.closing(now)
    if is_closing or timetable.fetch_is_due(last_fetch, now):
        fetch(engine, sources, make_http=make_http, now=now)
    if is_closing:
        close(engine, zone=timetable.zone, now=now)
