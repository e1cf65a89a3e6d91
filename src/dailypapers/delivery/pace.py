"""The pace: which of the mails that are due go now, at which moment, and by which server.

    room | claim | turns: goes at a moment, or waits in the outbox → handed over: counted → answered: domains heard

What it goes by is in the store, in the transactions that claim and record, so that all senders keep to it together and
a restart changes nothing. The rules are `domain.pace`.
"""

import datetime as dt
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from dailypapers.domain.address import domain_of
from dailypapers.domain.clock import Clock
from dailypapers.domain.delivery import LONGEST_RETRY, Delivery, Outcome, OutcomeKind, Priority
from dailypapers.domain.pace import HORIZON, Limit, Room, Rules, Usage, breaker_after, room, spread
from dailypapers.store import outbox, paces
from dailypapers.store.paces import Domain

#: How long the other mails to a domain wait for the one that is to show whether it takes any again.
_PROBATION = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Route:
    """A mail server, and what is kept to with it."""

    name: str = ""
    rules: Rules = field(default=Rules())
    weight: float = 0
    """Its share of the mails, in proportion to the others' weights; 0: as many as it takes."""

    @property
    def is_limited(self) -> bool:
        """Whether anything is to be kept to."""
        return bool(self.rules.rate) or self.rules.has_quotas


@dataclass(frozen=True, slots=True)
class Turn:
    """A claimed mail, the moment at which it may go, and the server it goes by."""

    delivery: Delivery
    at: dt.datetime
    server: str = ""


@dataclass(frozen=True, slots=True)
class Claimed:
    """What was taken out of the outbox."""

    turns: tuple[Turn, ...] = ()
    parked: tuple[Delivery, ...] = ()
    """Mails that wait in the outbox until their domain takes more."""
    no_room: Room | None = None
    """Why mails that are due were left where they are, if any were."""
    is_all: bool = True
    """Whether nothing else is due."""


