"""Digests in the outbox, with the fixture `edition`: three readers of one paper."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.domain.content import Content
from dailypapers.domain.delivery import Delivery, MailKind, Outcome, OutcomeKind, after
from dailypapers.domain.digest import Pick, Reason, Term, TermKind
from dailypapers.store import editions, outbox
from dailypapers.store.database import writing

DEADLINE = dt.timedelta(hours=20)
CAST = ("alice@example.org", "bob@example.org", "charlie@example.org")
REASON = Reason((Term(TermKind.WORDS, "state space", 0.5, "state space models"),))


def digest(reader: int, edition: int, now: dt.datetime) -> outbox.NewDelivery:
    """A digest of the one paper."""
    picks = (Pick("arxiv:2604.01234", 0.5, REASON, paper_id=1),)
    return outbox.NewDelivery(
        reader, CAST[reader - 1], MailKind.DIGEST, deadline=now + DEADLINE, edition=edition, picks=picks
    )


def put_for_group(engine: sa.Engine, edition: int, now: dt.datetime) -> None:
    """Put a group's digest for the first reader into the outbox."""
    content = Content(group=(1, edition))
    mail = outbox.NewDelivery(1, CAST[0], MailKind.GROUP, now + DEADLINE, content=content, group_edition=edition)
    with writing(engine) as tx:
        editions.count_due_of_groups(tx, edition, outbox.put(tx, [mail], now=now))


def put_all(engine: sa.Engine, edition: int, now: dt.datetime) -> None:
    """Put a digest for each reader into the outbox."""
    with writing(engine) as tx:
        put = outbox.put(tx, [digest(reader, edition, now) for reader in (1, 2, 3)], now=now)
        editions.count_due(tx, edition, put)


def claim(engine: sa.Engine, now: dt.datetime, *, worker: str = "w", limit: int = 10) -> list[Delivery]:
    """Claim as a worker does."""
    with writing(engine) as tx:
        return outbox.claim(tx, worker, limit, now=now)


def record(engine: sa.Engine, delivery: Delivery, kind: OutcomeKind, now: dt.datetime) -> Delivery:
    """Record what was answered."""
    done = after(delivery, Outcome(kind), now)
    with writing(engine) as tx:
        outbox.record(tx, [done])
    return done
