"""Send: what waits in the outbox goes out, as one stream of mails a run.

    claim (committed) | render | attempt (committed) | send, several at a time | record (committed)

More is claimed as the mails run out, so that one slow answer holds up nobody else, and little is in memory however long
the list is. What the server said decides what comes next (`domain.delivery.after`). A refusal that is our fault stops
the run; so does a mail server that answers nobody. Asked to stop, it finishes what is in flight; the rest is given
back, and what a crash leaves is recovered by the next run (`delivery.recovery`).
"""

import asyncio
import datetime as dt
import threading
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import sqlalchemy as sa
import structlog

from dailypapers.delivery.claims import LOOK_AGAIN, Claims, Due
from dailypapers.delivery.fence import RESTORED, Fence
from dailypapers.delivery.pace import Pace, steady
from dailypapers.delivery.record import Result, give_back_until, note
from dailypapers.delivery.tally import Delivered, Stopped, Tally, out_of_room
from dailypapers.delivery.worker import WorkerRun, working
from dailypapers.digests.layout import MailRenderer, mail
from dailypapers.domain.address import domain_of
from dailypapers.domain.clock import Clock
from dailypapers.domain.delivery import (
    Delivery,
    DeliveryState,
    Doubt,
    Ledger,
    Outcome,
    OutcomeKind,
    Priority,
    after,
    of_book,
)
from dailypapers.domain.event import EventKind
from dailypapers.domain.fault import Fault
from dailypapers.domain.message import OutgoingMail
from dailypapers.errors import BadInput
from dailypapers.mail.transport import AboutToHandOver, Answered, Event, Events, Transport
from dailypapers.store import controls, events, holds, ledger, outbox, workers
from dailypapers.store.database import reading, writing

log = structlog.get_logger()

#: Docker kills ten seconds after it has asked.
GRACE = 7.0
#: Seconds for which a run waits until a limit leaves room again; where it takes longer, the run ends.
_LONGEST_WAIT = 60.0
#: Seconds between two notes of what was done.
_TELL = 1.0
#: Seconds between two looks whether a stop was asked for.
_LOOK = 0.1


@dataclass(frozen=True, slots=True)
class SenderOptions:
    """How mail leaves, and who sends it."""

    transport: Transport
    worker: str
    """What the worker's name begins with."""
    pace: Pace = field(default_factory=Pace)
    uncertain: Doubt = Doubt.RESEND
    """What is done about mails whose answer is missing."""
    fence: Path | None = None
    """Where this machine notes how far it has come, against databases that are restored."""
    grace: float = GRACE
    """Seconds in which what is in flight may be finished once a stop is asked for."""
    only_urgent_until: dt.datetime | None = None
    """Until when nothing is sent but what somebody waits for; `None` where all is."""

    @property
    def priorities(self) -> tuple[Priority, ...]:
        """What is sent."""
        return (Priority.URGENT,) if self.only_urgent_until else (Priority.URGENT, Priority.BULK)


async def deliver(
    engine: sa.Engine,
    renderer: MailRenderer,
    options: SenderOptions,
    *,
    clock: Clock,
    stop: threading.Event | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
    more_comes: Callable[[], bool] = lambda: False,
) -> Delivered:
    """Send all mails whose time has come; returns when none is left, when asked to stop, or when it must stop.

    `on_progress` hears how many deliveries each group of answers settled. While `more_comes`, it waits for what is put.
    """
    with working(engine, options.worker, options.uncertain, clock=clock) as worker:
        fence, stop = Fence(options.fence, worker.id), stop or threading.Event()
        run = _Run(worker, fence, renderer, options, stop=stop, on_progress=on_progress, more_comes=more_comes)
        obstacle = _restored(engine, fence, clock) or _on_hold(engine) or paused(engine)
        if not obstacle:
            try:
                await run.send()
            finally:
                fence.finish(now=clock())
            obstacle = None if run.result().stopped else paused(engine)
        worker.progress = run.tally.progress()
        done = replace(run.result(), stopped=obstacle) if obstacle else run.result()
        if done.stopped:
            worker.stopped = done.stopped.why
            pauses = done.stopped.pause is not None and not done.stopped.by_own_limit
            worker.resume_at = clock() + done.stopped.pause if pauses and done.stopped.pause else None
        worker.resume_at = worker.resume_at or options.only_urgent_until
    with reading(engine) as tx:
        done = replace(done, elsewhere=outbox.count_claimed(tx))
        ledgers = list(ledger.of_editions(tx, run.tally.edition_ids))
    _log(done, {each.day: each.residue for each in ledgers if each.residue})
    if ledgers:
        with writing(engine) as tx:
            events.note(tx, EventKind.RUN_FINISHED, _told(done, ledgers), now=clock())
    return done


