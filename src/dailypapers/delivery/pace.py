"""The pace: which of the mails that are due go now, at which moment, and by which server.

    room | claim | turns: goes at a moment, or waits in the outbox → handed over: counted → answered: domains heard

What it goes by is in the store, in the transactions that claim and record, so that all senders keep to it together and
a restart changes nothing. The rules are `domain.pace`; servers are `routes`, receiving domains `domains`.
"""

import datetime as dt
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from dailypapers.delivery.domains import Domains, DomainTurns
from dailypapers.delivery.routes import Route, Routes, ServerTurns, Turn
from dailypapers.domain.clock import Clock
from dailypapers.domain.delivery import Delivery, Outcome, Priority
from dailypapers.domain.pace import Limit, Room, Rules, Usage, room
from dailypapers.store import outbox, paces


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
        self._routes, self._domains = Routes(routes), Domains(per_domain)

    @property
    def has_several(self) -> bool:
        """Whether there are several servers."""
        return self._routes.has_several

    def rules_of(self, server: str) -> Rules:
        """Return what is kept to with a server."""
        return self._routes.rules_of(server)

    def room(self, tx: sa.Connection, now: dt.datetime) -> Room:
        """Return whether there is room for any mail at present."""
        return _widest(room(rules, usage, now) for rules, usage in self.stand(tx))

    def stand(self, tx: sa.Connection) -> list[tuple[Rules, Usage]]:
        """Return what is kept to with each server, and how far it is."""
        usages = self._routes.usages(tx, to_change=False)
        return [(self._routes.rules_of(server), usage) for server, usage in usages.items()]

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
        usages = self._routes.usages(tx, to_change=True)
        rooms = self._routes.rooms(usages, steady)
        most = min(limit, int(min(sum(each.mails for each in rooms.values()), limit)))
        taking = [each for each in priorities if most or each is Priority.URGENT]
        claimed = outbox.claim(tx, worker_id, most or limit, now=now, priorities=taking) if taking else []
        turns, parked = self._turns(tx, claimed, usages, rooms, steady)
        outbox.park(tx, parked)
        no_room = None if most or len(taking) == len(priorities) else _no_room(tx, rooms.values(), now)
        return Claimed(tuple(turns), tuple(parked), no_room, is_all=len(claimed) < min(limit, most or limit))

    def _turns(
        self,
        tx: sa.Connection,
        claimed: Sequence[Delivery],
        usages: Mapping[str, Usage],
        rooms: Mapping[str, Room],
        now: dt.datetime,
    ) -> tuple[list[Turn], list[Delivery]]:
        domains = DomainTurns(self._domains, tx, claimed, now)
        only = self._routes.only_unlimited
        if only is not None and domains.take_all:
            return [Turn(delivery, now, only) for delivery in claimed], []
        servers = ServerTurns(self._routes, usages, rooms, now)
        turns, parked = [], []
        for delivery in claimed:
            waits = domains.waits(delivery)
            if waits:
                parked.append(delivery._replace(next_attempt_at=waits[0], detail=waits[1]))
            else:
                turns.append(servers.turn(delivery, not_before=domains.at(delivery)))
        domains.store(tx)
        servers.store(tx)
        return turns, parked

    def went(self, turns: Iterable[Turn]) -> None:
        """Note that these mails are on their way to their servers."""
        self._routes.went([turn.server for turn in turns])

    def went_by_another(self, delivery: Delivery, server: str, *, now: dt.datetime) -> None:
        """Note that a mail leaves by another server than the one it was to go by, which is down."""
        self._routes.went_by_another(delivery.server, server, now=now)

    def came_back(self, deliveries: Iterable[Delivery]) -> None:
        """Note that these mails are on their way no more."""
        self._routes.came_back(delivery.server for delivery in deliveries)

    @property
    def leaves_any_alone(self) -> bool:
        """Whether any domain has refused us lately."""
        return self._domains.any_refused

    def left_alone_until(self, domain: str, now: dt.datetime) -> dt.datetime | None:
        """Return until when nothing is sent to a domain, `None` where it is not left alone."""
        return self._domains.left_alone_until(domain, now)

    def note(
        self,
        tx: sa.Connection,
        handed_over: Iterable[Delivery],
        answers: Iterable[tuple[Delivery, Outcome]],
        *,
        now: dt.datetime,
    ) -> None:
        """Count mails that are about to be handed over, and learn from answers which domains are to be left alone."""
        counted = self._routes.counted
        handed_to = Counter(each.server for each in handed_over if each.server in counted) if counted else Counter()
        for server, mails in sorted(handed_to.items()):
            # In one order: two senders would otherwise wait for each other's rows.
            paces.count(tx, server, mails, now=now)
        self._domains.note(tx, answers, now=now)


def _no_room(tx: sa.Connection, rooms: Iterable[Room], now: dt.datetime) -> Room | None:
    next_attempt = outbox.next_attempt(tx, now=now)
    return _widest(rooms) if next_attempt and next_attempt <= now else None


def _widest(rooms: Iterable[Room]) -> Room:
    """Return the room of several servers: the largest, or the one that is there first."""
    return max(rooms, key=lambda each: (each.mails, -each.resume_at.timestamp() if each.resume_at else 0))


def steady(clock: Clock) -> Clock:
    """Return a clock that goes on where another one stands still or is set back, as pauses do."""
    began, began_at = clock(), time.monotonic()
    return lambda: max(clock(), began + dt.timedelta(seconds=time.monotonic() - began_at))
