"""Telling the operator: alerts when something is wrong, and the report of the day, by mail and by webhook.

    load (tx) | what is wrong, what is due (pure) | send | note (tx)

They do not go through the outbox: what they tell of may be why nothing in it leaves.
"""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import sqlalchemy as sa
import structlog

from dailypapers.domain.address import domain_of
from dailypapers.domain.alert import is_alert_due, is_report_due
from dailypapers.domain.delivery import OutcomeKind
from dailypapers.domain.message import Envelope, Message, OutgoingMail, Sender
from dailypapers.domain.summary import Budget
from dailypapers.mail.message import mime
from dailypapers.mail.message.dkim import Key
from dailypapers.mail.transport import Answered, Transport
from dailypapers.posting.webhooks import Webhook
from dailypapers.reporting.report import Disk, report
from dailypapers.reporting.situation import Situation, alerts, situation
from dailypapers.reporting.webhook import post
from dailypapers.store import alerts as stored
from dailypapers.store.database import reading, writing

log = structlog.get_logger()

REPORT = "report"
#: Seconds in which the connection says goodbye.
_GOODBYE = 2.0


@dataclass(frozen=True, slots=True)
class OperatorOptions:
    """Who is told, and by which ways."""

    name: str
    """The service's."""
    sender: Sender
    make_transport: Callable[[], Transport]
    secret: bytes = field(repr=False)
    email: str = ""
    webhook: Webhook | None = None
    hour: int = 9
    zone: str = "UTC"
    keys: tuple[Key, ...] = ()
    measure_disk: Callable[[], Disk | None] = lambda: None
    #: What summaries by a language model may take on a day; `None` where there are none.
    summary_budget: Budget | None = None


def tell(engine: sa.Engine, options: OperatorOptions, *, now: dt.datetime) -> list[str]:
    """Tell the operator what is due; returns the kinds that arrived."""
    with reading(engine) as tx:
        now_is, told_by_kind = situation(tx, now=now), stored.told(tx)
    due = [
        (alert.kind.value, Message(f"{options.name}: {alert.kind.value}", f"{alert.text}\n", ""), alert.text)
        for alert in alerts(now_is)
        if is_alert_due(alert, told_by_kind.get(alert.kind), now=now)
    ]
    if is_report_due(told_by_kind.get(REPORT), hour=options.hour, zone=options.zone, now=now):
        message = todays_report(now_is, options, now=now)
        due.append((REPORT, message, ""))
    arrived = []
    for kind, message, text in due:
        has_arrived = send(options, kind, message, now=now)
        with writing(engine) as tx:
            stored.note(tx, kind, text, has_arrived=has_arrived, before=told_by_kind.get(kind), now=now)
        arrived += [kind] if has_arrived else []
    if due:
        log.info("operator told", arrived=arrived, failed=[kind for kind, *_ in due if kind not in arrived])
    return arrived


def todays_report(situation: Situation, options: OperatorOptions, *, now: dt.datetime) -> Message:
    """Return the report of the day."""
    return report(situation, disk=options.measure_disk(), name=options.name, now=now, budget=options.summary_budget)


def send(options: OperatorOptions, kind: str, message: Message, *, now: dt.datetime) -> bool:
    """Send by every way there is; returns whether it arrived by any."""
    by_mail = bool(options.email) and asyncio.run(_mail(options, kind, message, now))
    by_webhook = options.webhook is not None and post(options.webhook, kind, message.text, now=now)
    return by_mail or by_webhook


async def _mail(options: OperatorOptions, kind: str, message: Message, now: dt.datetime) -> bool:
    transport = options.make_transport()
    try:
        async for events in transport.stream(_one(_built(options, kind, message, now))):
            for event in events:
                if isinstance(event, Answered):
                    return _is_accepted(event)
        return False
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE):
                await transport.close()


def _is_accepted(event: Answered) -> bool:
    if event.outcome.kind is OutcomeKind.ACCEPTED:
        return True
    log.warning("the operator's email was not accepted", why=event.outcome.text)
    return False


async def _one(mail: OutgoingMail) -> AsyncIterator[OutgoingMail]:
    yield mail


def _built(options: OperatorOptions, kind: str, message: Message, now: dt.datetime) -> OutgoingMail:
    name = mime.message_id(options.secret, f"operator {kind} {now.isoformat()}", domain_of(options.sender.address))
    content = mime.build(
        message, sender=options.sender, recipient=options.email, message_id=name, now=now, keys=options.keys
    )
    return OutgoingMail(Envelope(options.sender.bounce_address, options.email), content, is_canonical=True)
