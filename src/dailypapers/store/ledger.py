"""The ledger: how the deliveries of each edition ended."""

import sqlalchemy as sa

from dailypapers.domain.delivery import DeliveryState, Ledger
from dailypapers.store.schema import editions, outbox


def ledgers(tx: sa.Connection, *, limit: int = 30) -> list[Ledger]:
    """Return the ledgers of the newest editions, newest first."""
    days = tx.execute(sa.select(editions).order_by(editions.c.id.desc()).limit(limit)).all()
    numbers = [row.id for row in days]
    query = (
        sa.select(outbox.c.edition_id, outbox.c.state, sa.func.count().label("n"))
        .where(outbox.c.edition_id.in_(numbers))
        .group_by(outbox.c.edition_id, outbox.c.state)
    )
    counts: dict[int, dict[DeliveryState, int]] = {number: {} for number in numbers}
    for row in tx.execute(query):
        counts[row.edition_id][DeliveryState(row.state)] = row.n
    return [Ledger(row.id, row.day, row.due, counts[row.id]) for row in days]
