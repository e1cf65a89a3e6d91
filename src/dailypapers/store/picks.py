"""Picks: which papers are in whose digest, and why. Written with the outbox row they belong to."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from dailypapers.domain.content import AboutPaper
from dailypapers.domain.digest import Pick, Reason, Term, TermKind
from dailypapers.store.contents import about_to_text
from dailypapers.store.database import groups, insert_new_rows
from dailypapers.store.prepared import Prepared, among_ids
from dailypapers.store.schema import outbox, picked, picks

#: Reasons read lately that are at hand for the next mails; each takes about a kilobyte.
_REASONS = 8192
_KINDS = {kind.value: kind for kind in TermKind}


class StoredPick(NamedTuple):
    """A pick as it is kept: the paper's internal id, its score and its reason."""

    paper_id: int
    score: float
    reason: Reason
    outside: bool = False


def of_deliveries(tx: sa.Connection, delivery_ids: Iterable[int]) -> dict[int, tuple[StoredPick, ...]]:
    """Return the picks of deliveries, in order."""
    picks_of: defaultdict[int, list[StoredPick]] = defaultdict(list)
    for group in groups(delivery_ids):
        for delivery_id, paper_id, score, reason, outside in _PICKED.rows(tx, ids=group):
            picks_of[delivery_id].append(StoredPick(paper_id, score, reason_from_text(reason), bool(outside)))
    return {delivery_id: tuple(chosen) for delivery_id, chosen in picks_of.items()}


#: Reasons as text: readers share many, and a text that is known need not be read again. Whether a pick is from outside
#: is left as the database has it.
_PICKED = Prepared(
    sa.select(
        *(picks.c.delivery_id, picks.c.paper_id, picks.c.score, sa.cast(picks.c.reason, sa.Text)),
        sa.type_coerce(picks.c.outside, sa.Integer),
    )
    .where(among_ids(picks.c.delivery_id))
    .order_by(picks.c.delivery_id, picks.c.position)
)


class PickRow(NamedTuple):
    """A pick as a mail shows it, in the texts that it is kept in: equal ones show the same."""

    delivery_id: int
    outside: int | None
    paper_id: int
    reason: str
    #: What stood beside the paper; `None` where it is in the mail's content.
    about: str | None


def rows_of(tx: sa.Connection, delivery_ids: Iterable[int]) -> list[Sequence[Any]]:
    """Return the picks of deliveries as plain rows with the values of `PickRow`, by delivery and in order."""
    return [row for group in groups(delivery_ids) for row in _ROWS.rows(tx, ids=group)]


_ROWS = Prepared(
    sa.select(
        *(picks.c.delivery_id, sa.type_coerce(picks.c.outside, sa.Integer), picks.c.paper_id),
        *(sa.cast(picks.c.reason, sa.Text), picks.c.about),
    )
    .where(among_ids(picks.c.delivery_id))
    .order_by(picks.c.delivery_id, picks.c.position)
)


def newest_of(tx: sa.Connection, subscriber_id: int, *, limit: int) -> list[tuple[StoredPick, dt.datetime]]:
    """Return a reader's newest picks with the moment each was picked at; of one digest the best come first."""
    query = (
        sa.select(picks, outbox.c.created_at)
        .join(outbox, outbox.c.id == picks.c.delivery_id)
        .where(picks.c.subscriber_id == subscriber_id)
        .order_by(outbox.c.created_at.desc(), picks.c.delivery_id.desc(), picks.c.position)
        .limit(limit)
    )
    return [(_stored(row), row.created_at) for row in tx.execute(query)]


def reasons_of(tx: sa.Connection, subscriber_id: int, paper_ids: Iterable[int]) -> dict[int, Reason]:
    """Return why papers were picked for a reader; others, and those of digests kept no longer, are left out."""
    query = sa.select(picks.c.paper_id, picks.c.reason).where(picks.c.subscriber_id == subscriber_id)
    rows = (row for group in groups(paper_ids) for row in tx.execute(query.where(picks.c.paper_id.in_(group))))
    return {row.paper_id: reason_of(row.reason) for row in rows}


