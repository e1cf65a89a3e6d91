"""Receiving domains: which of them take no mail of ours for now, and how far each is with its limit."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa

from dailypapers.domain.address import domain_of
from dailypapers.domain.delivery import LONGEST_RETRY, Delivery, Outcome, OutcomeKind, Priority
from dailypapers.domain.pace import HORIZON, Limit, breaker_after, spread
from dailypapers.store import paces
from dailypapers.store.paces import Domain

#: How long the other mails to a domain wait for the one that is to show whether it takes any again.
_PROBATION = dt.timedelta(minutes=1)


class Domains:
    """All receiving domains that need watching. It outlives a run."""

    def __init__(self, limit: Limit | None = None) -> None:
        """Keep to a limit with each domain, where there is one."""
        self.limit = limit
        #: Domains that have refused us, as last seen in the store.
        self._refusing: dict[str, Domain] = {}
        #: When the last mail to a domain may go that waits in the outbox for its turn.
        self._parked_until: dict[str, dt.datetime] = {}

    @property
    def any_refused(self) -> bool:
        """Whether any domain has refused us, as far as is known here."""
        return bool(self._refusing)

    def left_alone_until(self, domain: str, now: dt.datetime) -> dt.datetime | None:
        """Return until when nothing is sent to a domain, `None` where it is not left alone."""
        refusing = self._refusing.get(domain)
        return refusing.breaker.left_alone_until(now) if refusing and refusing.breaker else None

    def note(self, tx: sa.Connection, answers: Iterable[tuple[Delivery, Outcome]], *, now: dt.datetime) -> None:
        """Learn from answers which domains are to be left alone."""
        telling = [
            (domain_of(delivery.address), outcome)
            for delivery, outcome in answers
            if outcome.kind is OutcomeKind.THROTTLED or (self._refusing and outcome.kind is OutcomeKind.ACCEPTED)
        ]
        if telling:
            self._note_refusals(tx, telling, now)

    def _note_refusals(self, tx: sa.Connection, answers: Sequence[tuple[str, Outcome]], now: dt.datetime) -> None:
        domains_by_name = paces.domains(tx, {domain for domain, _ in answers}, to_change=True)
        for name, outcome in answers:
            if name not in domains_by_name and outcome.kind is OutcomeKind.ACCEPTED:
                continue
            domain = domains_by_name.get(name, Domain())
            domains_by_name[name] = replace(domain, breaker=breaker_after(domain.breaker, outcome, now))
        paces.keep_domains(tx, domains_by_name)
        self.remember(domains_by_name, domains_by_name)

    def remember(self, names: Iterable[str], domains: Mapping[str, Domain]) -> None:
        """Take note of how domains of these names stand in the store, where some may be missing."""
        if self._refusing:
            for name in names:
                self._refusing.pop(name, None)
        self._refusing.update({name: domain for name, domain in domains.items() if domain.breaker})

    def reserve(self, domain: str, limit: Limit, next_at: dt.datetime, *, now: dt.datetime) -> dt.datetime:
        """Return when one more mail of a domain may go that has a limit, behind those that wait already."""
        when = max(self._parked_until.get(domain, next_at), next_at)
        self._parked_until[domain] = min(when + limit.apart, now + LONGEST_RETRY)
        return min(when, now + LONGEST_RETRY)


class DomainTurns:
    """Which of some claimed mails their domains take, and when."""

    def __init__(self, domains: Domains, tx: sa.Connection, claimed: Sequence[Delivery], now: dt.datetime) -> None:
        self._domains, self._now = domains, now
        names = {domain_of(delivery.address) for delivery in claimed}
        self._known = paces.domains(tx, names, to_change=domains.limit is not None) if names else {}
        domains.remember(names, self._known)
        self._changed: dict[str, Domain] = {}
        self._on_probation: set[str] = set()
        self._at: dict[int, dt.datetime] = {}

    @property
    def take_all(self) -> bool:
        """Whether there is nothing to be kept to with any of the domains."""
        return not self._known and self._domains.limit is None

    def waits(self, delivery: Delivery) -> tuple[dt.datetime, str] | None:
        """Return until when a mail waits in the outbox, and why; `None` where it goes now."""
        name = domain_of(delivery.address)
        return self._refused(name) or self._over_limit(name, delivery)

    def _refused(self, name: str) -> tuple[dt.datetime, str] | None:
        breaker = self._known.get(name, Domain()).breaker
        if breaker is None or not breaker.is_on_probation(self._now):
            return None
        until = breaker.left_alone_until(self._now)
        if until is None and name not in self._on_probation:
            self._on_probation.add(name)
            return None
        return until or self._now + _PROBATION, f"not tried: {name} refuses our emails for now"

    def _over_limit(self, name: str, delivery: Delivery) -> tuple[dt.datetime, str] | None:
        if (limit := self._domains.limit) is None:
            return None
        domain = self._known.get(name, Domain())
        at, next_at = spread(limit, domain.next_at, self._now)
        if at > self._now + HORIZON and delivery.priority is not Priority.URGENT:
            return self._domains.reserve(name, limit, at, now=self._now), f"not tried: the limit of emails to {name}"
        self._at[delivery.id] = self._now if delivery.priority is Priority.URGENT else at
        self._known[name] = self._changed[name] = replace(domain, next_at=next_at)
        return None

    def at(self, delivery: Delivery) -> dt.datetime:
        """Return when a mail may go as far as its domain is concerned."""
        return self._at.get(delivery.id, self._now)

    def store(self, tx: sa.Connection) -> None:
        """Store how far the domains are."""
        paces.keep_domains(tx, self._changed)
