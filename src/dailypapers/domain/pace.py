"""Pace: when the next mail may go, and which domain is left alone for a while.

Everything here is a value that can be stored: `reserve`, `heard` and `left_alone` say what follows from one. Limits are
kept by the generic cell rate algorithm (ITU-T I.371), whose whole state is one moment for each.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from dailypapers.domain.delivery import Outcome, OutcomeKind

#: Refusals of a domain in a row that stand for more than one mailbox.
_OPENS_AFTER = 3
#: How long a domain is left alone at first; doubled each time, up to the longest.
FIRST_PAUSE = dt.timedelta(minutes=5)
LONGEST_PAUSE = dt.timedelta(hours=1)
_DAY = dt.timedelta(days=1)
#: A new sender is believed a little more each day: from so many mails on the first day to so many on the last
#: (as Ghost does it, geometrically).
_WARM_UP_DAYS, _WARM_UP_FIRST, _WARM_UP_LAST = 42, 200, 200_000


class Pace(Protocol):
    """Spreads mails over time. It is asked for each mail right before that is made, and told what became of it."""

    def next(self, domain: str, now: dt.datetime) -> dt.datetime:
        """When the next mail to this domain may go: `now`, or later. It is counted as gone then."""
        ...

    def left_alone(self, domain: str, now: dt.datetime) -> Outcome | None:
        """Return what a mail to this domain comes to because the domain wants none of ours for now, or `None`."""
        ...

    def heard(self, domain: str, outcome: Outcome, now: dt.datetime) -> None:
        """Take note of what was said of a mail to this domain."""
        ...


@dataclass(frozen=True, slots=True)
class Unlimited:
    """Nothing waits."""

    def next(self, domain: str, now: dt.datetime) -> dt.datetime:  # noqa: ARG002 - the Protocol names the arguments
        """Now, whatever the domain."""
        return now

    def left_alone(self, domain: str, now: dt.datetime) -> Outcome | None:  # noqa: ARG002 - as above
        """No domain is left alone."""
        return None

    def heard(self, domain: str, outcome: Outcome, now: dt.datetime) -> None:
        """Whatever it was, nothing follows from it."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many mails in a period; those of a second are spread over it, more may go as soon as they can."""

    mails: float
    period: dt.timedelta

    @property
    def apart(self) -> dt.timedelta:
        """The time between two mails at this rate."""
        return self.period / self.mails

    @property
    def burst(self) -> dt.timedelta:
        """How far ahead of the rate mails may be."""
        return self.period - self.apart if self.period > dt.timedelta(minutes=1) else dt.timedelta()


@dataclass(frozen=True, slots=True)
class Rules:
    """What is kept to: limits on all mails, one on those of each domain, and the first day of a new sender."""

    limits: tuple[Limit, ...] = ()
    per_domain: Limit | None = None
    warm_up_from: dt.date | None = None

    def limits_on(self, day: dt.date) -> tuple[Limit, ...]:
        """Return the limits of a day: during the warm-up, one more."""
        allowed = warm_up(day, since=self.warm_up_from) if self.warm_up_from else None
        return self.limits if allowed is None else (*self.limits, Limit(allowed, _DAY))


@dataclass(frozen=True, slots=True)
class Breaker:
    """How often a domain refused us in a row, until when it is left alone, and for how long next time."""

    refusals: int = 0
    until: dt.datetime | None = None
    pause: dt.timedelta = FIRST_PAUSE


@dataclass(frozen=True, slots=True)
class PaceState:
    """How far mails have gone: by period of the limit, by domain; and the domains that refused us."""

    gone: Mapping[dt.timedelta, dt.datetime] = field(default_factory=dict)
    domains: Mapping[str, dt.datetime] = field(default_factory=dict)
    breakers: Mapping[str, Breaker] = field(default_factory=dict)


def warm_up(day: dt.date, *, since: dt.date) -> int | None:
    """Return how many mails a new sender may send on a day, `None` once it is known well enough."""
    age = (day - since).days
    if age >= _WARM_UP_DAYS:
        return None
    growth: float = (_WARM_UP_LAST / _WARM_UP_FIRST) ** (max(age, 0) / (_WARM_UP_DAYS - 1))
    return round(_WARM_UP_FIRST * growth)


def reserve(rules: Rules, state: PaceState, domain: str, now: dt.datetime) -> tuple[PaceState, dt.datetime]:
    """Return when the next mail to a domain may go, and the state once it has."""
    limits = rules.limits_on(now.date())
    when = max([now, *(_earliest(limit, state.gone.get(limit.period), now) for limit in limits)])
    if rules.per_domain:
        when = max(when, _earliest(rules.per_domain, state.domains.get(domain), now))
    gone = {limit.period: _gone(limit, state.gone.get(limit.period), when) for limit in limits}
    domains = dict(state.domains)
    if rules.per_domain:
        domains = {name: moment for name, moment in domains.items() if moment > now}
        domains[domain] = _gone(rules.per_domain, state.domains.get(domain), when)
    return replace(state, gone={**state.gone, **gone}, domains=domains), when


def _earliest(limit: Limit, gone: dt.datetime | None, now: dt.datetime) -> dt.datetime:
    return now if gone is None else max(now, gone - limit.burst)


def _gone(limit: Limit, gone: dt.datetime | None, when: dt.datetime) -> dt.datetime:
    return max(gone or when, when) + limit.apart


def left_alone(state: PaceState, domain: str, now: dt.datetime) -> Outcome | None:
    """Return what a mail to a domain comes to while that is left alone; `None` where it is not."""
    breaker = state.breakers.get(domain)
    if breaker is None or breaker.until is None or now >= breaker.until:
        return None
    return Outcome(
        OutcomeKind.THROTTLED, text=f"{domain} refuses our mail for now; left alone until {breaker.until:%H:%M}"
    )


def heard(state: PaceState, domain: str, outcome: Outcome, now: dt.datetime) -> PaceState:
    """Return the state once a mail's answer is known: a domain that keeps refusing is left alone, ever longer."""
    breakers = dict(state.breakers)
    if outcome.kind is OutcomeKind.ACCEPTED:
        breakers.pop(domain, None)
    elif outcome.kind is OutcomeKind.THROTTLED and outcome.code:
        breakers[domain] = _refused(breakers.get(domain, Breaker()), now)
    return replace(state, breakers=breakers)


def _refused(breaker: Breaker, now: dt.datetime) -> Breaker:
    """One more refusal. After a pause the first one is enough, as nothing has been taken since."""
    refusals = breaker.refusals + 1
    if refusals < _OPENS_AFTER or (breaker.until is not None and now < breaker.until):
        return replace(breaker, refusals=refusals)
    return Breaker(refusals, now + breaker.pause, min(2 * breaker.pause, LONGEST_PAUSE))