class Pace:
    """What is kept to with each mail server and each domain. It outlives a run."""

    def __init__(self, *routes: Route, per_domain: Limit | None = None) -> None:
        self._routes = routes or (Route(),)
        self._per_domain = per_domain
        #: Domains that have refused us, as last seen in the store.
        self._refusing: dict[str, Domain] = {}
        #: When the last mail to a domain may go that waits in the outbox for its turn.
        self._parked_until: dict[str, dt.datetime] = {}
        #: Until when servers get no mails because others have had to take theirs.
        self._down_until: dict[str, dt.datetime] = {}
        #: How many mails each server was given, and how many of those have no answer yet.
        self._given: Counter[str] = Counter()
        self._unanswered: Counter[str] = Counter()

    def room(self, tx: sa.Connection, now: dt.datetime) -> Room:
        """Return whether there is room for any mail at present."""
        return _widest(room(route.rules, self._usage(tx, route, to_change=False), now) for route in self._routes)

    def stand(self, tx: sa.Connection) -> list[tuple[Rules, Usage]]:
        """Return what is kept to with each server, and how far it is."""
        return [(route.rules, self._usage(tx, route, to_change=False)) for route in self._routes]

    def claim(
        self,
        tx: sa.Connection,
        worker_id: str,
        limit: int,
        priorities: Sequence[Priority],
        *,
        now: dt.datetime,
        steady: dt.datetime | None = None,
    ) -> Claimed:
        """Take mails out of the outbox, and say when each goes and by which server.

        Those that somebody waits for are counted, and go at once. What its domain does not take now waits in the outbox
        until it does, without having been tried. Turns go by `steady`, where the clock may stand still.
        """
        steady = steady or now
        usages = {route.name: self._usage(tx, route) for route in self._routes}
        rooms = {route.name: room(route.rules, usages[route.name], steady) for route in self._up(steady)}
        most = min(limit, int(min(sum(each.mails for each in rooms.values()), limit)))
        taking = [each for each in priorities if most or each is Priority.URGENT]
        claimed = outbox.claim(tx, worker_id, most or limit, now=now, priorities=taking) if taking else []
        turns, parked = self._turns(tx, claimed, usages, rooms, steady)
        outbox.park(tx, parked)
        no_room = None if most or len(taking) == len(priorities) else self._no_room(tx, rooms.values(), now)
        return Claimed(tuple(turns), tuple(parked), no_room, is_all=len(claimed) < min(limit, most or limit))

    def _up(self, now: dt.datetime) -> Sequence[Route]:
        """Return the servers that are not known to be down, or all where all are."""
        up = [route for route in self._routes if self._down_until.get(route.name, now) <= now]
        return up or self._routes

    @staticmethod
    def _no_room(tx: sa.Connection, rooms: Iterable[Room], now: dt.datetime) -> Room | None:
        next_attempt = outbox.next_attempt(tx, now=now)
        return _widest(rooms) if next_attempt and next_attempt <= now else None

    @staticmethod
    def _usage(tx: sa.Connection, route: Route, *, to_change: bool = True) -> Usage:
        return paces.usage_of(tx, route.name, to_change=to_change) if route.is_limited else Usage()

    def _turns(
        self,
        tx: sa.Connection,
        claimed: Sequence[Delivery],
        usages: Mapping[str, Usage],
        rooms: Mapping[str, Room],
        now: dt.datetime,
    ) -> tuple[list[Turn], list[Delivery]]:
        domains = _Domains(self, tx, claimed, now)
        servers = _Servers(self, usages, rooms, now)
        turns, parked = [], []
        for delivery in claimed:
            waits = domains.waits(delivery)
            if waits:
                parked.append(replace(delivery, next_attempt_at=waits[0], detail=waits[1]))
            else:
                turns.append(servers.turn(delivery, not_before=domains.at(delivery)))
        domains.keep(tx)
        servers.keep(tx)
        return turns, parked

    def went(self, turns: Iterable[Turn]) -> None:
        """Note that these mails are on their way to their servers."""
        servers = [turn.server for turn in turns]
        self._given.update(servers)
        self._unanswered.update(servers)

    def went_by_another(self, delivery: Delivery, server: str, *, now: dt.datetime) -> None:
        """Note that a mail leaves by another server than the one it was to go by, which is down."""
        self._unanswered.update({delivery.server: -1, server: 1})
        self._down_until[delivery.server] = now + _PROBATION

    def came_back(self, deliveries: Iterable[Delivery]) -> None:
        """Note that these mails are on their way no more."""
        self._unanswered.subtract(delivery.server for delivery in deliveries)

    def left_alone_until(self, domain: str, now: dt.datetime) -> dt.datetime | None:
        """Return until when nothing is sent to a domain, `None` where it is not left alone."""
        known = self._refusing.get(domain)
        return known.breaker.left_alone_until(now) if known and known.breaker else None

    def note(
        self,
        tx: sa.Connection,
        handed_over: Iterable[Delivery],
        answers: Iterable[tuple[Delivery, Outcome]],
        *,
        now: dt.datetime,
    ) -> None:
        """Count mails that are about to be handed over, and learn from answers which domains are to be left alone."""
        counted = {route.name for route in self._routes if route.rules.has_quotas}
        handed_to = Counter(each.server for each in handed_over if each.server in counted)
        for server, mails in sorted(handed_to.items()):
            # In one order: two senders would otherwise wait for each other's rows.
            paces.count(tx, server, mails, now=now)
        telling = [
            (domain_of(delivery.address), outcome)
            for delivery, outcome in answers
            if outcome.kind is OutcomeKind.THROTTLED or (self._refusing and outcome.kind is OutcomeKind.ACCEPTED)
        ]
        if telling:
            self._note_refusals(tx, telling, now)

    def _note_refusals(self, tx: sa.Connection, answers: Sequence[tuple[str, Outcome]], now: dt.datetime) -> None:
        known = paces.domains(tx, {domain for domain, _ in answers}, to_change=True)
        for name, outcome in answers:
            if name not in known and outcome.kind is OutcomeKind.ACCEPTED:
                continue
            domain = known.get(name, Domain())
            known[name] = replace(domain, breaker=breaker_after(domain.breaker, outcome, now))
        paces.keep_domains(tx, known)
        self.remember(known)

    def remember(self, domains: Mapping[str, Domain]) -> None:
        """Take note of how domains stand in the store."""
        for name, domain in domains.items():
            self._refusing.pop(name, None)
            if domain.breaker:
                self._refusing[name] = domain

    def turn_of(self, rooms: Mapping[str, float], given: Counter[str]) -> str:
        """Return the server whose turn it is, of those with room, or of all; `given` counts on top of all before.

        By weight, the one that is furthest behind its share; without weights, the one that is least busy.
        """
        if not self.has_several:
            return self._routes[0].name
        known = [route for route in self._routes if route.name in rooms]
        open_ones = [route for route in known if rooms[route.name] >= 1] or known
        if all(route.weight for route in open_ones):
            shares = {each: (self._given[each.name] + given[each.name]) / each.weight for each in open_ones}
            least = min(shares.values())
            for each in self._routes:
                # Who comes back does not get all that it has missed.
                if each not in shares:
                    self._given[each.name] = max(self._given[each.name], int(least * each.weight))
            return min(shares, key=lambda each: shares[each]).name
        return min(open_ones, key=lambda each: self._unanswered[each.name] + given[each.name]).name

    def waiting_place(self, domain: str, limit: Limit, next_at: dt.datetime, *, now: dt.datetime) -> dt.datetime:
        """Return when one more mail of a domain may go that has a limit, behind those that wait already."""
        when = max(self._parked_until.get(domain, next_at), next_at)
        self._parked_until[domain] = min(when + limit.apart, now + LONGEST_RETRY)
        return min(when, now + LONGEST_RETRY)

    def rules_of(self, server: str) -> Rules:
        """Return what is kept to with a server."""
        return next(route.rules for route in self._routes if route.name == server)

    @property
    def has_several(self) -> bool:
        """Whether there are several servers."""
        return len(self._routes) > 1

    @property
    def per_domain(self) -> Limit | None:
        """What is kept to with each domain."""
        return self._per_domain


