"""What is deleted because it is old, and what is left of it: which papers somebody had, how many mails ended how.

Every function deletes a bounded number of rows and is called until it returns 0.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence

import sqlalchemy as sa

from dailypapers.domain.delivery import FINAL, DeliveryState, Doubt
from dailypapers.store.database import insert_new
from dailypapers.store.delivery_rows import is_of_edition
from dailypapers.store.schema import (
    attempts,
    bounces,
    editions,
    ended_deliveries,
    fetches,
    outbox,
    picked,
    picks,
    posts,
    source_days,
)

#: Rows of a transaction: others wait no longer than a moment.
BATCH = 500


def fold_deliveries(tx: sa.Connection, *, before: dt.date, limit: int = BATCH) -> int:
    """Delete deliveries of editions before a day, and confirmations as old; returns how many.

    What has not come to an end stays, and so does what an operator is to decide about. Their papers stay sent, and
    their edition's ledger balances as before.
    """
    last = _last_delivery(tx, before)
    rows = tx.execute(_ended_through(last).limit(limit)).all() if last else []
    if not rows:
        return 0
    ids = [row.id for row in rows]
    _keep_papers(tx, ids)
    _count(tx, Counter((row.edition_id, row.state, row.doubt or "") for row in rows if row.edition_id is not None))
    tx.execute(sa.delete(picks).where(picks.c.delivery_id.in_(ids)))
    tx.execute(sa.delete(attempts).where(attempts.c.delivery_id.in_(ids)))
    tx.execute(sa.update(bounces).where(bounces.c.delivery_id.in_(ids)).values(delivery_id=None))
    tx.execute(sa.delete(posts).where(posts.c.delivery_id.in_(ids)))
    tx.execute(sa.delete(outbox).where(outbox.c.id.in_(ids)))
    return len(ids)


def _last_delivery(tx: sa.Connection, before: dt.date) -> int | None:
    """Return the largest id of a delivery of the newest edition before a day that has any: ids grow with time."""
    older = sa.select(editions.c.id).where(editions.c.day < before).order_by(editions.c.day.desc())
    for (edition_id,) in tx.execute(older):
        last: int | None = tx.execute(sa.select(sa.func.max(outbox.c.id)).where(is_of_edition(edition_id))).scalar_one()
        if last is not None:
            return last
    return None


def _ended_through(last: int) -> sa.Select[tuple[int, int | None, str, str | None]]:
    edition_id = sa.func.coalesce(outbox.c.edition_id, outbox.c.group_edition_id)
    is_undecided = sa.and_(outbox.c.state == DeliveryState.UNCERTAIN.value, outbox.c.doubt == Doubt.HOLD.value)
    return (
        sa.select(outbox.c.id, edition_id.label("edition_id"), outbox.c.state, outbox.c.doubt)
        .where(outbox.c.id <= last, outbox.c.state.in_(sorted(state.value for state in FINAL)))
        .where(sa.not_(sa.func.coalesce(is_undecided, sa.false())))
        .order_by(outbox.c.id)
    )


def _keep_papers(tx: sa.Connection, delivery_ids: Sequence[int]) -> None:
    query = sa.select(picks.c.subscriber_id, picks.c.paper_id).where(picks.c.delivery_id.in_(delivery_ids))
    insert_new(tx, picked, [row._asdict() for row in tx.execute(query)])


def _count(tx: sa.Connection, endings: Counter[tuple[int, str, str]]) -> None:
    table = ended_deliveries
    for (edition_id, state, doubt), deliveries in sorted(endings.items()):
        key = {"edition_id": edition_id, "state": state, "doubt": doubt}
        insert_new(tx, table, [key | {"deliveries": 0}])
        this = sa.and_(*(table.c[name] == value for name, value in key.items()))
        tx.execute(sa.update(table).where(this).values(deliveries=table.c.deliveries + deliveries))


def prune_attempts(tx: sa.Connection, *, before: dt.date, limit: int = BATCH) -> int:
    """Delete what was answered to tries of deliveries as old as editions before a day; returns how many tries."""
    last = _last_delivery(tx, before)
    if last is None:
        return 0
    is_ended = sa.and_(outbox.c.id <= last, outbox.c.state.in_(sorted(state.value for state in FINAL)))
    old = sa.select(attempts.c.delivery_id).join(outbox, outbox.c.id == attempts.c.delivery_id).where(is_ended)
    ids = [row.delivery_id for row in tx.execute(old.distinct().order_by(attempts.c.delivery_id).limit(limit))]
    return tx.execute(sa.delete(attempts).where(attempts.c.delivery_id.in_(ids))).rowcount if ids else 0


def prune_fetches(tx: sa.Connection, *, before: dt.datetime) -> int:
    """Delete what is known of fetches before a moment, and of sources' days; returns how many fetches."""
    tx.execute(sa.delete(source_days).where(source_days.c.day < before.date()))
    return tx.execute(sa.delete(fetches).where(fetches.c.fetched_at < before)).rowcount
