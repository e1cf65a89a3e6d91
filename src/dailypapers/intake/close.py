"""Close: make the edition of a day from what has been announced since the last one."""

import datetime as dt
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import structlog

from dailypapers.domain.edition import Edition
from dailypapers.store import editions
from dailypapers.store.database import writing

log = structlog.get_logger()


def close(engine: sa.Engine, *, zone: str, now: dt.datetime) -> Edition:
    """Close the edition of the day it is in `zone`; a second time gives the same edition."""
    with writing(engine) as tx:
        edition = editions.close(tx, now.astimezone(ZoneInfo(zone)).date(), now=now)
    log.info("closed", edition=edition.id, day=edition.day.isoformat(), papers=edition.papers)
    return edition