def _widest(rooms: Iterable[Room]) -> Room:
    """Return the room of several servers: the largest, or the one that is there first."""
    return max(rooms, key=lambda each: (each.mails, -each.resume_at.timestamp() if each.resume_at else 0))


class _Domains:
    """The domains of some claimed mails: who waits, and how far they are."""

    def __init__(self, pace: Pace, tx: sa.Connection, claimed: Sequence[Delivery], now: dt.datetime) -> None:
        self._pace, self._now = pace, now
        names = {domain_of(delivery.address) for delivery in claimed}
        self._known = paces.domains(tx, names, to_change=pace.per_domain is not None) if names else {}
        pace.remember({name: self._known.get(name, Domain()) for name in names})
        self._changed: dict[str, Domain] = {}
        self._on_probation: set[str] = set()
        self._at: dict[int, dt.datetime] = {}

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
        if (limit := self._pace.per_domain) is None:
            return None
        domain = self._known.get(name, Domain())
        at, next_at = spread(limit, domain.next_at, self._now)
        if at > self._now + HORIZON and delivery.priority is not Priority.URGENT:
            return self._pace.waiting_place(name, limit, at, now=self._now), f"not tried: the limit of emails to {name}"
        self._at[delivery.id] = self._now if delivery.priority is Priority.URGENT else at
        self._known[name] = self._changed[name] = replace(domain, next_at=next_at)
        return None

    def at(self, delivery: Delivery) -> dt.datetime:
        """Return when a mail may go as far as its domain is concerned."""
        return self._at.get(delivery.id, self._now)

    def keep(self, tx: sa.Connection) -> None:
        """Store how far the domains are."""
        paces.keep_domains(tx, self._changed)


class _Servers:
    """The servers that some claimed mails go by, and how far they are."""

    def __init__(self, pace: Pace, usages: Mapping[str, Usage], rooms: Mapping[str, Room], now: dt.datetime) -> None:
        self._pace, self._now = pace, now
        self._next_at = {name: usage.next_at for name, usage in usages.items()}
        self._rooms = {name: each.mails for name, each in rooms.items()}
        self._given: Counter[str] = Counter()

    def turn(self, delivery: Delivery, *, not_before: dt.datetime) -> Turn:
        """Return by which server a mail goes, and when."""
        server = self._pace.turn_of(self._rooms, self._given)
        self._given[server] += 1
        self._rooms[server] = max(self._rooms[server] - 1, 0)
        at, rate = not_before, self._pace.rules_of(server).rate
        if rate:
            at, self._next_at[server] = spread(rate, self._next_at[server], not_before)
        is_urgent = delivery.priority is Priority.URGENT
        return Turn(delivery, self._now if is_urgent else at, server)

    def keep(self, tx: sa.Connection) -> None:
        """Store when the next mail may go by each server."""
        for server in self._given:
            next_at = self._next_at[server]
            if next_at and self._pace.rules_of(server).rate:
                paces.set_next(tx, server, next_at)


def steady(clock: Clock) -> Clock:
    """Return a clock that goes on where another one stands still or is set back, as pauses do."""
    began, began_at = clock(), time.monotonic()
    return lambda: max(clock(), began + dt.timedelta(seconds=time.monotonic() - began_at))
