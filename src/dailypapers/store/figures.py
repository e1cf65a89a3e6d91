"""Figures: a few numbers a day, kept for good, so that plots reach back further than what they were counted from."""

import datetime as dt
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.bounce import ReportKind
from dailypapers.domain.delivery import DeliveryState, Ledger
from dailypapers.domain.subscriber import READING
from dailypapers.domain.vote import Vote
from dailypapers.store import ledger
from dailypapers.store.database import replace_rows
from dailypapers.store.schema import bounces, daily_figures, subscribers, votes

#: Days that are counted once more each time: what is late, and what was missed while nobody counted.
_COUNTED_AGAIN = 7


class Figure(StrEnum):
    """What is counted."""

    SUBSCRIBERS = "subscribers"
    """Who reads, on that day."""
    DUE = "due"
    """Readers who were due for the edition of that day; and how its digests ended."""
    ACCEPTED = "accepted"
    NOT_DELIVERED = "not delivered"
    """Failed, expired or uncertain."""
    BOUNCES = "bounces"
    """That came in on that day; and so on."""
    COMPLAINTS = "complaints"
    LIKES = "likes"
    DISLIKES = "dislikes"


def record(tx: sa.Connection, *, now: dt.datetime) -> None:
    """Count the last days and store it; running it twice stores the same."""
    today = now.date()
    rows = [_row(today, Figure.SUBSCRIBERS, _readers(tx))]
    first = today - dt.timedelta(days=_COUNTED_AGAIN)
    for books in ledger.ledgers(tx, limit=_COUNTED_AGAIN):
        if books.day >= first:
            rows += [_row(books.day, figure, value) for figure, value in _of_edition(books).items()]
    for days in range(_COUNTED_AGAIN):
        day = today - dt.timedelta(days=days)
        rows += [_row(day, figure, value) for figure, value in _events(tx, day)]
    replace_rows(tx, daily_figures, rows)


def _row(day: dt.date, figure: Figure, value: int) -> dict[str, Any]:
    return {"day": day, "name": figure.value, "value": value}


def _readers(tx: sa.Connection) -> int:
    reads = subscribers.c.state.in_(sorted(state.value for state in READING))
    return tx.execute(sa.select(sa.func.count()).select_from(subscribers).where(reads)).scalar_one()


def _of_edition(books: Ledger) -> Mapping[Figure, int]:
    lost = (DeliveryState.FAILED, DeliveryState.EXPIRED, DeliveryState.UNCERTAIN)
    return {
        Figure.DUE: books.due,
        Figure.ACCEPTED: books.count(DeliveryState.ACCEPTED),
        Figure.NOT_DELIVERED: sum(books.count(state) for state in lost),
    }


_REPORTS = {ReportKind.BOUNCE: Figure.BOUNCES, ReportKind.COMPLAINT: Figure.COMPLAINTS}
_VOTES = {Vote.LIKE: Figure.LIKES, Vote.DISLIKE: Figure.DISLIKES}


def _events(tx: sa.Connection, day: dt.date) -> Iterator[tuple[Figure, int]]:
    """Count what came in on a day (UTC)."""
    began = dt.datetime.combine(day, dt.time(), dt.UTC)
    ended = began + dt.timedelta(days=1)
    for kinds, column, moment in (
        (_REPORTS, bounces.c.kind, bounces.c.received_at),
        (_VOTES, votes.c.vote, votes.c.voted_at),
    ):
        query = sa.select(column.label("kind"), sa.func.count().label("times")).where(moment >= began, moment < ended)
        times = {row.kind: row.times for row in tx.execute(query.group_by(column))}
        for kind, figure in kinds.items():
            yield figure, times.get(kind.value, 0)


def since(tx: sa.Connection, first: dt.date) -> dict[Figure, dict[dt.date, int]]:
    """Return what was counted from a day on: by figure and day, oldest first."""
    query = sa.select(daily_figures).where(daily_figures.c.day >= first).order_by(daily_figures.c.day)
    counted: dict[Figure, dict[dt.date, int]] = {figure: {} for figure in Figure}
    for row in tx.execute(query):
        if row.name in _NAMES:
            counted[Figure(row.name)][row.day] = row.value
    return counted


#: A newer version may have counted more.
_NAMES = frozenset(figure.value for figure in Figure)
