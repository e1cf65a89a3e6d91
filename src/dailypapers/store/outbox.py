"""The outbox: every mail is a row here, with a life.

`put` and `claim` and `record` are the only ways in and through; the rule for what comes next is
`domain.delivery.after`. Uniqueness is the database's word.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.content import Content
from dailypapers.domain.delivery import LONGEST_RETRY, NEVER_ARRIVED, Delivery, DeliveryState, MailKind, Priority
from dailypapers.domain.digest import Pick
from dailypapers.domain.subscriber import SubscriberState
from dailypapers.store import contents
from dailypapers.store.database import groups, insert_new
from dailypapers.store.picks import kept
from dailypapers.store.schema import outbox, picks, subscribers, suppressions

#: Mail of these kinds goes only to whoever still wants it when it is claimed.
_MAY_GET = {
    MailKind.DIGEST: (SubscriberState.ACTIVE,),
    MailKind.CONFIRM: (SubscriberState.PENDING,),
}
_DIED = "the sender stopped before it noted the answer"
_WAITING = (DeliveryState.QUEUED.value, DeliveryState.DEFERRED.value)


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A mail to be put into the outbox. `skipped` is why there is nothing to send: the row is kept and counted."""

    subscriber: int
    address: str
    kind: MailKind
    deadline: dt.datetime
    edition: int | None = None
    picks: tuple[Pick, ...] = ()
    skipped: str = ""
    content: Content | None = None
    """What a digest says besides its picks."""


def put(tx: sa.Connection, deliveries: Sequence[NewDelivery], *, now: dt.datetime) -> int:
    """Put mails into the outbox with their picks; returns how many are new.

    A second digest of one edition for one subscriber is not new; nor is a mail to somebody who has been erased.
    """
    here = _still_here(tx, {delivery.subscriber for delivery in deliveries})
    deliveries = [delivery for delivery in deliveries if delivery.subscriber in here]
    rows = [_row(delivery, now) for delivery in deliveries]
    added = insert_new(tx, outbox, rows, outbox.c.id, outbox.c.subscriber_id, outbox.c.edition_id)
    by_reader = {(row.subscriber_id, row.edition_id): row.id for row in added}
    chosen = [
        {
            "subscriber_id": delivery.subscriber,
            "paper_id": pick.paper_id,
            "delivery_id": by_reader[delivery.subscriber, delivery.edition],
            "position": position,
            "score": pick.score,
            "reason": kept(pick.reason),
            "variant": pick.variant or None,
            "relevance": pick.relevance,
            "outside": pick.outside,
        }
        for delivery in deliveries
        if (delivery.subscriber, delivery.edition) in by_reader
        for position, pick in enumerate(delivery.picks)
    ]
    insert_new(tx, picks, chosen)
    return len(added)


def _still_here(tx: sa.Connection, readers: Iterable[int]) -> set[int]:
    """Return which readers exist, and lock them until the transaction ends: they may be erased while we compose."""
    subscriber_ids: set[int] = set()
    for group in groups(sorted(readers)):
        query = sa.select(subscribers.c.id).where(subscribers.c.id.in_(group))
        subscriber_ids.update(row.id for row in tx.execute(query.with_for_update(read=True, key_share=True)))
    return subscriber_ids


def _row(delivery: NewDelivery, now: dt.datetime) -> dict[str, Any]:
    state = DeliveryState.SKIPPED if delivery.skipped else DeliveryState.QUEUED
    return {
        "subscriber_id": delivery.subscriber,
        "edition_id": delivery.edition,
        "kind": delivery.kind.value,
        "priority": (Priority.BULK if delivery.kind is MailKind.DIGEST else Priority.URGENT).value,
        "address": delivery.address,
        "state": state.value,
        "created_at": now,
        "deadline": delivery.deadline,
        "attempts": 0,
        "next_attempt_at": None if delivery.skipped else now,
        "claimed_by": "",
        "message_id": "",
        "detail": delivery.skipped,
        "content": contents.to_json(delivery.content) if delivery.content else None,
    }


