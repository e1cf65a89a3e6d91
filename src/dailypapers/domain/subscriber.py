"""A subscriber: an address with consent, a time zone, an hour, a rhythm."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo

from dailypapers.domain.link import Bearer
from dailypapers.domain.zone import knows_zone

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = frozenset(range(7))


class SubscriberState(StrEnum):
    """Where in its life a subscription is."""

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


#: Who has confirmed and has not left; and who could leave.
READING = frozenset({SubscriberState.ACTIVE, SubscriberState.PAUSED})
SUBSCRIBED = READING | {SubscriberState.PENDING}


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a reader wants mail: an hour of the day in a zone, on some weekdays (Monday is 0)."""

    zone: str = "UTC"
    hour: int = 7
    days: frozenset[int] = EVERY_DAY

    @property
    def zone_info(self) -> ZoneInfo:
        """Return the zone; UTC where this machine does not know its name, so that one reader stops nobody's mail."""
        return ZoneInfo(self.zone if knows_zone(self.zone) else "UTC")

    def next_after(self, moment: dt.datetime) -> dt.datetime:
        """The first wanted hour strictly after `moment`, in UTC.

        An hour that a change of clocks leaves out is taken at the same distance from midnight; one that
        comes twice is taken the first time.
        """
        zone = self.zone_info
        day = moment.astimezone(zone).date()
        for ahead in range(9):
            candidate_day = day + dt.timedelta(days=ahead)
            local = dt.datetime.combine(candidate_day, dt.time(self.hour), tzinfo=zone)
            instant = local.astimezone(dt.UTC)
            if candidate_day.weekday() in self.days and instant > moment:
                return instant
        raise ValueError("a rhythm needs at least one weekday")

    def first_from(self, day: dt.date) -> dt.datetime:
        """The first wanted hour of a day there, or of a later one, in UTC."""
        midnight = dt.datetime.combine(day, dt.time(), tzinfo=self.zone_info)
        return self.next_after(midnight - dt.timedelta(microseconds=1))

    def day_of(self, moment: dt.datetime) -> dt.date:
        """What day it is there."""
        return moment.astimezone(self.zone_info).date()


class OnEmpty(StrEnum):
    """What somebody gets on a day on which no paper is relevant to them."""

    SILENT = "silent"
    """No mail."""
    TRENDING = "trending"
    """What is trending instead, named so."""


@dataclass(frozen=True, slots=True)
class Amount:
    """How much somebody wants to read."""

    max_papers: int = 10
    #: So many a day on average: busy days more, calm days fewer; `None` goes by `relevance` alone.
    about: int | None = None
    #: A digest with fewer papers than this is not sent.
    least: int = 1
    #: A paper must be relevant with this probability; `None` is what the service takes.
    relevance: float | None = None
    #: Whether one paper may be from elsewhere, to try something new.
    explore: bool = False
    #: What comes on a day on which nothing is relevant.
    on_empty: OnEmpty = OnEmpty.SILENT


class Abstracts(StrEnum):
    """How much of an abstract a digest shows."""

    NONE = "none"
    SUMMARY = "summary"
    """One sentence: what was done or found."""
    EXTRACT = "extract"
    """Its first two lines."""
    WHOLE = "whole"
    """All of it, folded where the mail program can."""


@dataclass(frozen=True, slots=True)
class Style:
    """How somebody's mails look."""

    text_only: bool = False
    abstracts: Abstracts = Abstracts.SUMMARY
    #: A language tag such as “de” (RFC 5646); empty for the service's own language.
    language: str = ""
    #: Whether they show a figure of each paper.
    figures: bool = False


AS_USUAL = Style()


@dataclass(frozen=True, slots=True)
class Consent:
    """How somebody agreed: web, mail, import or operator; the form's version, and a salted hash of their network."""

    way: str
    form: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody who reads, or who asked to."""

    id: int
    address: str
    state: SubscriberState
    rhythm: Rhythm
    amount: Amount
    #: When the next one is due; `None` is with the next run.
    next_digest_at: dt.datetime | None
    #: The newest edition a digest of theirs was accepted for; the next window starts after it.
    accepted_edition: int | None
    created_at: dt.datetime
    confirmed_at: dt.datetime | None = None
    consent: Consent = field(default_factory=lambda: Consent(""))
    style: Style = AS_USUAL
    #: While paused: the first day they want mail again, `None` for until they say so.
    paused_until: dt.date | None = None
    #: The random value that every link of this subscription is bound to; empty: subscribed before there was one.
    link_key: str = field(default="", repr=False)

    @property
    def bearer(self) -> Bearer:
        """Whom a link to this subscriber's pages is for."""
        return Bearer(self.id, self.link_key)


def parse_days(text: str) -> frozenset[int]:
    """Read "daily", "weekdays", "weekly" or weekdays such as "mon,thu". Raises `ValueError` with a sentence."""
    named = {"daily": EVERY_DAY, "weekdays": frozenset(range(5)), "weekly": frozenset({0})}
    words = text.strip().lower()
    if words in named:
        return named[words]
    try:
        return frozenset(WEEKDAYS.index(word.strip()[:3]) for word in words.split(","))
    except ValueError:
        raise ValueError(
            f"“{text}” is not a set of days: use daily, weekdays, weekly, or weekdays such as mon,thu."
        ) from None


def days_in_words(days: frozenset[int]) -> str:
    """Write days the way `parse_days` reads them."""
    if days == EVERY_DAY:
        return "daily"
    return "weekdays" if days == frozenset(range(5)) else ",".join(WEEKDAYS[day] for day in sorted(days))
