"""The outbox: every mail is a row here, with a life.

`put` and `claim` and `record` are the only ways in and through; the rule for what comes next is
`domain.delivery.after`. Uniqueness is the database's word. What waits for an operator's word is in `holds`; to look at
deliveries there is `history`.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.content import Content
from dailypapers.domain.delivery import LONGEST_RETRY, NEVER_ARRIVED, Delivery, DeliveryState, Doubt, MailKind, Priority
from dailypapers.domain.digest import Pick
from dailypapers.domain.subscriber import SubscriberState
from dailypapers.store import contents, controls
from dailypapers.store.database import groups, insert_new_rows
from dailypapers.store.delivery_rows import COLUMNS, delivery_of
from dailypapers.store.picks import add as add_picks
from dailypapers.store.picks import release as release_picks
from dailypapers.store.prepared import Prepared, among_ids
from dailypapers.store.schema import Moment, editions, outbox, subscribers, suppressions, workers

#: Mail of these kinds goes only to whoever still wants it when it is claimed.
_MAY_GET = {
    MailKind.DIGEST: (SubscriberState.ACTIVE,),
    MailKind.CONFIRM: (SubscriberState.PENDING,),
    MailKind.GROUP: (SubscriberState.ACTIVE,),
    MailKind.BOOK: (SubscriberState.ACTIVE,),
    # Who is invited from outside is pending until they confirm.
    MailKind.INVITATION: (SubscriberState.ACTIVE, SubscriberState.PAUSED, SubscriberState.PENDING),
    MailKind.LINKS: (SubscriberState.ACTIVE, SubscriberState.PAUSED),
    # Whoever asked to get no more mail is told that it is so.
    MailKind.ANSWER: (SubscriberState.ACTIVE, SubscriberState.PAUSED, SubscriberState.UNSUBSCRIBED),
    MailKind.NOTICE: (SubscriberState.ACTIVE, SubscriberState.PAUSED),
}
_BULK = frozenset((MailKind.DIGEST, MailKind.GROUP, MailKind.BOOK))
#: Clocks may differ by as much; a claim made later than this from now was made by a clock that was set back since.
_CLOCKS_DIFFER = dt.timedelta(minutes=1)
#: Mails whose acceptance may become known after all: whoever sent them was taken for dead.
_MAY_BE_ACCEPTED = (DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.CLAIMED, DeliveryState.UNCERTAIN)
_WAITING = (DeliveryState.QUEUED.value, DeliveryState.DEFERRED.value)
_NOW = sa.bindparam("now", type_=Moment)
#: The state where a few ids are given: were it the column alone, SQLite would find them among all rows of that state.
_STATE_OF_FEW: Any = sa.func.coalesce(outbox.c.state, "")


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
    group_edition: int | None = None
    """Of a group's digest, the edition it was picked from."""


def put(tx: sa.Connection, deliveries: Sequence[NewDelivery], *, now: dt.datetime) -> int:
    """Put mails into the outbox with their picks; returns how many are new.

    A second digest of one edition for one subscriber is not new; nor is a mail to somebody who has been erased.
    """
    here = _still_here(tx, {delivery.subscriber for delivery in deliveries})
    deliveries = [delivery for delivery in deliveries if delivery.subscriber in here]
    rows = [_row(delivery, now) for delivery in deliveries]
    added = insert_new_rows(tx, outbox, _PUT, rows, outbox.c.id, outbox.c.subscriber_id, outbox.c.edition_id)
    by_reader = {(row.subscriber_id, row.edition_id): row.id for row in added}
    chosen = (
        (
            *(delivery.subscriber, by_reader[delivery.subscriber, delivery.edition], delivery.picks),
            delivery.content.papers if delivery.content else {},
        )
        for delivery in deliveries
        if (delivery.subscriber, delivery.edition) in by_reader
    )
    add_picks(tx, chosen)
    return len(added)


def _still_here(tx: sa.Connection, readers: Iterable[int]) -> set[int]:
    """Return which readers exist, and lock them until the transaction ends: they may be erased while we compose."""
    subscriber_ids: set[int] = set()
    for group in groups(sorted(readers)):
        query = sa.select(subscribers.c.id).where(subscribers.c.id.in_(group))
        subscriber_ids.update(row.id for row in tx.execute(query.with_for_update(read=True, key_share=True)))
    return subscriber_ids


_PUT = (
    *("subscriber_id", "edition_id", "kind", "priority", "address", "state", "created_at", "deadline", "attempts"),
    *("next_attempt_at", "claimed_by", "message_id", "detail", "content", "group_edition_id"),
)


