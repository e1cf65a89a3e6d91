"""Pace: how many mails may go now, when the next one may, and which domain is left alone for a while.

Everything here is a value that follows from values; where they are stored is `store.paces`. Mails of a second or a
minute are spread by the generic cell rate algorithm (ITU-T I.371), whose whole state is one moment. Those of an hour or
a day are counted, by five minutes: within any hour, and any day, there are no more than the limit.
"""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dailypapers.domain.delivery import Outcome, OutcomeKind

#: How far ahead mails are taken out of the outbox: what may go only later stays there, for whoever sends by then.
HORIZON = dt.timedelta(seconds=5)
#: Mails are counted by so long.
COUNTED_BY = dt.timedelta(minutes=5)
#: Refusals of a domain in a row that stand for more than one mailbox.
_OPENS_AFTER = 3
#: How long a domain is left alone at first; doubled each time, up to the longest.
FIRST_PAUSE = dt.timedelta(minutes=5)
LONGEST_PAUSE = dt.timedelta(hours=1)
_DAY = dt.timedelta(days=1)
#: A new sender is believed a little more each day: from so many mails on the first day to so many on the last
#: (as Ghost does it, geometrically).
_WARM_UP_DAYS, _WARM_UP_FIRST, _WARM_UP_LAST = 42, 200, 200_000


@dataclass(frozen=True, slots=True)
class Limit:
    """So many mails in a period."""

    mails: float
    period: dt.timedelta

    @property
    def apart(self) -> dt.timedelta:
        """The time between two mails at this rate."""
        return self.period / self.mails

    def __str__(self) -> str:
        hours = self.period // dt.timedelta(hours=1)
        return f"{self.mails:g} emails within {'an hour' if hours == 1 else f'{hours} hours'}"


@dataclass(frozen=True, slots=True)
class Rules:
    """What is kept to with one mail server."""

    rate: Limit | None = None
    """Mails are spread by this one."""
    quotas: tuple[Limit, ...] = ()
    """They go as fast as they can, until so many have gone within the period."""
    warm_up_from: dt.date | None = None
    """The first day of a new sender."""

    @property
    def has_quotas(self) -> bool:
        """Whether mails are to be counted."""
        return bool(self.quotas or self.warm_up_from)

    def quotas_on(self, day: dt.date) -> tuple[Limit, ...]:
        """Return the quotas of a day: during the warm-up, one more."""
        allowed = warm_up(day, since=self.warm_up_from) if self.warm_up_from else None
        return self.quotas if allowed is None else (*self.quotas, Limit(allowed, _DAY))


@dataclass(frozen=True, slots=True)
class Usage:
    """How far mails have gone by one server, those of all senders together."""

    next_at: dt.datetime | None = None
    """When the next one may go by the rate; `None` where none has gone lately."""
    counts: Mapping[dt.datetime, int] = field(default_factory=dict)
    """Mails handed over, by the beginning of each five minutes."""
    claimed: int = 0
    """Mails that senders have taken out of the outbox and are about to hand over."""


@dataclass(frozen=True, slots=True)
class Room:
    """How many more mails may be taken out of the outbox now; `math.inf` where nothing limits them."""

    mails: float = math.inf
    resume_at: dt.datetime | None = None
    """When there is room again, where there is none now."""
    limit: Limit | None = None
    """What leaves no room for so long that it is not waited for."""


def warm_up(day: dt.date, *, since: dt.date) -> int | None:
    """Return how many mails a new sender may send on a day, `None` once it is known well enough."""
    age = (day - since).days
    if age >= _WARM_UP_DAYS:
        return None
    growth: float = (_WARM_UP_LAST / _WARM_UP_FIRST) ** (max(age, 0) / (_WARM_UP_DAYS - 1))
    return round(_WARM_UP_FIRST * growth)


def room(rules: Rules, usage: Usage, now: dt.datetime) -> Room:
    """Return how many more mails may be taken out of the outbox, by the rate and by all quotas."""
    rooms = [_room_of_quota(limit, usage, now) for limit in rules.quotas_on(now.date())]
    if rules.rate:
        rooms.append(_room_of_rate(rules.rate, usage.next_at, now))
    none = [each for each in rooms if not each.mails]
    if none:
        return max(none, key=lambda each: each.resume_at or now)
    return min(rooms, key=lambda each: each.mails, default=Room())


def counted_from(now: dt.datetime) -> dt.datetime:
    """Return the beginning of the five minutes in which a mail is counted."""
    seconds = COUNTED_BY.total_seconds()
    return dt.datetime.fromtimestamp(now.timestamp() // seconds * seconds, dt.UTC)


def _room_of_rate(rate: Limit, next_at: dt.datetime | None, now: dt.datetime) -> Room:
    first = max(next_at or now, now)
    if first > now + HORIZON:
        return Room(0, first - HORIZON)
    return Room((now + HORIZON - first) // rate.apart + 1)


def _room_of_quota(quota: Limit, usage: Usage, now: dt.datetime) -> Room:
    counted = {began: mails for began, mails in usage.counts.items() if began + COUNTED_BY > now - quota.period}
    handed_over = sum(counted.values())
    if (left := int(quota.mails) - handed_over - usage.claimed) > 0:
        return Room(left)
    # What is claimed comes to its end within seconds, and may not have been handed over.
    return Room(0, _when_fewer(counted, quota) if handed_over >= quota.mails else now, quota)


def _when_fewer(counted: Mapping[dt.datetime, int], quota: Limit) -> dt.datetime:
    """Return when so many of the counted mails are longer ago than the period that another one may go."""
    excess = sum(counted.values()) - int(quota.mails)
    for began in sorted(counted):
        excess -= counted[began]
        if excess < 0:
            return began + COUNTED_BY + quota.period
    raise ValueError("a limit of no mails at all")


def spread(rate: Limit, next_at: dt.datetime | None, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """Return when one more mail goes at a rate, and when the one after it may."""
    when = max(next_at or now, now)
    return when, when + rate.apart


@dataclass(frozen=True, slots=True)
class Breaker:
    """How often a domain refused us in a row, until when it is left alone, and for how long next time."""

    refusals: int = 0
    until: dt.datetime | None = None
    pause: dt.timedelta = FIRST_PAUSE

    def left_alone_until(self, now: dt.datetime) -> dt.datetime | None:
        """Return until when nothing is sent, `None` where the domain is not left alone.

        One further off than any pause was written by a clock that has been set back since.
        """
        return self.until if self.until and now < self.until <= now + LONGEST_PAUSE else None

    def is_on_probation(self, now: dt.datetime) -> bool:
        """Return whether the domain was left alone within a day, and has taken nothing since."""
        return self.until is not None and now < self.until + _DAY


def breaker_after(breaker: Breaker | None, outcome: Outcome, now: dt.datetime) -> Breaker | None:
    """Return a domain's breaker once a mail's answer is known; `None` where there is nothing to be remembered.

    A domain that keeps refusing is left alone, ever longer.
    """
    if outcome.kind is OutcomeKind.ACCEPTED:
        return None
    if outcome.kind is OutcomeKind.THROTTLED and outcome.code:
        return _refused(breaker or Breaker(), now)
    return breaker


def _refused(breaker: Breaker, now: dt.datetime) -> Breaker:
    """One more refusal. After a pause the first one is enough, as nothing has been taken since."""
    refusals = breaker.refusals + 1
    if refusals < _OPENS_AFTER or breaker.left_alone_until(now):
        return replace(breaker, refusals=refusals)
    return Breaker(refusals, now + breaker.pause, min(2 * breaker.pause, LONGEST_PAUSE))
