"""Send: what waits in the outbox goes out, group by group.

    claim (committed) | render | attempt (committed) | send, several at a time | record (committed)

What the server said decides what comes next (`domain.delivery.after`). A refusal that is our fault stops the run; so
does a mail server that answers nobody. Asked to stop, it finishes what is in flight and gives the rest back.
"""

import asyncio
import datetime as dt
import threading
from collections import Counter, deque
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
import structlog

from dailypapers.digests.layout import MailRenderer, RenderInput, load_inputs, mail
from dailypapers.domain.address import domain_of
from dailypapers.domain.clock import Clock
from dailypapers.domain.delivery import Delivery, DeliveryState, Outcome, OutcomeKind, after
from dailypapers.domain.fault import Fault
from dailypapers.domain.message import OutgoingMail
from dailypapers.domain.pace import Pace, Unlimited
from dailypapers.domain.subscriber import SubscriberState
from dailypapers.errors import BadInput
from dailypapers.mail.transport import AboutToHandOver, Answered, Event, Transport
from dailypapers.store import attempts, outbox, subscribers, suppressions
from dailypapers.store.database import reading, writing

log = structlog.get_logger()

#: Mails claimed at a time, and so at most unsure after a crash.
GROUP = 50
#: A claim this old belongs to a sender that died: the longest a mail may take is far below.
ABANDONED_AFTER = dt.timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class SenderOptions:
    """How mail leaves, and who sends it."""

    transport: Transport
    worker: str
    pace: Pace = field(default_factory=Unlimited)


@dataclass(frozen=True, slots=True)
class Stopped:
    """Why a run ended while mails were waiting: whose fault, `NONE` where it was asked to; and in a sentence."""

    fault: Fault
    why: str