def _row(delivery: NewDelivery, now: dt.datetime) -> tuple[Any, ...]:
    """Return the values of a row, by `_PUT`."""
    state = DeliveryState.SKIPPED if delivery.skipped else DeliveryState.QUEUED
    priority = Priority.BULK if delivery.kind in _BULK else Priority.URGENT
    content = _kept(delivery, delivery.content) if delivery.content else None
    return (
        *(delivery.subscriber, delivery.edition, delivery.kind.value, priority.value, delivery.address),
        *(state.value, now, delivery.deadline, 0, None if delivery.skipped else now),
        *("", "", delivery.skipped, content, delivery.group_edition),
    )


def _kept(delivery: NewDelivery, content: Content) -> dict[str, object]:
    """Return a content as it is kept: what stood beside the papers of a digest is kept with its picks."""
    return contents.to_json(replace(content, papers={}) if delivery.kind is MailKind.DIGEST else content)


def claim(
    tx: sa.Connection,
    worker: str,
    limit: int,
    *,
    now: dt.datetime,
    priorities: Sequence[Priority] = (Priority.URGENT, Priority.BULK),
) -> list[Delivery]:
    """Take up to `limit` mails whose time has come: those somebody waits for, then new ones, then retries.

    Each is checked once more before it is taken: what is past its deadline expires, a suppressed address and a
    reader who has left get nothing. Only the caller has the rows returned; the claim must be committed before
    anything is sent. None is returned only where none is left, or where an operator has paused sending.
    """
    if controls.control(tx, controls.Name.PAUSE):
        return []
    while ids := _take(tx, worker, limit, priorities, now):
        rows = _TAKEN.rows(tx, ids=ids, now=now)
        _end_unwanted(tx, [row[0] for row in rows if not row[-1]], now=now)
        if claimed := [delivery_of(row[:-1]) for row in rows if row[-1]]:
            return claimed
    return []


def _taken() -> sa.Select[Any]:
    """Return mails by their ids, and whether each is still wanted."""
    query = sa.select(*COLUMNS, _is_wanted().label("is_wanted")).join(subscribers)
    return query.where(among_ids(outbox.c.id)).order_by(outbox.c.priority.desc(), outbox.c.id)


def _take(tx: sa.Connection, worker: str, limit: int, priorities: Sequence[Priority], now: dt.datetime) -> list[int]:
    """Claim mails in the order in which they are to leave; each step reads a few rows of an index."""
    values = {"worker": worker, "now": now, **_limits_of_due(now)}
    ids: list[int] = []
    for priority in priorities:
        for state in (DeliveryState.QUEUED, DeliveryState.DEFERRED):
            if len(ids) < limit:
                ids += [row[0] for row in _TAKE_FIRST[priority, state].rows(tx, **values, most=limit - len(ids))]
    return ids


def _take_first(priority: Priority, state: DeliveryState) -> sa.sql.dml.ReturningUpdate[Any]:
    waiting = sa.select(outbox.c.id).where(outbox.c.priority == priority.value, outbox.c.state == state.value)
    if state is DeliveryState.DEFERRED:
        waiting = waiting.where(_is_due()).order_by(outbox.c.next_attempt_at)
    else:
        waiting = waiting.order_by(outbox.c.id)
    first = waiting.limit(sa.bindparam("most", type_=sa.Integer))
    # Materialized, it runs once. As a plain subquery PostgreSQL may run it again for every row it joins, and each time
    # LIMIT begins anew behind the rows locked before.
    ready = first.with_for_update(skip_locked=True).cte("ready").prefix_with("MATERIALIZED", dialect="postgresql")
    return (
        sa.update(outbox)
        .where(outbox.c.id.in_(sa.select(ready.c.id)), sa.or_(*(waits == _STATE_OF_FEW for waits in _WAITING)))
        .values(
            state=DeliveryState.CLAIMED.value,
            claimed_by=sa.bindparam("worker", type_=sa.Text),
            claimed_at=_NOW,
            attempts=outbox.c.attempts + 1,
        )
        .returning(outbox.c.id)
    )


def still_to_send(tx: sa.Connection, worker: str, delivery_ids: Iterable[int], *, now: dt.datetime) -> frozenset[int]:
    """Return which mails are still this worker's to send, and lock them until the transaction ends.

    What nobody wants any more since it was claimed ends here, as it would have at the claim. None is where an operator
    has paused sending: they are given back when the worker ends.
    """
    still, unwanted = set[int](), list[int]()
    for group in groups(delivery_ids):
        for delivery_id, is_wanted in _CLAIMED_AND_WANTED.rows(tx, ids=group, worker=worker, now=now):
            if is_wanted:
                still.add(delivery_id)
            else:
                unwanted.append(delivery_id)
    _end_unwanted(tx, unwanted, now=now)
    return frozenset(still)


