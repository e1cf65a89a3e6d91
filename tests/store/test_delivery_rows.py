"""A row of the outbox is read as the delivery that it is."""

import datetime as dt

import sqlalchemy as sa
from tests.store.digests import put_all

from dailypapers.domain.delivery import Delivery, DeliveryState, Doubt, MailKind, Priority
from dailypapers.store.database import writing
from dailypapers.store.delivery_rows import COLUMNS, delivery_of
from dailypapers.store.schema import outbox


def test_every_column_has_its_place(engine: sa.Engine, edition: int, now: dt.datetime) -> None:
    put_all(engine, edition, now)
    columns = {
        "state": "claimed",
        "attempts": 2,
        "claimed_by": "w",
        "message_id": "<a@b>",
        "detail": "later",
        "doubt": "hold",
        "max_bytes": 9000,
    }
    with writing(engine) as tx:
        tx.execute(sa.update(outbox).where(outbox.c.subscriber_id == 1).values(columns))
        row = tx.execute(sa.select(*COLUMNS).where(outbox.c.subscriber_id == 1)).one()
    assert delivery_of(row) == Delivery(
        row.id,
        1,
        "alice@example.org",
        MailKind.DIGEST,
        DeliveryState.CLAIMED,
        now,
        now + dt.timedelta(hours=20),
        edition,
        Priority.BULK,
        2,
        now,
        "w",
        "<a@b>",
        "later",
        Doubt.HOLD,
        max_bytes=9000,
    )