ASKED_TO_STOP = Stopped(Fault.NONE, "asked to stop")


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a run did: how many deliveries came to which state, and why it stopped early, if it did."""

    states: Counter[DeliveryState] = field(default_factory=Counter)
    stopped: Stopped | None = None


@dataclass(frozen=True, slots=True)
class _Result:
    delivery: Delivery
    outcome: Outcome


async def deliver(
    engine: sa.Engine,
    renderer: MailRenderer,
    options: SenderOptions,
    *,
    clock: Clock,
    stop: threading.Event | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Delivered:
    """Send all mails whose time has come; returns when none is left, when asked to stop, or when it must stop.

    `on_progress` hears how many deliveries each group settled.
    """
    with writing(engine) as tx:
        outbox.abandoned(tx, after=ABANDONED_AFTER, now=clock())
        waiting, said = outbox.on_hold(tx)
    if waiting:
        return Delivered(stopped=Stopped(Fault.US, f"{waiting} emails are on hold because of a fault of ours: {said}"))
    states: Counter[DeliveryState] = Counter()
    while not (stop and stop.is_set()):
        claimed = _claim(engine, options.worker, clock())
        if not claimed:
            return _logged(Delivered(states))
        group = _Group(engine, renderer, options, clock, stop)
        results = await group.send(claimed)
        states.update(result.delivery.state for result in results)
        on_progress(len(results))
        if stopped := _must_stop(results):
            return _logged(Delivered(states, stopped))
    return _logged(Delivered(states, ASKED_TO_STOP))


def _claim(engine: sa.Engine, worker: str, now: dt.datetime) -> list[Delivery]:
    with writing(engine) as tx:
        claimed = outbox.claim(tx, worker, GROUP, now=now)
        attempts.start(tx, claimed, now=now)
    return claimed


def _logged(done: Delivered) -> Delivered:
    counts = {str(state): n for state, n in sorted(done.states.items())}
    if done.stopped and done.stopped.fault is not Fault.NONE:
        # Nothing goes out until somebody has looked: this is the operator's alarm.
        log.error("delivery stopped", why=done.stopped.why, **counts)
    elif counts:
        log.info("delivered", stopped=done.stopped.why if done.stopped else "", **counts)
    return done


class _Group:
    """A group of claimed mails on their way."""

    def __init__(
        self,
        engine: sa.Engine,
        renderer: MailRenderer,
        options: SenderOptions,
        clock: Clock,
        stop: threading.Event | None,
    ) -> None:
        self._engine, self._renderer, self._options = engine, renderer, options
        self._clock, self._stop = clock, stop
        self._waiting: deque[RenderInput] = deque()
        #: What has been built, by id, with the name it was given.
        self._deliveries: dict[int, Delivery] = {}
        self._unbuilt: list[_Result] = []
        self._results: list[_Result] = []

    async def send(self, claimed: Sequence[Delivery]) -> list[_Result]:
        """Send the group, recording as it goes; a fault of ours leaves the rest untried."""
        with reading(self._engine) as tx:
            self._waiting.extend(load_inputs(tx, claimed))
        async with aclosing(self._options.transport.stream(self._mails())) as stream:
            async for events in stream:
                self._note(events)
        self._record((), self._unbuilt, untried=[each.delivery for each in self._waiting])
        return self._results

    async def _mails(self) -> AsyncGenerator[OutgoingMail]:
        """Yield one mail after the other, each built when its turn has come."""
        while self._waiting and not self._must_not_go_on():
            next_one = self._waiting[0]
            domain = domain_of(next_one.delivery.address)
            if (wait := self._options.pace.next(domain, self._clock()) - self._clock()) > dt.timedelta():
                await asyncio.sleep(wait.total_seconds())
            outgoing = self._built(self._waiting.popleft())
            if outgoing:
                yield outgoing

    def _must_not_go_on(self) -> bool:
        return bool(self._stop and self._stop.is_set()) or _our_fault(self._results) is not None

    def _built(self, render_input: RenderInput) -> OutgoingMail | None:
        delivery = render_input.delivery
        try:
            name, outgoing = mail(self._renderer, render_input)
        except BadInput as error:
            outcome = Outcome(OutcomeKind.UNSENDABLE, text=str(error))
        # This is the boundary of one subscriber: one that cannot be built must not keep others from theirs. Templates
        # may be an operator's own, so anything can go wrong; it is tried again later, and carried over in the end.
        except Exception as error:
            log.exception("mail could not be built", delivery=delivery.id)
            outcome = Outcome(OutcomeKind.NOT_MADE, text=f"the mail could not be built: {type(error).__name__}")
        else:
            self._deliveries[delivery.id] = replace(delivery, message_id=name)
            return outgoing
        self._unbuilt.append(_Result(after(delivery, outcome, self._clock()), outcome))
        return None

    def _note(self, events: Iterable[Event]) -> None:
        """Make durable what is about to happen, and what has: in one write, before anything else happens."""
        about_to_leave, answered = [], []
        for event in events:
            delivery = self._deliveries[event.mail.delivery]
            match event:
                case AboutToHandOver():
                    about_to_leave.append(delivery)
                case Answered(outcome=outcome):
                    answered.append(_Result(after(delivery, outcome, self._clock()), outcome))
        self._record(about_to_leave, answered)

    def _record(
        self, about_to_leave: Sequence[Delivery], results: Sequence[_Result], *, untried: Sequence[Delivery] = ()
    ) -> None:
        now = self._clock()
        with writing(self._engine) as tx:
            attempts.hand_over(tx, about_to_leave, now=now)
            attempts.answer(tx, [(result.delivery, result.outcome) for result in results], now=now)
            attempts.forget(tx, untried)
            outbox.unclaim(tx, untried)
            _settle(tx, results, now)
        self._results.extend(results)


def _settle(tx: sa.Connection, results: Sequence[_Result], now: dt.datetime) -> None:
    """Record what became of mails, and what follows from it for their readers."""
    outbox.record(tx, [result.delivery for result in results])
    accepted = [result.delivery for result in results if result.delivery.state is DeliveryState.ACCEPTED]
    subscribers.accepted(tx, {each.subscriber: each.edition for each in accepted if each.edition is not None})
    for result in results:
        if result.outcome.address_is_dead:
            _give_up(tx, result.delivery, now)


def _give_up(tx: sa.Connection, delivery: Delivery, now: dt.datetime) -> None:
    suppressions.suppress(tx, delivery.address, reason="the address is dead", detail=delivery.detail, now=now)
    subscribers.transition(tx, delivery.subscriber, to=SubscriberState.BOUNCED, now=now)


def _our_fault(results: Sequence[_Result]) -> Outcome | None:
    return next((result.outcome for result in results if result.outcome.fault is Fault.US), None)


def _must_stop(results: Sequence[_Result]) -> Stopped | None:
    """Return why nothing more is to be sent: a fault of ours, or not one mail of a group that left; else `None`."""
    ours = _our_fault(results)
    if ours:
        return Stopped(Fault.US, f"our fault, so nobody else is mailed: {_words(ours)}")
    kinds = {result.outcome.kind for result in results}
    if kinds == {OutcomeKind.NOT_MADE}:
        return Stopped(Fault.MESSAGE, f"not one mail could be built; the log says why: {results[-1].outcome.text}")
    if kinds - {OutcomeKind.NOT_MADE} == {OutcomeKind.INTERRUPTED}:
        return Stopped(Fault.CONNECTION, f"the mail server takes nothing: {results[-1].outcome.text}")
    return None


def _words(outcome: Outcome) -> str:
    return f"{outcome.code or ''} {outcome.enhanced} {outcome.text}".strip()