def _claimed_and_wanted() -> sa.Select[Any]:
    is_mine = (
        among_ids(outbox.c.id),
        DeliveryState.CLAIMED.value == _STATE_OF_FEW,
        outbox.c.claimed_by == sa.bindparam("worker"),
        controls.is_off(controls.Name.PAUSE),
    )
    query = sa.select(outbox.c.id, _is_wanted().label("is_wanted")).join(subscribers).where(*is_mine)
    return query.with_for_update(of=outbox)


def _is_wanted() -> sa.ColumnElement[bool]:
    is_listed = sa.exists().where(suppressions.c.address == outbox.c.address)
    may_get = [
        sa.and_(outbox.c.kind == kind.value, subscribers.c.state == state.value)
        for kind, states in _MAY_GET.items()
        for state in states
    ]
    in_time = outbox.c.deadline > _NOW
    return sa.and_(in_time, ~is_listed, sa.or_(*may_get))


def expire(tx: sa.Connection, *, now: dt.datetime) -> None:
    """End what waits past its deadline; its papers may be picked again, for the next digest."""
    _end_late(tx, outbox.c.state.in_(_WAITING), now=now)


def _end_late(tx: sa.Connection, where: sa.ColumnElement[bool], *, now: dt.datetime) -> None:
    _end(tx, sa.and_(where, outbox.c.deadline <= now), DeliveryState.EXPIRED, "past its deadline")


def _end_unwanted(tx: sa.Connection, ids: Sequence[int], *, now: dt.datetime) -> None:
    """End those of some claimed mails that are late, whose address is suppressed, or whose reader has left."""
    for group in groups(ids):
        claimed = sa.and_(outbox.c.id.in_(group), outbox.c.state == DeliveryState.CLAIMED.value)
        _end_late(tx, claimed, now=now)
        is_listed = outbox.c.address.in_(sa.select(suppressions.c.address))
        _end(tx, sa.and_(claimed, is_listed), DeliveryState.SUPPRESSED, "suppressed")
        for kind, states in _MAY_GET.items():
            wants = sa.select(subscribers.c.id).where(subscribers.c.state.in_([state.value for state in states]))
            left = sa.and_(claimed, outbox.c.kind == kind.value, outbox.c.subscriber_id.not_in(wants))
            _end(tx, left, DeliveryState.SKIPPED, "no longer wanted when its turn came")


def skip_waiting(
    tx: sa.Connection, subscriber_id: int, kinds: Collection[MailKind], why: str, *, group: int | None = None
) -> None:
    """End what waits for a subscriber of these kinds, and of this group where it is given: it is not sent any more."""
    waiting = sa.and_(
        outbox.c.subscriber_id == subscriber_id,
        outbox.c.kind.in_([kind.value for kind in kinds]),
        outbox.c.state.in_(_WAITING),
    )
    if group is not None:
        rows = tx.execute(sa.select(outbox.c.id, outbox.c.content).where(waiting)).all()
        ids = [row.id for row in rows if row.content and contents.from_json(row.content).group[0] == group]
        waiting = sa.and_(waiting, outbox.c.id.in_(ids))
    _end(tx, waiting, DeliveryState.SKIPPED, why)


def _end(tx: sa.Connection, where: sa.ColumnElement[bool], state: DeliveryState, detail: str) -> None:
    """End mails that will not be tried again; one that may have arrived on an earlier try ends uncertain."""
    values = {
        "state": sa.case((outbox.c.doubt.is_(None), state.value), else_=DeliveryState.UNCERTAIN.value),
        "detail": detail,
        "next_attempt_at": None,
        "claimed_by": "",
    }
    ended = tx.execute(sa.update(outbox).where(where).values(values).returning(outbox.c.id, outbox.c.doubt)).all()
    release_picks(tx, [row.id for row in ended if row.doubt is None])


def record(tx: sa.Connection, deliveries: Sequence[Delivery]) -> None:
    """Record what became of claimed mails; `claimed_by` of each says whose claim it was.

    A row somebody else has taken meanwhile is left alone, unless the server has accepted the mail: that is so, whoever
    else was about to send it again.
    """
    accepted = [(d.id, d.detail, d.message_id) for d in deliveries if d.state is DeliveryState.ACCEPTED]
    _ACCEPTING.run_tuples(tx, ("key", "said", "name"), accepted)
    if len(accepted) < len(deliveries):
        _record_others(tx, [d for d in deliveries if d.state is not DeliveryState.ACCEPTED])
    if gone := [d.id for d in deliveries if d.doubt is Doubt.CARRY or d.state in NEVER_ARRIVED]:
        release_picks(tx, gone)