def claim(tx: sa.Connection, worker: str, limit: int, *, now: dt.datetime) -> list[Delivery]:
    """Take up to `limit` mails whose time has come, those somebody waits for first.

    Each is checked once more before it is taken: what is past its deadline expires, a suppressed address and a
    reader who has left get nothing. Only the caller has the rows returned; the claim must be committed before
    anything is sent.
    """
    expire(tx, now=now)
    ready = (
        sa.select(outbox.c.id)
        .where(outbox.c.state.in_(_WAITING), _is_due(now))
        .order_by(outbox.c.priority.desc(), outbox.c.next_attempt_at, outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        # Materialized, it runs once. As a plain subquery PostgreSQL may run it again for every row it joins, and each
        # time LIMIT begins anew behind the rows locked before.
        .cte("ready")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    taken = (
        sa.update(outbox)
        .where(outbox.c.id.in_(sa.select(ready.c.id)), outbox.c.state.in_(_WAITING))
        .values(
            state=DeliveryState.CLAIMED.value,
            claimed_by=worker,
            claimed_at=now,
            attempts=outbox.c.attempts + 1,
        )
        .returning(outbox.c.id)
    )
    ids = [row.id for row in tx.execute(taken)]
    _suppress(tx, ids)
    _leave_alone_who_left(tx, ids)
    still = sa.select(outbox).where(outbox.c.id.in_(ids), outbox.c.state == DeliveryState.CLAIMED.value)
    return [_delivery(row) for row in tx.execute(still.order_by(outbox.c.priority.desc(), outbox.c.id))]


def expire(tx: sa.Connection, *, now: dt.datetime) -> None:
    """End what waits past its deadline; its papers may be picked again, for the next digest."""
    late = sa.and_(outbox.c.state.in_(_WAITING), outbox.c.deadline <= now)
    _end(tx, late, DeliveryState.EXPIRED, "past its deadline")


def _suppress(tx: sa.Connection, ids: Sequence[int]) -> None:
    listed = sa.select(suppressions.c.address)
    _end(
        tx,
        sa.and_(outbox.c.id.in_(ids), outbox.c.address.in_(listed)),
        DeliveryState.SUPPRESSED,
        "suppressed",
    )


def _leave_alone_who_left(tx: sa.Connection, ids: Sequence[int]) -> None:
    for kind, states in _MAY_GET.items():
        wants = sa.select(subscribers.c.id).where(subscribers.c.state.in_([state.value for state in states]))
        left = sa.and_(
            outbox.c.id.in_(ids),
            outbox.c.state == DeliveryState.CLAIMED.value,
            outbox.c.kind == kind.value,
            outbox.c.subscriber_id.not_in(wants),
        )
        _end(tx, left, DeliveryState.SKIPPED, "no longer wanted when its turn came")


def _end(tx: sa.Connection, where: sa.ColumnElement[bool], state: DeliveryState, detail: str) -> None:
    values = {"state": state.value, "detail": detail, "next_attempt_at": None, "claimed_by": ""}
    ended = tx.execute(sa.update(outbox).where(where).values(values).returning(outbox.c.id)).all()
    _release(tx, [row.id for row in ended])


def _release(tx: sa.Connection, ids: Iterable[int]) -> None:
    """Let the papers of mails that never arrived be picked again."""
    for group in groups(ids):
        tx.execute(sa.delete(picks).where(picks.c.delivery_id.in_(group)))


def record(tx: sa.Connection, deliveries: Sequence[Delivery]) -> None:
    """Record what became of claimed mails. A row somebody else has taken meanwhile is left alone."""
    change = (
        sa.update(outbox)
        .where(outbox.c.id == sa.bindparam("key"), outbox.c.state == DeliveryState.CLAIMED.value)
        .values(
            state=sa.bindparam("to"),
            detail=sa.bindparam("said"),
            next_attempt_at=sa.bindparam("retry_at", type_=outbox.c.next_attempt_at.type),
            message_id=sa.bindparam("name"),
            claimed_by="",
        )
    )
    rows = [
        {
            "key": d.id,
            "to": d.state.value,
            "said": d.detail,
            "retry_at": d.next_attempt_at,
            "name": d.message_id,
        }
        for d in deliveries
    ]
    if rows:
        tx.execute(change, rows)
    _release(tx, [delivery.id for delivery in deliveries if delivery.state in NEVER_ARRIVED])


def on_hold(tx: sa.Connection) -> tuple[int, str]:
    """Count the mails on hold because of a fault of ours; with what the server said of the last one."""
    waiting = outbox.c.state == DeliveryState.ON_HOLD.value
    count = tx.execute(sa.select(sa.func.count()).select_from(outbox).where(waiting)).scalar_one()
    newest = sa.select(outbox.c.detail).where(waiting).order_by(outbox.c.id.desc()).limit(1)
    return count, tx.execute(newest).scalar_one_or_none() or ""


def unclaim(tx: sa.Connection, deliveries: Sequence[Delivery]) -> None:
    """Give claimed mails back untried."""
    values = {"state": DeliveryState.QUEUED.value, "claimed_by": "", "attempts": outbox.c.attempts - 1}
    for group in groups(delivery.id for delivery in deliveries):
        mine = sa.and_(outbox.c.id.in_(group), outbox.c.state == DeliveryState.CLAIMED.value)
        tx.execute(sa.update(outbox).where(mine).values(values))


def release(tx: sa.Connection, *, now: dt.datetime) -> int:
    """Let mails on hold go again, once our fault is mended; returns how many."""
    values = {"state": DeliveryState.QUEUED.value, "next_attempt_at": now}
    waiting = outbox.c.state == DeliveryState.ON_HOLD.value
    return tx.execute(sa.update(outbox).where(waiting).values(values)).rowcount


def abandoned(tx: sa.Connection, *, after: dt.timedelta, now: dt.datetime) -> int:
    """Declare mails uncertain that were claimed so long ago and never recorded: their sender died in between.

    A claim as far in the future was made by a clock that was ahead, and its sender cannot be waited for either.
    """
    long_ago = sa.or_(outbox.c.claimed_at < now - after, outbox.c.claimed_at > now + after)
    lost = sa.and_(outbox.c.state == DeliveryState.CLAIMED.value, long_ago)
    values = {"state": DeliveryState.UNCERTAIN.value, "detail": _DIED}
    return tx.execute(sa.update(outbox).where(lost).values(values)).rowcount


def confirmation_since(tx: sa.Connection, subscriber_id: int, moment: dt.datetime) -> bool:
    """Return whether a confirmation mail was put into the outbox for a subscriber after a moment."""
    query = sa.select(outbox.c.id).where(
        outbox.c.subscriber_id == subscriber_id,
        outbox.c.kind == MailKind.CONFIRM.value,
        outbox.c.created_at > moment,
    )
    return tx.execute(query.limit(1)).one_or_none() is not None


def has_edition(tx: sa.Connection, subscriber_id: int, edition_id: int) -> bool:
    """Return whether a subscriber's digest of an edition was composed, or skipped for a reason."""
    is_theirs = sa.and_(outbox.c.subscriber_id == subscriber_id, outbox.c.edition_id == edition_id)
    return tx.execute(sa.select(outbox.c.id).where(is_theirs).limit(1)).one_or_none() is not None


def next_attempt(tx: sa.Connection, *, now: dt.datetime) -> dt.datetime | None:
    """Return when the next waiting mail may be tried, `None` where none waits."""
    first = sa.func.min(sa.case((_is_due(now), _moment(now)), else_=outbox.c.next_attempt_at))
    return tx.execute(sa.select(first).where(outbox.c.state.in_(_WAITING))).scalar_one_or_none()


def _is_due(now: dt.datetime) -> sa.ColumnElement[bool]:
    """Return whether a mail's time has come; one further off than any rule allows was set by a clock that was ahead."""
    return sa.or_(outbox.c.next_attempt_at <= now, outbox.c.next_attempt_at > now + 2 * LONGEST_RETRY)


def _moment(now: dt.datetime) -> sa.BindParameter[dt.datetime]:
    return sa.literal(now, outbox.c.next_attempt_at.type)


def of_edition(tx: sa.Connection, edition_id: int) -> list[Delivery]:
    """Return all deliveries of an edition, by address."""
    query = sa.select(outbox).where(outbox.c.edition_id == edition_id).order_by(outbox.c.address)
    return [_delivery(row) for row in tx.execute(query)]


def of_subscriber(tx: sa.Connection, subscriber_id: int) -> list[Delivery]:
    """Return all deliveries to a subscriber, oldest first."""
    query = sa.select(outbox).where(outbox.c.subscriber_id == subscriber_id).order_by(outbox.c.id)
    return [_delivery(row) for row in tx.execute(query)]


def by_id(tx: sa.Connection, delivery_id: int) -> Delivery | None:
    """Return a delivery by id, `None` where there is none."""
    row = tx.execute(sa.select(outbox).where(outbox.c.id == delivery_id)).one_or_none()
    return _delivery(row) if row else None


def skipped_since_last(tx: sa.Connection, subscriber_ids: Iterable[int], reason: str) -> dict[int, int]:
    """Return how many digests each subscriber was skipped for a reason since the last one that may have arrived.

    Who has none is left out.
    """
    later = outbox.alias("later")
    may_have_arrived = sa.and_(
        later.c.subscriber_id == outbox.c.subscriber_id,
        later.c.edition_id > outbox.c.edition_id,
        later.c.state.not_in(sorted(state.value for state in NEVER_ARRIVED)),
    )
    accepted = sa.func.coalesce(subscribers.c.accepted_edition_id, 0)
    counted = (
        sa.select(outbox.c.subscriber_id, sa.func.count().label("skipped"))
        .join(subscribers, subscribers.c.id == outbox.c.subscriber_id)
        .where(outbox.c.edition_id > accepted, outbox.c.state == DeliveryState.SKIPPED.value)
        .where(outbox.c.detail == reason, ~sa.exists().where(may_have_arrived))
        .group_by(outbox.c.subscriber_id)
    )
    skipped: dict[int, int] = {}
    for group in groups(subscriber_ids):
        rows = tx.execute(counted.where(outbox.c.subscriber_id.in_(group)))
        skipped.update((row.subscriber_id, row.skipped) for row in rows)
    return skipped


def contents_of(tx: sa.Connection, delivery_ids: Iterable[int]) -> dict[int, Content]:
    """Return what digests say besides their picks; those composed by versions that did not store it are left out."""
    content_of: dict[int, Content] = {}
    for group in groups(delivery_ids):
        query = sa.select(outbox.c.id, outbox.c.content).where(outbox.c.id.in_(group), outbox.c.content.is_not(None))
        content_of.update((row.id, contents.from_json(row.content)) for row in tx.execute(query))
    return content_of


def _delivery(row: sa.Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        subscriber=row.subscriber_id,
        address=row.address,
        kind=MailKind(row.kind),
        state=DeliveryState(row.state),
        created_at=row.created_at,
        deadline=row.deadline,
        edition=row.edition_id,
        priority=Priority(row.priority),
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        claimed_by=row.claimed_by,
        message_id=row.message_id,
        detail=row.detail,
    )