def _told(done: Delivered, ledgers: Sequence[Ledger]) -> dict[str, object]:
    """What other programs are told of a run; no words of servers, which may name a reader's address."""
    return {
        "deliveries": {state.value: n for state, n in sorted(done.states.items())},
        "stopped": done.stopped.fault.value if done.stopped else None,
        "editions": [
            {"edition": each.day.isoformat(), "due": each.due, "accepted": each.count(DeliveryState.ACCEPTED)}
            for each in ledgers
        ],
    }


def _restored(engine: sa.Engine, fence: Fence, clock: Clock) -> Stopped | None:
    with writing(engine) as tx:
        count = fence.hold_what_was_restored(tx, now=clock())
    if not count:
        return None
    fence.write(now=clock())
    return Stopped(Fault.US, f"{RESTORED}: {count} emails wait for you to decide (dailypapers deliveries --help)")


def _on_hold(engine: sa.Engine) -> Stopped | None:
    with reading(engine) as tx:
        return _because_of(*holds.on_hold(tx))


def _because_of(waiting: int, reply: str) -> Stopped | None:
    return Stopped(Fault.US, f"{waiting} emails are on hold because of a fault of ours: {reply}") if waiting else None


def paused(engine: sa.Engine) -> Stopped | None:
    """Return why nothing is sent where an operator has paused sending, `None` elsewhere."""
    with reading(engine) as tx:
        why = controls.why_paused(tx)
    return Stopped(Fault.NONE, why) if why else None


def _log(done: Delivered, residues: dict[dt.date, int]) -> None:
    counts = {str(state): n for state, n in sorted(done.states.items())}
    for day, residue in residues.items():
        log.error("the ledger does not balance", edition=str(day), missing=residue)
    if done.stopped and done.stopped.fault not in {Fault.NONE, Fault.PACE}:
        # Nothing goes out until somebody has looked: this is the operator's alarm.
        log.error("delivery stopped", why=done.stopped.why, **counts)
    elif counts:
        log.info("delivered", stopped=done.stopped.why if done.stopped else "", **counts)


