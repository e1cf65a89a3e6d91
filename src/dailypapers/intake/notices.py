"""Notices: whether a paper that somebody saved was retracted or corrected is asked once a day.

saved papers with a DOI | ask what was published about them | new notices, which the next digests tell of
"""

import asyncio
import datetime as dt
from collections.abc import Callable

import sqlalchemy as sa
import structlog

from dailypapers.domain.clock import Clock
from dailypapers.errors import FetchFailed
from dailypapers.sources.crossref_notices import MOST_DOIS, notices_about
from dailypapers.sources.http.client import Http
from dailypapers.store import leases, saved
from dailypapers.store.database import reading, writing

log = structlog.get_logger()

#: A little less than the day from one tick to the next.
_ASKED_FOR = dt.timedelta(hours=23)


def is_due(engine: sa.Engine, holder: str, *, now: dt.datetime) -> bool:
    """Tell whether nobody has asked for a day, and note that it is done now: a scheduler that starts again waits."""
    with writing(engine) as tx:
        return leases.take(tx, "notices asked for", holder, lasting=_ASKED_FOR, now=now)


def look_up(engine: sa.Engine, *, base_url: str, make_http: Callable[[], Http], clock: Clock) -> int:
    """Ask what was published about saved papers; return how many notices are new.

    What could not be asked is asked the next time: nothing depends on when.
    """
    return asyncio.run(_look_up(engine, base_url, make_http, clock)) if _batch(engine, 0) else 0


async def _look_up(engine: sa.Engine, base_url: str, make_http: Callable[[], Http], clock: Clock) -> int:
    new, after = 0, 0
    async with make_http() as http:
        while ids := _batch(engine, after):
            try:
                notices = await notices_about(http, [*ids], base_url=base_url)
            except FetchFailed as error:
                log.info("notices not looked up", why=str(error))
                return new
            with writing(engine) as tx:
                new += saved.note_notices(tx, ((ids[n.about], n.kind, n.doi) for n in notices), now=clock())
            after = max(ids.values())
    return new


def _batch(engine: sa.Engine, after: int) -> dict[str, int]:
    """Return the next saved papers by their DOIs, in lower case."""
    with reading(engine) as tx:
        return {doi.lower(): paper_id for paper_id, doi in saved.with_dois(tx, after=after, limit=MOST_DOIS)}
