"""Announce: fetch whenever it is time to, and close today's edition at its hour, or before as soon as all has come.

last fetch, today's edition (tx) | decide by the timetable | fetch | is anything waited for (tx) | close
"""

import datetime as dt
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from dailypapers.domain.timetable import Timetable
from dailypapers.intake.close import close
from dailypapers.intake.fetch import fetch
from dailypapers.intake.readiness import awaited
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
    closing = timetable.closing(now)
    is_time = closed is None and now >= closing
    if is_time or timetable.fetch_is_due(last_fetch, now):
        fetch(engine, sources, make_http=make_http, now=now)
    if is_time or (closed is None and timetable.close_early and _is_ready(engine, sources, closing, now)):
        close(engine, zone=timetable.zone, now=now)


def _is_ready(engine: sa.Engine, sources: Sequence[Source], closing: dt.datetime, now: dt.datetime) -> bool:
    """Tell whether all has come. It is asked at every tick: who fetched may have died before closing."""
    with reading(engine) as tx:
        return not awaited(tx, sources, closing=closing, now=now)
