"""Deliver: drain the outbox.

    claim (committed) | render | send, several at a time | record (committed)

What the server said decides what comes next (`domain.delivery.after`). A refusal that is our fault stops the run; so
does a mail server that answers nobody. Asked to stop, it finishes what is in flight and gives the rest back.
"""

import asyncio
import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
import structlog

from dailypapers.digests.layout import MailRenderer, RenderInput, load_inputs, mail
from dailypapers.domain.delivery import Delivery, DeliveryState, Outcome, OutcomeKind, after
from dailypapers.domain.subscriber import SubscriberState
from dailypapers.errors import BadInput
from dailypapers.mail.transport import Transport
from dailypapers.store import outbox, subscribers, suppressions
from dailypapers.store.database import reading, writing

log = structlog.get_logger()

#: Mails claimed at a time, and so at most unsure after a crash.
GROUP = 50
#: A claim this old belongs to a sender that died: the longest a mail may take is far below.
ABANDONED_AFTER = dt.timedelta(minutes=30)
ASKED_TO_STOP = "asked to stop"
_NOT_MADE = "the mail could not be made"

Clock = Callable[[], dt.datetime]


@dataclass(frozen=True, slots=True)
class SenderOptions:
    """How mail leaves, and who sends it."""

    transport: Transport
    worker: str
    at_once: int = 4


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a run did: how many deliveries came to which state, and why it stopped early, if it did."""

    states: Counter[DeliveryState] = field(default_factory=Counter)
    stopped: str = ""
    unreachable: bool = False
    """Whether it stopped because the mail server did not answer."""


@dataclass(frozen=True, slots=True)
class _Result:
    delivery: Delivery
    outcome: Outcome


async def deliver(
    engine: sa.Engine,
    renderer: MailRenderer,
    post: SenderOptions,
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
        return Delivered(stopped=f"{waiting} emails are on hold because of a fault of ours: {said}")
    states: Counter[DeliveryState] = Counter()
    while not (stop and stop.is_set()):
        with writing(engine) as tx:
            claimed = outbox.claim(tx, post.worker, GROUP, now=clock())
        if not claimed:
            return _told_to_log(Delivered(states))
        results, untried = await _send_group(engine, renderer, post, claimed, clock=clock, stop=stop)
        _record(engine, results, untried, now=clock())
        states.update(result.delivery.state for result in results)
        on_progress(len(results))
        if stopped := _must_stop(results):
            return _told_to_log(Delivered(states, stopped, unreachable=_unreachable(results)))
    return _told_to_log(Delivered(states, ASKED_TO_STOP))


def _told_to_log(done: Delivered) -> Delivered:
    counts = {str(state): n for state, n in sorted(done.states.items())}
    if done.stopped and done.stopped != ASKED_TO_STOP:
        # Nothing goes out until somebody has looked: this is the operator's alarm.
        log.error("delivery stopped", why=done.stopped, **counts)
    elif counts:
        log.info("delivered", stopped=done.stopped, **counts)
    return done


async def _send_group(
    engine: sa.Engine,
    renderer: MailRenderer,
    post: SenderOptions,
    claimed: Sequence[Delivery],
    *,
    clock: Clock,
    stop: threading.Event | None,
) -> tuple[list[_Result], list[Delivery]]:
    """Send a group over `at_once` connections; a fault of ours leaves the rest untried."""
    with reading(engine) as tx:
        waiting = list(reversed(load_inputs(tx, claimed)))
    results: list[_Result] = []

    async def work() -> None:
        while waiting and not (stop and stop.is_set()) and not _our_fault(results):
            results.append(await _send(renderer, post, waiting.pop(), clock=clock))

    await asyncio.gather(*(work() for _ in range(post.at_once)))
    return results, [sheet.delivery for sheet in waiting]


async def _send(renderer: MailRenderer, post: SenderOptions, sheet: RenderInput, *, clock: Clock) -> _Result:
    try:
        name, outgoing = mail(renderer, sheet)
    except BadInput as error:
        outcome = Outcome(OutcomeKind.FAILED, text=str(error))
        return _Result(after(sheet.delivery, outcome, clock()), outcome)
    # This is the boundary of one subscriber: a mail that cannot be made must not keep others from theirs. Templates
    # may be an operator's own, so anything can go wrong; it is tried again later, and carried over in the end.
    except Exception as error:
        log.exception("mail could not be made", delivery=sheet.delivery.id)
        outcome = Outcome(OutcomeKind.DEFERRED, text=f"{_NOT_MADE}: {type(error).__name__}")
        return _Result(after(sheet.delivery, outcome, clock()), outcome)
    outcome = await post.transport.send(outgoing)
    return _Result(after(replace(sheet.delivery, message_id=name), outcome, clock()), outcome)


def _record(engine: sa.Engine, results: Sequence[_Result], untried: Sequence[Delivery], *, now: dt.datetime) -> None:
    with writing(engine) as tx:
        outbox.record(tx, [result.delivery for result in results])
        outbox.unclaim(tx, untried)
        subscribers.accepted(
            tx,
            {
                result.delivery.subscriber: result.delivery.edition
                for result in results
                if result.delivery.state is DeliveryState.ACCEPTED and result.delivery.edition is not None
            },
        )
        for result in results:
            if result.outcome.kind is OutcomeKind.DEAD_ADDRESS:
                _give_up(tx, result, now)


def _give_up(tx: sa.Connection, result: _Result, now: dt.datetime) -> None:
    delivery = result.delivery
    suppressions.suppress(tx, delivery.address, reason="the address is dead", detail=delivery.detail, now=now)
    subscribers.move(tx, delivery.subscriber, to=SubscriberState.BOUNCED, now=now)


def _our_fault(results: Sequence[_Result]) -> Outcome | None:
    return next((r.outcome for r in results if r.outcome.kind is OutcomeKind.OUR_FAULT), None)


def _must_stop(results: Sequence[_Result]) -> str:
    fault = _our_fault(results)
    if fault:
        return f"our fault, so nobody else is mailed: {fault.code or ''} {fault.enhanced} {fault.text}".strip()
    if results and all(r.outcome.text.startswith(_NOT_MADE) for r in results):
        return f"not one mail could be made; the log says why: {results[-1].outcome.text}"
    if _unreachable(results):
        return f"the mail server takes nothing: {results[-1].outcome.text}"
    return ""


def _unreachable(results: Sequence[_Result]) -> bool:
    """Whether the mail server broke off, or refused, every conversation."""
    made = [result for result in results if not result.outcome.text.startswith(_NOT_MADE)]
    return bool(made) and all(result.outcome.kind is OutcomeKind.INTERRUPTED for result in made)