def _as_understood(delivery: Delivery, answered: Answered) -> Outcome:
    """Return what an answer that took nothing means for its reader."""
    outcome = of_book(delivery, answered.outcome)
    if answered.mail.envelope.recipient != delivery.address and outcome.address_is_dead:
        # In test mode it went to an operator, whose address says nothing of the reader's.
        outcome = replace(outcome, kind=OutcomeKind.OUR_FAULT)
    if outcome.too_large and not outcome.most_bytes:
        # Whoever does not say how large a mail may be gets one of two thirds.
        outcome = replace(outcome, most_bytes=len(answered.mail.content) * 2 // 3)
    return outcome


class _Run:
    """Mails on their way."""

    def __init__(
        self,
        worker: WorkerRun,
        fence: Fence,
        renderer: MailRenderer,
        options: SenderOptions,
        *,
        stop: threading.Event,
        on_progress: Callable[[int], None],
        more_comes: Callable[[], bool],
    ) -> None:
        self._worker, self._fence, self._renderer, self._options = worker, fence, renderer, options
        self._stop, self._on_progress, self._more_comes = stop, on_progress, more_comes
        self._steady = steady(worker.clock)
        #: What was given to the transport and has no answer yet, and what was withdrawn from it, by id.
        self._in_flight: dict[int, Delivery] = {}
        self._withdrawn: dict[int, Delivery] = {}
        self._something_happened = asyncio.Event()
        self.tally = Tally()
        self._claims = Claims(
            worker, fence, options.pace, self._steady, priorities=options.priorities, on_parked=self.tally.put_off
        )

    def result(self) -> Delivered:
        """Return what was done so far."""
        return self.tally.finish(asked_to_stop=self._stop.is_set(), taken_over=self._worker.is_lost.is_set())

    @property
    def _is_over(self) -> bool:
        """Whether nothing more is to be begun."""
        return bool(self._stop.is_set() or self._worker.is_lost.is_set() or self.tally.stopped)

    async def send(self) -> None:
        """Send until nothing is left; once nothing more is to be begun, at most for as long as the grace period."""
        limit = asyncio.timeout(None)
        watching = asyncio.create_task(self._watch(limit))
        telling = asyncio.create_task(self._tell_progress())
        try:
            async with limit, aclosing(self._options.transport.stream(self._mails())) as stream:
                await self._read(stream)
        except TimeoutError:
            if not limit.expired():
                raise
        finally:
            watching.cancel()
            telling.cancel()

    async def _tell_progress(self) -> None:
        """Store each second what was done, for whoever watches from elsewhere; see what others have found out."""
        while True:
            await asyncio.sleep(_TELL)
            await self._stop_where_others_did()
            if (progress := self.tally.progress()) != self._worker.progress:
                self._worker.progress = progress
                note_progress = partial(workers.note_progress, worker_id=self._worker.id, progress=progress)
                await self._worker.persistence.persist(note_progress)

    async def _stop_where_others_did(self) -> None:
        """Begin nothing more once a mail is on hold: a bounce or another process has shown a fault of ours."""
        refusal = _because_of(*await self._worker.persistence.load(holds.on_hold))
        if refusal:
            self.tally.stopped = self.tally.stopped or refusal
            self._something_happened.set()

    async def _watch(self, limit: asyncio.Timeout) -> None:
        """Begin the grace period when a stop is asked for."""
        while not (self._stop.is_set() or self._worker.is_lost.is_set()):  # noqa: ASYNC110 - they are set by threads
            await asyncio.sleep(_LOOK)
        self._something_happened.set()
        limit.reschedule(asyncio.get_running_loop().time() + self._options.grace)

    async def _read(self, stream: Events) -> None:
        with suppress(StopAsyncIteration):
            events = await anext(stream)
            while True:
                events = await stream.asend(await self._note(events))

    async def _mails(self) -> AsyncGenerator[OutgoingMail]:
        """Yield one mail after the other, each built when its turn has come."""
        while due := await self._next():
            if self._options.pace.leaves_any_alone and await self._is_parked(due):
                continue
            if due.has_to_wait:
                async for urgent in self._until_its_turn(due):
                    if outgoing := await self._built(urgent):
                        yield outgoing
                if self._is_over:
                    return
            if outgoing := await self._built(due):
                yield outgoing

    async def _is_parked(self, due: Due) -> bool:
        """Give a mail back untried whose domain has come to be left alone since it was claimed; tell whether it is."""
        delivery = due.render_input.delivery._replace(server=due.server)
        until = self._options.pace.left_alone_until(domain_of(delivery.address), self._steady())
        if until is None:
            return False
        parked = delivery._replace(next_attempt_at=until, detail="not tried: its domain refuses our emails for now")
        await self._worker.persistence.persist(partial(give_back_until, delivery=parked))
        self._options.pace.came_back([delivery])
        self._in_flight.pop(delivery.id, None)
        self._claims.note_parked([parked])
        return True

    async def _built(self, due: Due) -> OutgoingMail | None:
        built = self._build(due)
        if isinstance(built, Result):
            await self._record((), [built], now=self._worker.clock())
            return None
        return built

    async def _next(self) -> Due | None:
        """Return the next mail; it is waited for while others are in flight, or until a limit leaves room soon."""
        while not self._is_over:
            # Asked before it is looked what is there: what is put in between is found.
            more_comes = self._more_comes()
            due = await self._claims.next()
            if due:
                return due
            seconds = LOOK_AGAIN if self._in_flight else self._until_room()
            if seconds is None and not more_comes:
                return None
            await self._wait(min(max(seconds or 0, _LOOK), LOOK_AGAIN))
            if more_comes:
                self._claims.look_again()
        return None

    def _until_room(self) -> float | None:
        """Return in how many seconds limits leave room for more, `None` where that is not waited for."""
        no_room, parked_until = self._claims.no_room, self._claims.resume_at(self._steady())
        if no_room:
            seconds = self._until(no_room.resume_at)
            if not no_room.limit or seconds <= _LONGEST_WAIT:
                return seconds
            self.tally.stopped = self.tally.stopped or out_of_room(no_room, self._steady())
        elif parked_until and (seconds := self._until(parked_until)) <= _LONGEST_WAIT:
            return seconds
        return None

    def _until(self, moment: dt.datetime | None) -> float:
        return (moment - self._steady()).total_seconds() if moment else 0

    async def _wait(self, seconds: float) -> None:
        """Wait until something happens, at most so long."""
        self._something_happened.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._something_happened.wait(), seconds)

    async def _until_its_turn(self, due: Due) -> AsyncGenerator[Due]:
        """Wait until the pace lets a mail go; meanwhile yield those somebody waits for: they count, and do not wait."""
        while not due.is_urgent and not self._is_over and (seconds := self._until(due.at)) > 0:
            if urgent := await self._claims.next_urgent():
                yield urgent
            else:
                await self._wait(min(seconds, LOOK_AGAIN))

    def _build(self, due: Due) -> OutgoingMail | Result:
        render_input, delivery = due.render_input, due.render_input.delivery
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
            self._fence.composed(render_input.edition_day)
            self._in_flight[delivery.id] = delivery._replace(message_id=name, server=due.server)
            return replace(outgoing, server=due.server) if self._options.pace.has_several else outgoing
        return self._result(delivery._replace(server=due.server), outcome, self._worker.clock())

    def _result(self, delivery: Delivery, outcome: Outcome, now: dt.datetime) -> Result:
        return Result(after(delivery, outcome, now, policy=self._options.uncertain), outcome)

    async def _note(self, events: Iterable[Event]) -> frozenset[int]:
        """Make durable what is about to happen, and what has; returns which mails are not to be handed over."""
        leaving, results = [], []
        now = self._worker.clock()
        for event in events:
            delivery = self._delivery(event.mail)
            if isinstance(event, AboutToHandOver):
                leaving.append(delivery)
            else:
                is_plain = event.outcome.kind is OutcomeKind.ACCEPTED
                outcome = event.outcome if is_plain else _as_understood(delivery, event)
                results.append(self._result(delivery, outcome, now))
        return await self._record(leaving, results, now=now)

    def _delivery(self, mail: OutgoingMail) -> Delivery:
        """Return what a mail delivers, with the server it goes by, which may be another one than it was given to."""
        key = mail.delivery
        delivery = self._in_flight.get(key) or self._withdrawn[key]
        if mail.server and mail.server != delivery.server and key in self._in_flight:
            self._options.pace.went_by_another(delivery, mail.server, now=self._steady())
            delivery = self._in_flight[key] = delivery._replace(server=mail.server)
        return delivery

    async def _record(
        self, leaving: Sequence[Delivery], results: Sequence[Result], *, now: dt.datetime
    ) -> frozenset[int]:
        pace = self._options.pace
        write = partial(note, worker_id=self._worker.id, leaving=leaving, results=results, pace=pace, now=now)
        withdrawn = await self._worker.persistence.persist(write)
        pace.came_back(result.delivery for result in results)
        self._fence.advance(len(leaving) - len(withdrawn), now=self._worker.clock())
        for key in withdrawn:
            self._withdrawn[key] = self._in_flight.pop(key)
        for result in results:
            self._in_flight.pop(result.delivery.id, None)
        if any(
            each.delivery.state is DeliveryState.DEFERRED and each.delivery.next_attempt_at == now for each in results
        ):
            self._claims.look_again()
        self.tally.add(results)
        if results:
            self._on_progress(len(results))
        self._something_happened.set()
        return withdrawn