def _record_others(tx: sa.Connection, deliveries: Iterable[Delivery]) -> None:
    rows = (
        {
            "key": d.id,
            "by": d.claimed_by,
            "to": d.state.value,
            "said": d.detail,
            "retry_at": d.next_attempt_at,
            "name": d.message_id,
            "about": d.doubt.value if d.doubt else None,
            "most": d.max_bytes,
        }
        for d in deliveries
    )
    _RECORDING.run_each(tx, rows)


def _recording() -> sa.Update:
    mine = (
        outbox.c.id == sa.bindparam("key"),
        outbox.c.state == DeliveryState.CLAIMED.value,
        outbox.c.claimed_by == sa.bindparam("by", type_=sa.Text),
    )
    return (
        sa.update(outbox)
        .where(*mine)
        .values(
            state=sa.bindparam("to"),
            detail=sa.bindparam("said"),
            next_attempt_at=sa.bindparam("retry_at", type_=outbox.c.next_attempt_at.type),
            message_id=sa.bindparam("name"),
            max_bytes=sa.bindparam("most", type_=sa.Integer),
            doubt=sa.bindparam("about", type_=sa.Text),
            claimed_by="",
        )
    )


def _accepting() -> sa.Update:
    """Return what an acceptance changes: not the doubt about earlier tries, which no answer to this one takes away."""
    may_be_accepted = sa.or_(*(outbox.c.state == state.value for state in _MAY_BE_ACCEPTED))
    return (
        sa.update(outbox)
        .where(outbox.c.id == sa.bindparam("key"), may_be_accepted)
        .values(
            state=DeliveryState.ACCEPTED.value,
            detail=sa.bindparam("said"),
            next_attempt_at=None,
            message_id=sa.bindparam("name"),
            claimed_by="",
        )
    )


def unclaim(tx: sa.Connection, deliveries: Iterable[Delivery], *, now: dt.datetime) -> None:
    """Give claimed mails back untried: they are due at once."""
    values = {
        "state": DeliveryState.QUEUED.value,
        "claimed_by": "",
        "attempts": outbox.c.attempts - 1,
        "next_attempt_at": now,
    }
    for group in groups(delivery.id for delivery in deliveries):
        claimed = sa.and_(outbox.c.id.in_(group), outbox.c.state == DeliveryState.CLAIMED.value)
        tx.execute(sa.update(outbox).where(claimed).values(values))


def park(tx: sa.Connection, deliveries: Iterable[Delivery]) -> None:
    """Give claimed mails back untried that may go only later: each is due at its `next_attempt_at`."""
    rows = [{"key": d.id, "moment": d.next_attempt_at, "why": d.detail} for d in deliveries]
    if rows:
        claimed = sa.and_(outbox.c.id == sa.bindparam("key"), outbox.c.state == DeliveryState.CLAIMED.value)
        values = {
            "state": DeliveryState.DEFERRED.value,
            "claimed_by": "",
            "attempts": outbox.c.attempts - 1,
            "next_attempt_at": sa.bindparam("moment", type_=outbox.c.next_attempt_at.type),
            "detail": sa.bindparam("why"),
        }
        tx.execute(sa.update(outbox).where(claimed).values(values), rows)


def waiting(tx: sa.Connection) -> dict[DeliveryState, int]:
    """Return how many mails have not come to an end, by their state."""
    states = [DeliveryState.QUEUED, DeliveryState.CLAIMED, DeliveryState.DEFERRED, DeliveryState.ON_HOLD]
    query = sa.select(outbox.c.state, sa.func.count().label("mails")).group_by(outbox.c.state)
    rows = tx.execute(query.where(outbox.c.state.in_([state.value for state in states])))
    return {DeliveryState(row.state): row.mails for row in rows}


@dataclass(frozen=True, slots=True)
class InLine:
    """Mails of one edition to the readers of one zone that wait."""

    day: dt.date | None
    """The edition's; `None` for confirmations and answers."""
    zone: str
    mails: int
    deadline: dt.datetime
    """When the first of them expires."""
    last: int = 0
    """The place in the line of the last one, counted from 1."""
    due_at: dt.datetime | None = None
    """When the last one is due, of those that wait for a time."""


