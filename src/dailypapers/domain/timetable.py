"""When sources are fetched and editions close; pure."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Timetable:
    """How often sources are fetched, and at which hour of the service's zone an edition closes."""

    fetch_every: dt.timedelta
    close_at: dt.time
    zone: str
    #: Whether it closes before that hour as soon as it waits for no source any more.
    close_early: bool = False

    def today(self, now: dt.datetime) -> dt.date:
        """Return the day it is in the service's zone."""
        return now.astimezone(ZoneInfo(self.zone)).date()

    def closing(self, now: dt.datetime) -> dt.datetime:
        """Return when today's edition closes, in UTC."""
        return dt.datetime.combine(self.today(now), self.close_at, tzinfo=ZoneInfo(self.zone)).astimezone(dt.UTC)

    def fetch_is_due(self, last: dt.datetime | None, now: dt.datetime) -> bool:
        """Return whether to fetch again; a last fetch in the future, of a clock that was ahead, does not count."""
        return last is None or not dt.timedelta() <= now - last < self.fetch_every
