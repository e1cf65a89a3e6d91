"""Routes: the mail servers that mails go by, what is kept to with each, and how busy it is."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import sqlalchemy as sa

from dailypapers.domain.delivery import Delivery, Priority
from dailypapers.domain.pace import Room, Rules, Usage, room, spread
from dailypapers.store import paces

#: How long a server that is down gets no mails while there are others.
_DOWN = dt.timedelta(minutes=1)


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


class Turn(NamedTuple):
    """A claimed mail, the moment at which it may go, and the server it goes by."""

    delivery: Delivery
    at: dt.datetime
    server: str = ""
    has_to_wait: bool = False
    """Whether that moment was not there yet when the mail was claimed."""


class Routes:
    """All mail servers, and the mails they were given. It outlives a run."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = routes or (Route(),)
        #: Until when servers get no mails because others have had to take theirs.
        self._down_until: dict[str, dt.datetime] = {}
        #: How many mails each server was given, and how many of those have no answer yet.
        self._given: Counter[str] = Counter()
        self._unanswered: Counter[str] = Counter()

    @property
    def has_several(self) -> bool:
        """Whether there are several servers."""
        return len(self._routes) > 1

    @property
    def only_unlimited(self) -> str | None:
        """Return the name of the only server, where nothing is to be kept to with it."""
        return None if self.has_several or self._routes[0].is_limited else self._routes[0].name

    @property
    def counted(self) -> frozenset[str]:
        """The servers whose mails are counted, since they have quotas."""
        return frozenset(route.name for route in self._routes if route.rules.has_quotas)

    def rules_of(self, server: str) -> Rules:
        """Return what is kept to with a server."""
        return next(route.rules for route in self._routes if route.name == server)

    def usages(self, tx: sa.Connection, *, to_change: bool) -> dict[str, Usage]:
        """Return how far each server is with its limits; `to_change` locks what is read."""
        return {
            route.name: paces.usage_of(tx, route.name, to_change=to_change) if route.is_limited else Usage()
            for route in self._routes
        }

    def rooms(self, usages: Mapping[str, Usage], now: dt.datetime) -> dict[str, Room]:
        """Return the room of each server that is not known to be down, or of all where all are."""
        up = [route for route in self._routes if self._down_until.get(route.name, now) <= now]
        return {route.name: room(route.rules, usages[route.name], now) for route in up or self._routes}

    def went(self, servers: Sequence[str]) -> None:
        """Note that mails are on their way to these servers."""
        self._given.update(servers)
        self._unanswered.update(servers)

    def went_by_another(self, down: str, server: str, *, now: dt.datetime) -> None:
        """Note that a mail leaves by another server than the one it was to go by, which is down."""
        self._unanswered.update({down: -1, server: 1})
        self._down_until[down] = now + _DOWN

    def came_back(self, servers: Iterable[str]) -> None:
        """Note that mails are on their way to these servers no more."""
        self._unanswered.subtract(servers)

    def next_server(self, rooms: Mapping[str, float], sent_by_route: Counter[str]) -> str:
        """Return the server whose turn it is, of those with room, or of all; `sent_by_route` counts on top.

        By weight, the one that is furthest behind its share; without weights, the one that is least busy.
        """
        if not self.has_several:
            return self._routes[0].name
        open_routes = [route for route in self._routes if route.name in rooms]
        open_ones = [route for route in open_routes if rooms[route.name] >= 1] or open_routes
        if all(route.weight for route in open_ones):
            return self._furthest_behind(open_ones, sent_by_route)
        return min(open_ones, key=lambda each: self._unanswered[each.name] + sent_by_route[each.name]).name

    def _furthest_behind(self, open_ones: Sequence[Route], sent_by_route: Counter[str]) -> str:
        shares = {each: (self._given[each.name] + sent_by_route[each.name]) / each.weight for each in open_ones}
        least = min(shares.values())
        for each in self._routes:
            # Who comes back does not get all that it has missed.
            if each not in shares:
                self._given[each.name] = max(self._given[each.name], int(least * each.weight))
        return min(shares, key=lambda each: shares[each]).name


class ServerTurns:
    """Which of some claimed mails go by which server, and when."""

    def __init__(
        self, routes: Routes, usages: Mapping[str, Usage], rooms: Mapping[str, Room], now: dt.datetime
    ) -> None:
        self._routes, self._now = routes, now
        self._next_at = {name: usage.next_at for name, usage in usages.items()}
        self._rooms = {name: each.mails for name, each in rooms.items()}
        self._given: Counter[str] = Counter()

    def turn(self, delivery: Delivery, *, not_before: dt.datetime) -> Turn:
        """Return by which server a mail goes, and when."""
        server = self._routes.next_server(self._rooms, self._given)
        self._given[server] += 1
        self._rooms[server] = max(self._rooms[server] - 1, 0)
        at, rate = not_before, self._routes.rules_of(server).rate
        if rate:
            at, self._next_at[server] = spread(rate, self._next_at[server], not_before)
        if delivery.priority is Priority.URGENT:
            at = self._now
        return Turn(delivery, at, server, has_to_wait=at > self._now)

    def store(self, tx: sa.Connection) -> None:
        """Store when the next mail may go by each server."""
        for server in self._given:
            next_at = self._next_at[server]
            if next_at and self._routes.rules_of(server).rate:
                paces.set_next(tx, server, next_at)