def _stored(row: sa.Row[Any]) -> StoredPick:
    return StoredPick(row.paper_id, row.score, reason_of(row.reason), bool(row.outside))


@lru_cache(maxsize=_REASONS)
def reason_from_text(reason: str) -> Reason:
    """Return a reason from the text it is kept in; readers share many."""
    return reason_of(json.loads(reason))


def reason_of(terms: Sequence[Mapping[str, Any]]) -> Reason:
    """Return a reason from what `kept` made of it."""
    return Reason(tuple([_term(**term) for term in terms]))


def add(tx: sa.Connection, chosen: Iterable[tuple[int, int, Sequence[Pick], Mapping[str, AboutPaper]]]) -> None:
    """Add the picks of digests; a paper sent before stays.

    Each digest is given as its subscriber, its delivery, its picks, and what stood beside papers by their names.
    """
    rows = [
        (
            *(subscriber_id, pick.paper_id, delivery_id, place, pick.score),
            *(_written(pick.reason), pick.variant or None, pick.relevance, pick.outside),
            about_to_text(about[pick.paper]) if pick.paper in about else None,
        )
        for subscriber_id, delivery_id, picked, about in chosen
        for place, pick in enumerate(picked)
    ]
    if tx.dialect.name == "postgresql":
        insert_new_rows(tx, picks, _COLUMNS, rows)
    else:
        _ADDING.run_tuples(tx, _COLUMNS, rows)


@lru_cache(maxsize=_REASONS)
def _written(reason: Reason) -> str:
    """Write a reason as JSON; readers share many."""
    return json.dumps(kept(reason))


_COLUMNS = (
    "subscriber_id",
    "paper_id",
    "delivery_id",
    "position",
    "score",
    "reason",
    "variant",
    "relevance",
    "outside",
    "about",
)
_VALUES: dict[str, Any] = {name: sa.bindparam(name) for name in _COLUMNS}
#: SQLite keeps JSON as text.
_WRITTEN_OUT = {"reason": sa.type_coerce(sa.bindparam("reason", type_=sa.Text), sa.Text)}
_ADDING = Prepared(sqlite.insert(picks).values(_VALUES | _WRITTEN_OUT).on_conflict_do_nothing())


def kept(reason: Reason) -> list[dict[str, object]]:
    """Return a reason as it is stored; what a term lacks is left out."""
    return [
        {"kind": t.kind, "text": t.text, "weight": t.weight, "interest": t.interest}
        | ({"counts": t.counts} if t.counts else {})
        for t in reason.terms
    ]


def _term(kind: str, text: str, weight: float, interest: str, counts: Iterable[tuple[str, int]] = ()) -> Term:
    return Term(_KINDS[kind], text, weight, interest, tuple((what, count) for what, count in counts) if counts else ())


def release(tx: sa.Connection, ids: Iterable[int]) -> None:
    """Let the papers of mails that never arrived be picked again."""
    for group in groups(ids):
        tx.execute(sa.delete(picks).where(picks.c.delivery_id.in_(group)))


def already_sent(
    tx: sa.Connection, subscriber_ids: Sequence[int], paper_ids: Sequence[int]
) -> dict[int, frozenset[int]]:
    """Return which of these papers each subscriber already has, or has on the way; who has none is left out."""
    sent: dict[int, set[int]] = {}
    for readers in groups(subscriber_ids):
        for group in groups(sorted(paper_ids)):
            for table in (picks, picked):
                query = sa.select(table.c.subscriber_id, table.c.paper_id).where(
                    table.c.subscriber_id.in_(readers), table.c.paper_id.in_(group)
                )
                for row in tx.execute(query):
                    sent.setdefault(row.subscriber_id, set()).add(row.paper_id)
    return {reader: frozenset(ids) for reader, ids in sent.items()}
