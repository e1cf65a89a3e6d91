"""Attempts: a row a try. What is about to be handed over is written before the mail itself leaves."""

import datetime as dt
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from dailypapers.domain.delivery import Attempt, Delivery, Outcome, OutcomeKind
from dailypapers.store.database import groups
from dailypapers.store.prepared import Prepared
from dailypapers.store.schema import attempts


def start(
    tx: sa.Connection, deliveries: Sequence[Delivery], *, now: dt.datetime, servers: Sequence[str] | None = None
) -> None:
    """Note that these claimed mails are being tried, by these servers; `attempts` of each already counts this try."""
    rows = [
        (d.id, d.attempts, d.claimed_by, server)
        for d, server in zip(deliveries, servers or [""] * len(deliveries), strict=True)
    ]
    _STARTING.run_tuples(tx, ("delivery_id", "number", "worker", "server"), rows, started_at=now)


def hand_over(tx: sa.Connection, deliveries: Iterable[Delivery], *, now: dt.datetime) -> None:
    """Note that these mails are about to be handed over: from now on the server may have them."""
    rows = [(d.id, d.attempts, d.server) for d in deliveries]
    _HANDING_OVER.run_tuples(tx, ("key", "try", "by"), rows, moment=now)


def answer(tx: sa.Connection, answers: Iterable[tuple[Delivery, Outcome]], *, now: dt.datetime) -> None:
    """Record what was answered."""
    rows = [
        (delivery.id, delivery.attempts, outcome.code, outcome.enhanced, outcome.text, _MEANINGS[outcome.kind])
        for delivery, outcome in answers
    ]
    _ANSWERING.run_tuples(tx, ("key", "try", "says", "status", "words", "means"), rows, moment=now)


_MEANINGS = {kind: " ".join(part.value for part in kind.value) for kind in OutcomeKind}


def _handing_over() -> sa.Update:
    return _of_this_try().values(handed_over_at=_moment(), server=sa.bindparam("by", type_=sa.Text))


def _answering() -> sa.Update:
    return _of_this_try().values(
        answered_at=_moment(),
        code=sa.bindparam("says"),
        enhanced=sa.bindparam("status"),
        text=sa.bindparam("words"),
        outcome=sa.bindparam("means"),
    )


def _of_this_try() -> sa.Update:
    this_try = (attempts.c.delivery_id == sa.bindparam("key"), attempts.c.number == sa.bindparam("try"))
    return sa.update(attempts).where(*this_try)


def _moment() -> sa.BindParameter[dt.datetime]:
    return sa.bindparam("moment", type_=attempts.c.started_at.type)


def forget(tx: sa.Connection, deliveries: Iterable[Delivery]) -> None:
    """Forget the present tries of these deliveries, which did not take place."""
    deliveries = tuple(deliveries)
    if not deliveries:
        return
    this_try = sa.tuple_(attempts.c.delivery_id, attempts.c.number, attempts.c.worker)
    for group in groups((delivery.id, delivery.attempts, delivery.claimed_by) for delivery in deliveries):
        open_ones = (attempts.c.handed_over_at.is_(None), attempts.c.answered_at.is_(None))
        tx.execute(sa.delete(attempts).where(this_try.in_(group), *open_ones))


def were_handed_over(tx: sa.Connection, deliveries: Iterable[Delivery]) -> frozenset[int]:
    """Return which claimed deliveries were about to be handed over in their present try: the server may have those."""
    tries = {delivery.id: delivery.attempts for delivery in deliveries}
    handed_over: set[int] = set()
    for group in groups(tries):
        query = sa.select(attempts.c.delivery_id, attempts.c.number)
        query = query.where(attempts.c.delivery_id.in_(group), attempts.c.handed_over_at.is_not(None))
        handed_over.update(row.delivery_id for row in tx.execute(query) if row.number == tries[row.delivery_id])
    return frozenset(handed_over)


def of_delivery(tx: sa.Connection, delivery_id: int) -> list[Attempt]:
    """Return all tries of a delivery, oldest first."""
    query = sa.select(attempts).where(attempts.c.delivery_id == delivery_id).order_by(attempts.c.number)
    return [
        Attempt(
            delivery=row.delivery_id,
            number=row.number,
            worker=row.worker,
            started_at=row.started_at,
            handed_over_at=row.handed_over_at,
            answered_at=row.answered_at,
            code=row.code or 0,
            enhanced=row.enhanced or "",
            text=row.text or "",
            outcome=row.outcome or "",
        )
        for row in tx.execute(query)
    ]


_HANDING_OVER, _ANSWERING = Prepared(_handing_over()), Prepared(_answering())
_STARTING = Prepared(
    sa.insert(attempts).values(
        {name: sa.bindparam(name) for name in ("delivery_id", "number", "worker", "started_at", "server")}
    )
)
