"""Tally: what a run has done so far, and whether it may go on."""

import datetime as dt
import heapq
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from dailypapers.delivery.record import Result
from dailypapers.domain.address import domain_of
from dailypapers.domain.delivery import Delivery, DeliveryState, Outcome, OutcomeKind
from dailypapers.domain.fault import Fault
from dailypapers.domain.pace import Room
from dailypapers.domain.worker import Progress

#: So many mails in a row that could not be built, or that the server did not take, and the run stops.
IN_A_ROW = 20
#: What stands for a reply that never came.
NO_REPLY = "no reply"
#: Domains that are shown to whoever watches.
_MOST_DOMAINS = 10
#: How long nothing is tried by itself after a mail server was found down, or let us send no more.
SERVER_PAUSE = dt.timedelta(minutes=1)
LIMIT_PAUSE = dt.timedelta(minutes=5)
_IN_VAIN = (OutcomeKind.NOT_MADE, OutcomeKind.INTERRUPTED)


@dataclass(frozen=True, slots=True)
class Stopped:
    """Why a run ended while mails were waiting: whose fault, `NONE` where it was asked to; and in a sentence."""

    fault: Fault
    why: str
    pause: dt.timedelta | None = None
    """After how long it is worth trying again without anybody having mended anything; `None` where it is not."""
    by_own_limit: bool = False
    """Whether it is a limit of the settings: mails that somebody waits for leave all the same."""


ASKED_TO_STOP = Stopped(Fault.NONE, "asked to stop")
TAKEN_OVER = Stopped(Fault.NONE, "another process took this one for dead and sends its emails")


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a run did: how many deliveries came to which state, and why it stopped early, if it did."""

    states: Counter[DeliveryState] = field(default_factory=Counter)
    stopped: Stopped | None = None
    elsewhere: int = 0
    """How many mails others had claimed when it ended."""


class Tally:
    """Counts results as they come."""

    def __init__(self) -> None:
        self.states: Counter[DeliveryState] = Counter()
        self.edition_ids: set[int] = set()
        self.stopped: Stopped | None = None
        self._deferred: set[int] = set()
        #: The latest results in a row of which nothing left us.
        self._in_vain: list[Outcome] = []
        self._has_anything_left = False
        #: By domain and reply.
        self._replies: Counter[tuple[str, str]] = Counter()

    def add(self, results: Iterable[Result]) -> None:
        """Count results; a delivery that is tried again is counted once."""
        replies = []
        for delivery, outcome in results:
            self._count(delivery)
            self._judge(outcome)
            reply = f"{outcome.code // 100}xx" if outcome.code else NO_REPLY
            replies.append((domain_of(delivery.address), reply))
        self._replies.update(replies)

    def progress(self) -> Progress:
        """Return what was done so far, for whoever watches."""
        replies: Counter[str] = Counter()
        replies_of: dict[str, Counter[str]] = {}
        for (domain, reply), mails in self._replies.items():
            replies[reply] += mails
            replies_of.setdefault(domain, Counter())[reply] += mails
        largest = heapq.nlargest(_MOST_DOMAINS, replies_of.items(), key=lambda each: each[1].total())
        return Progress(self.states.total(), dict(replies), {domain: dict(each) for domain, each in largest})

    def put_off(self, deliveries: Iterable[Delivery]) -> None:
        """Count mails that were claimed and wait in the outbox again, untried."""
        for delivery in deliveries:
            self._count(delivery._replace(state=DeliveryState.DEFERRED))

    def _count(self, delivery: Delivery) -> None:
        if delivery.id in self._deferred:
            self._deferred.remove(delivery.id)
            self.states[DeliveryState.DEFERRED] -= 1
        if delivery.state is DeliveryState.DEFERRED:
            self._deferred.add(delivery.id)
        self.states[delivery.state] += 1
        for edition in (delivery.edition, delivery.group_edition):
            if edition is not None:
                self.edition_ids.add(edition)

    def _judge(self, outcome: Outcome) -> None:
        if outcome.kind is OutcomeKind.ACCEPTED:
            self._in_vain, self._has_anything_left = [], True
            return
        if outcome.kind in _IN_VAIN:
            self._in_vain = [*self._in_vain, outcome][-IN_A_ROW:]
        else:
            self._in_vain, self._has_anything_left = [], True
        if outcome.fault in {Fault.US, Fault.PACE}:
            self.stopped = self.stopped or _our_fault(outcome)
        elif len(self._in_vain) == IN_A_ROW:
            self.stopped = self.stopped or _in_vain(self._in_vain)

    def finish(self, *, asked_to_stop: bool, taken_over: bool) -> Delivered:
        """Return what was done; a run of which not one mail left has stopped as well, however short it was."""
        stopped = self.stopped or (TAKEN_OVER if taken_over else ASKED_TO_STOP if asked_to_stop else None)
        if not stopped and self._in_vain and not self._has_anything_left:
            stopped = _in_vain(self._in_vain)
        return Delivered(+self.states, stopped)


def out_of_room(room: Room, now: dt.datetime) -> Stopped:
    """Return why a run ends where a limit leaves no room for a while."""
    resume_at = room.resume_at or now
    why = f"no more than {room.limit}: the next may go at {resume_at:%Y-%m-%d %H:%M} UTC"
    return Stopped(Fault.PACE, why, resume_at - now, by_own_limit=True)


def _our_fault(outcome: Outcome) -> Stopped:
    if outcome.fault is Fault.PACE:
        return Stopped(Fault.PACE, f"the mail server takes no more for now: {_words(outcome)}", LIMIT_PAUSE)
    return Stopped(Fault.US, f"our fault, so nobody else is mailed: {_words(outcome)}")


def _in_vain(outcomes: Sequence[Outcome]) -> Stopped:
    if {outcome.kind for outcome in outcomes} == {OutcomeKind.NOT_MADE}:
        return Stopped(Fault.MESSAGE, f"not one mail could be built; the log says why: {outcomes[-1].text}")
    lost = [outcome for outcome in outcomes if outcome.kind is not OutcomeKind.NOT_MADE]
    return Stopped(Fault.CONNECTION, f"the mail server takes nothing: {lost[-1].text}", SERVER_PAUSE)


def _words(outcome: Outcome) -> str:
    return f"{outcome.code or ''} {outcome.enhanced} {outcome.text}".strip()
