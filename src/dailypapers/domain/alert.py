"""What an operator is told without asking: alerts when something is wrong, and one report a day."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

#: An operator is told of one kind of thing at most so often.
SELDOM = dt.timedelta(hours=1)
#: What has not changed is told again after so long.
AGAIN = dt.timedelta(days=1)


class AlertKind(StrEnum):
    """What may be wrong."""

    ON_HOLD = "on hold"
    """A mail server refused us, and nothing is sent."""
    RESIDUE = "residue"
    """Digests that were due are in no state."""
    SOURCE = "source"
    """A source has been missing for days."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that is wrong, in sentences."""

    kind: AlertKind
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """The sentences, a line each."""
        return "\n".join(self.sentences)


@dataclass(frozen=True, slots=True)
class Told:
    """What was told last of a kind, and when."""

    tried_at: dt.datetime
    told_at: dt.datetime | None
    text: str


def is_alert_due(alert: Alert, last: Told | None, *, now: dt.datetime) -> bool:
    """Return whether an operator is to be told: at most once an hour of a kind, and of what is as before once a day."""
    if last is None:
        return True
    if now - last.tried_at < SELDOM:
        return False
    return last.told_at is None or last.text != alert.text or now - last.told_at >= AGAIN


def is_report_due(last: Told | None, *, hour: int, zone: str, now: dt.datetime) -> bool:
    """Return whether today's report is to be sent: once a day from an hour on; one that failed is tried hourly."""
    here = now.astimezone(ZoneInfo(zone))
    if here.hour < hour or (last and now - last.tried_at < SELDOM):
        return False
    return last is None or last.told_at is None or last.told_at.astimezone(ZoneInfo(zone)).date() < here.date()
