"""Mails in an outbox, made quickly: confirmations, which need no edition; and what they are rendered and sent with."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.delivery.deliver import Sending
from dailypapers.delivery.send import SenderOptions
from dailypapers.digests.layout import MailRenderer
from dailypapers.domain.delivery import Delivery, Doubt, MailKind
from dailypapers.domain.message import Sender
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, SubscriberState
from dailypapers.mail.transport import Transport
from dailypapers.rendering.environment import environment
from dailypapers.settings import shipped
from dailypapers.store import attempts, history, outbox, subscribers, workers
from dailypapers.store.database import reading, writing
from dailypapers.tokens import Signer

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
DEADLINE = dt.timedelta(hours=20)
_SENDER = Sender("Daily Papers", "papers@example.org", "bounce@example.org", "papers.example.org")


def queue(engine: sa.Engine, mails: int, *, now: dt.datetime = NOW) -> None:
    """Put so many mails into the outbox, each to another person: their ids, and the persons', count from 1."""
    new = {"rhythm": Rhythm(), "amount": Amount(5), "consent": Consent("test"), "now": now}
    with writing(engine) as tx:
        for n in range(1, mails + 1):
            reader = subscribers.add(tx, f"reader{n}@example.org", state=SubscriberState.PENDING, **new)  # type: ignore[arg-type]
            assert reader is not None
            mail = outbox.NewDelivery(reader, f"reader{n}@example.org", MailKind.CONFIRM, deadline=now + DEADLINE)
            outbox.put(tx, [mail], now=now)


def claimed(
    engine: sa.Engine, worker: str, limit: int, *, handed_over: int = 0, now: dt.datetime = NOW
) -> list[Delivery]:
    """Claim mails as a run does, and note that the first of them are about to be handed over."""
    with writing(engine) as tx:
        deliveries = outbox.claim(tx, worker, limit, now=now)
        attempts.start(tx, deliveries, now=now)
        attempts.hand_over(tx, deliveries[:handed_over], now=now)
    return deliveries


def delivery(engine: sa.Engine, key: int) -> Delivery:
    """Return a delivery that is there."""
    with reading(engine) as tx:
        one = history.by_id(tx, key)
    assert one is not None
    return one


def states(engine: sa.Engine) -> dict[str, int]:
    """How many mails are in each state."""
    with reading(engine) as tx:
        rows = tx.execute(sa.text("SELECT state, count(*) FROM outbox GROUP BY state")).all()
    return {row[0]: row[1] for row in rows}


def alive(engine: sa.Engine) -> list[str]:
    """The names of the workers that live."""
    with reading(engine) as tx:
        return [worker.id for worker in workers.alive(tx)]


def renderer() -> MailRenderer:
    """Return what mails are rendered with."""
    signer = Signer("https://papers.example.org", b"secret")
    return MailRenderer(environment(shipped("templates")), signer, _SENDER, "https://papers.example.org/", b"secret")


def sending(engine: sa.Engine, transport: Transport, *, uncertain: Doubt = Doubt.RESEND) -> Sending:
    """Return what it takes to empty the outbox over a transport."""
    return Sending(engine, renderer(), lambda: SenderOptions(transport, "tester", uncertain=uncertain))
