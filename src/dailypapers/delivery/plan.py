"""Plan: when the last mail of each edition and time zone will leave, from the limits, from what waits and will wait.

It is arithmetic: each server sends as fast as its limits and this machine let it, first come, first served. What
receiving domains do meanwhile cannot be foretold.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from dailypapers.delivery.pace import Pace
from dailypapers.domain.pace import COUNTED_BY, Room, Rules, Usage, counted_from, room
from dailypapers.store import outbox, subscribers, workers

#: How far ahead digests that are not composed yet are planned.
AHEAD = dt.timedelta(days=1)
#: Mails a second where no run has shown yet what this machine does.
ASSUMED_SPEED = 20.0
#: What takes longer than this is not reckoned to its end: nobody waits for it.
_LONGEST = dt.timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Leaving:
    """When the mails of one edition, or planned ones, have left to the readers of one time zone."""

    edition: dt.date | None
    """`None` for digests that are not composed yet, and for confirmations."""
    zone: str
    mails: int
    first_at: dt.datetime
    """From when on they wait."""
    last_at: dt.datetime
    """When the last one leaves."""
    is_composed: bool = True
    deadline: dt.datetime | None = None
    """When the first of them expires; `None` where that is not known yet."""

    @property
    def is_late(self) -> bool:
        """Whether some expire before their turn comes."""
        return self.deadline is not None and self.last_at > self.deadline


@dataclass(frozen=True, slots=True)
class Plan:
    """When what waits, and what is planned for a day, will have left."""

    leaving: tuple[Leaving, ...]
    per_second: float
    """How fast this machine sends where no limit is slower."""
    is_measured: bool
    """Whether a run has shown so; it is assumed otherwise."""


def plan(tx: sa.Connection, pace: Pace, *, now: dt.datetime) -> Plan:
    """Return when the last mail leaves, by edition and time zone."""
    measured = workers.recent_speed(tx)
    speed = measured or ASSUMED_SPEED
    line = Line([(rules, replace(usage, claimed=0)) for rules, usage in pace.stand(tx)], speed, now)
    waiting = [
        Leaving(group.day, group.zone, group.mails, now, line.send_up_to(group.last), deadline=group.deadline)
        for group in outbox.in_line(tx)
    ]
    later = sorted([*_retries(tx, now), *_planned(tx, now)], key=lambda each: each.first_at)
    queued = [replace(each, last_at=line.send(each.mails, not_before=each.first_at)) for each in later]
    return Plan(tuple(_by_zone([*waiting, *queued])), speed, is_measured=measured is not None)


def _retries(tx: sa.Connection, now: dt.datetime) -> Iterable[Leaving]:
    for group in outbox.deferred(tx):
        yield Leaving(group.day, group.zone, group.mails, max(group.due_at or now, now), now, deadline=group.deadline)


def _planned(tx: sa.Connection, now: dt.datetime) -> Iterable[Leaving]:
    for group in subscribers.planned(tx, until=now + AHEAD):
        yield Leaving(None, group.zone, group.readers, max(group.at, now), now, is_composed=False)


def _by_zone(leaving: Iterable[Leaving]) -> list[Leaving]:
    """Put together what is of one edition and one zone."""
    together: dict[tuple[bool, dt.date | None, str], Leaving] = {}
    for each in leaving:
        key = (each.is_composed, each.edition, each.zone)
        entry = together.get(key)
        together[key] = _sum(entry, each) if entry else each
    return sorted(together.values(), key=lambda each: (not each.is_composed, each.last_at, each.zone))


def _sum(one: Leaving, other: Leaving) -> Leaving:
    deadlines = [each.deadline for each in (one, other) if each.deadline]
    return replace(
        one,
        mails=one.mails + other.mails,
        first_at=min(one.first_at, other.first_at),
        last_at=max(one.last_at, other.last_at),
        deadline=min(deadlines, default=None),
    )


class Line:
    """Mails that wait in line for the servers, of which each keeps to its limits."""

    def __init__(self, servers: Sequence[tuple[Rules, Usage]], per_second: float, now: dt.datetime) -> None:
        self._servers = list(servers)
        self._per_second = per_second
        self._now, self._end = now, now + _LONGEST
        self._sent = 0

    def send_up_to(self, place: int) -> dt.datetime:
        """Return when the mail at a place in the line leaves, those before it having left."""
        return self.send(place - self._sent, not_before=self._now)

    def send(self, mails: int, *, not_before: dt.datetime) -> dt.datetime:
        """Return when the last of so many more mails leaves."""
        self._now = max(self._now, not_before)
        while mails > 0 and self._now < self._end:
            mails -= self._step(mails)
        return self._now

    def _step(self, mails: int) -> int:
        """Send until the five minutes are over that mails are counted by; returns how many went."""
        rooms = [room(replace(rules, rate=None), usage, self._now) for rules, usage in self._servers]
        took = int(min(mails, sum(each.mails for each in rooms), self._until_counted_anew(rooms)))
        if took:
            self._count(took, rooms)
            self._now += dt.timedelta(seconds=took / self._speed(rooms))
        else:
            self._now = min(each.resume_at or self._now for each in rooms)
        self._sent += took
        return took

    def _until_counted_anew(self, rooms: Sequence[Room]) -> float:
        seconds = COUNTED_BY.total_seconds() - self._now.timestamp() % COUNTED_BY.total_seconds()
        return max(1.0, seconds * self._speed(rooms))

    def _speed(self, rooms: Sequence[Room]) -> float:
        """Return how many mails a second go by the servers that have room."""
        rates = [
            1 / rules.rate.apart.total_seconds() if rules.rate else self._per_second
            for (rules, _), each in zip(self._servers, rooms, strict=True)
            if each.mails
        ]
        return min(sum(rates), self._per_second) or self._per_second

    def _count(self, mails: int, rooms: Sequence[Room]) -> None:
        """Count mails at the servers that have room, the same share at each as far as it goes."""
        began = counted_from(self._now)
        open_ones = sum(1 for each in rooms if each.mails)
        for n, each in enumerate(rooms):
            if not each.mails:
                continue
            share = int(min(each.mails, -(-mails // open_ones)))
            mails, open_ones = mails - share, open_ones - 1
            rules, usage = self._servers[n]
            counts = {**usage.counts, began: usage.counts.get(began, 0) + share}
            self._servers[n] = (rules, replace(usage, counts=counts))
