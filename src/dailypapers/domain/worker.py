"""A worker: one run of a process that sends; and the rule for when it is dead.

What a process is read from is in `delivery.process`; where workers are stored, in `store.workers`.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

#: How long a worker that says nothing counts as alive; it renews its lease three times as often.
LEASE = dt.timedelta(seconds=15)
#: A process that lives and has not renewed its worker's lease for so long has lost that worker, or hangs.
HUNG_AFTER = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Process:
    """A process, and where it runs; `place` is empty where processes cannot be told apart."""

    place: str = ""
    pid: int = 0
    started: str = ""
    """When, in the machine's own words: a process that gets the same id later has started at another time."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run has done so far, as whoever watches wants to know it."""

    done: int = 0
    """Mails that have come to a state, counted once however often they were tried."""
    replies: Mapping[str, int] = field(default_factory=dict)
    """Answers by the class of their reply code: 2xx, 4xx, 5xx, or no reply."""
    domains: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """The same for each of the receiving domains with most mails."""


@dataclass(frozen=True, slots=True)
class Worker:
    """One run that sends."""

    id: str
    process: Process
    until: dt.datetime
    """When its lease runs out, unless it is renewed."""


def is_dead(worker: Worker, *, is_running: bool | None, now: dt.datetime) -> bool:
    """Return whether a worker has stopped without a word.

    `is_running` says whether its process is there, as far as that can be told from here. Where it cannot, the lease
    decides; one that ends more than twice its length from now was written by a clock that was ahead.
    """
    if is_running is False:
        return True
    if is_running:
        return worker.until + HUNG_AFTER <= now
    return not now < worker.until <= now + 2 * LEASE
