"""How long mails took: until the server's answer, and in the outbox before. Counted by the database, of the newest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dailypapers.store.schema import attempts, outbox

_DAY_SECONDS = 86_400
#: Seconds up to which answers are counted together: a server beside us answers in milliseconds, a greylisting one late.
ANSWER_BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
#: Of waiting in the outbox: a confirmation leaves in seconds, a large run takes an hour.
WAIT_BOUNDS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 1800.0, 3600.0, 7200.0, 21600.0)


@dataclass(frozen=True, slots=True)
class Latencies:
    """How many mails took at most as long as each bound, and how long all of them took, in seconds."""

    up_to: tuple[tuple[float, int], ...] = ()
    count: int = 0
    total: float = 0.0


NONE = Latencies()


def answers(tx: sa.Connection, *, newest: int) -> Latencies:
    """Return how long servers took to answer the newest mails, from the moment they were handed over."""
    took = _seconds(tx, attempts.c.answered_at, attempts.c.handed_over_at)
    rows = sa.select(took.label("took")).where(_is_newest(newest), attempts.c.answered_at.is_not(None))
    return _counted(tx, rows.where(attempts.c.handed_over_at.is_not(None)), ANSWER_BOUNDS)


def waits(tx: sa.Connection, *, newest: int) -> Latencies:
    """Return how long the newest mails were in the outbox before their first try left."""
    took = _seconds(tx, attempts.c.handed_over_at, outbox.c.created_at)
    first_tries = sa.select(took.label("took")).join(outbox, outbox.c.id == attempts.c.delivery_id)
    first_tries = first_tries.where(_is_newest(newest), attempts.c.number == 1, attempts.c.handed_over_at.is_not(None))
    return _counted(tx, first_tries, WAIT_BOUNDS)


def _is_newest(mails: int) -> sa.ColumnElement[bool]:
    newest = sa.select(sa.func.coalesce(sa.func.max(attempts.c.delivery_id), 0)).scalar_subquery()
    return attempts.c.delivery_id > newest - mails


def _seconds(tx: sa.Connection, later: sa.Column[Any], earlier: sa.Column[Any]) -> sa.ColumnElement[float]:
    """Return what lies between two moments; clocks of two machines may differ, so it may be less than nothing."""
    if tx.dialect.name == "sqlite":
        days = sa.func.julianday(later) - sa.func.julianday(earlier)
        return sa.type_coerce(days * _DAY_SECONDS, sa.Float)
    return sa.cast(sa.extract("epoch", later - earlier), sa.Float)


def _counted(tx: sa.Connection, took: sa.Select[Any], bounds: Sequence[float]) -> Latencies:
    rows = took.subquery()
    up_to = [sa.func.count(sa.case((rows.c.took <= bound, 1))).label(f"b{n}") for n, bound in enumerate(bounds)]
    total = sa.func.coalesce(sa.func.sum(sa.case((rows.c.took > 0, rows.c.took), else_=0.0)), 0.0)
    row = tx.execute(sa.select(sa.func.count(rows.c.took).label("n"), total.label("total"), *up_to)).one()
    if not row.n:
        return NONE
    return Latencies(tuple(zip(bounds, row[2:], strict=True)), row.n, float(row.total))