def in_line(tx: sa.Connection) -> list[InLine]:
    """Return the mails that are due and have not been tried, by edition and zone, in the order of their last."""
    place = sa.func.row_number().over(order_by=(outbox.c.priority.desc(), outbox.c.id)).label("place")
    line = sa.select(outbox.c.id, place).where(outbox.c.state == DeliveryState.QUEUED.value).subquery()
    last = sa.func.max(line.c.place).label("last")
    rows = tx.execute(_by_zone(last).join(line, line.c.id == outbox.c.id).order_by(last))
    return [InLine(row.day, row.zone, row.mails, row.deadline, last=row.last) for row in rows]


def deferred(tx: sa.Connection) -> list[InLine]:
    """Return the mails that wait for a time, by edition and zone."""
    due_at = sa.func.max(outbox.c.next_attempt_at).label("due_at")
    rows = tx.execute(_by_zone(due_at).where(outbox.c.state == DeliveryState.DEFERRED.value))
    return [InLine(row.day, row.zone, row.mails, row.deadline, due_at=row.due_at) for row in rows]


def _by_zone(column: sa.ColumnElement[Any]) -> sa.Select[Any]:
    mails, deadline = sa.func.count().label("mails"), sa.func.min(outbox.c.deadline).label("deadline")
    query = sa.select(editions.c.day, subscribers.c.zone, mails, deadline, column).select_from(outbox)
    query = query.join(subscribers, subscribers.c.id == outbox.c.subscriber_id)
    query = query.outerjoin(editions, editions.c.id == outbox.c.edition_id)
    return query.group_by(editions.c.day, subscribers.c.zone)


def count_claimed(tx: sa.Connection) -> int:
    """Count the mails that are claimed, by whomever."""
    query = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.state == DeliveryState.CLAIMED.value)
    return tx.execute(query).scalar_one()


def has_orphans(tx: sa.Connection) -> bool:
    """Return whether any claimed mail has a worker that has ended or is not known."""
    return tx.execute(sa.select(outbox.c.id).where(*_is_orphan()).limit(1)).one_or_none() is not None


def orphans(tx: sa.Connection) -> list[Delivery]:
    """Return the claimed mails whose worker has ended or is not known, and lock them until the transaction ends."""
    query = sa.select(*COLUMNS).where(*_is_orphan()).order_by(outbox.c.id)
    return [delivery_of(row) for row in tx.execute(query.with_for_update(of=outbox))]


def _is_orphan() -> tuple[sa.ColumnElement[bool], ...]:
    alive = sa.select(workers.c.id).where(workers.c.ended_at.is_(None))
    return outbox.c.state == DeliveryState.CLAIMED.value, outbox.c.claimed_by.not_in(alive)


def has_urgent(tx: sa.Connection) -> bool:
    """Return whether a mail that somebody waits for has not been tried yet."""
    is_new = (outbox.c.state == DeliveryState.QUEUED.value, outbox.c.priority == Priority.URGENT.value)
    return tx.execute(sa.select(outbox.c.id).where(*is_new).limit(1)).first() is not None


def next_attempt(tx: sa.Connection, *, now: dt.datetime) -> dt.datetime | None:
    """Return when the next waiting mail may be tried, `None` where none waits."""
    queued = sa.select(outbox.c.id).where(outbox.c.state == DeliveryState.QUEUED.value).limit(1)
    if tx.execute(queued).one_or_none():
        return now
    first = sa.func.min(sa.case((_is_due(), _NOW), else_=outbox.c.next_attempt_at))
    retries = sa.select(first).where(outbox.c.state == DeliveryState.DEFERRED.value)
    return tx.execute(retries, {"now": now, **_limits_of_due(now)}).scalar_one_or_none()


def _is_due() -> sa.ColumnElement[bool]:
    """Return whether the time of a retry has come; it is asked with `now` and `_limits_of_due`.

    A retry set by a clock that has been set back since is due as well: it was claimed later than now, or is further off
    than any rule allows.
    """
    return sa.or_(
        outbox.c.next_attempt_at <= _NOW,
        outbox.c.claimed_at > sa.bindparam("latest_claim", type_=Moment),
        outbox.c.next_attempt_at > sa.bindparam("latest_retry", type_=Moment),
    )


def _limits_of_due(now: dt.datetime) -> dict[str, dt.datetime]:
    return {"latest_claim": now + _CLOCKS_DIFFER, "latest_retry": now + 2 * LONGEST_RETRY}


_TAKEN, _CLAIMED_AND_WANTED, _RECORDING, _ACCEPTING = (
    Prepared(statement) for statement in (_taken(), _claimed_and_wanted(), _recording(), _accepting())
)
_TAKE_FIRST = {
    (priority, state): Prepared(_take_first(priority, state))
    for priority in Priority
    for state in (DeliveryState.QUEUED, DeliveryState.DEFERRED)
}
