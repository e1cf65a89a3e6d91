"""The ledger counts what became of every delivery, edition by edition."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from tests.delivery.chaos import MAILS, fill

from dailypapers.domain.delivery import DeliveryState
from dailypapers.store import editions
from dailypapers.store.database import reading, writing
from dailypapers.store.ledger import ledgers, of_editions, recipients

DAY = dt.timedelta(days=1)


def test_editions_come_newest_first_and_at_most_so_many(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        for n in range(3):
            editions.close(tx, (now + n * DAY).date(), now=now + n * DAY)
    with reading(engine) as tx:
        assert [ledger.day for ledger in ledgers(tx, limit=2)] == [(now + 2 * DAY).date(), (now + DAY).date()]


def test_an_edition_without_deliveries_balances_at_nothing(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        editions.close(tx, now.date(), now=now)
    with reading(engine) as tx:
        (ledger,) = ledgers(tx)
    assert (ledger.due, ledger.counts, ledger.balanced) == (0, {}, True)


def test_a_lost_row_shows(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        edition = editions.close(tx, now.date(), now=now)
        editions.count_due(tx, edition.id, 2)
    with reading(engine) as tx:
        assert not ledgers(tx)[0].balanced


def test_who_is_behind_a_number_comes_by_edition_and_address(engine: sa.Engine) -> None:
    fill(engine)
    with writing(engine) as tx:
        tx.execute(sa.text("UPDATE outbox SET state = 'accepted', doubt = 'resend' WHERE id < 3"))
        tx.execute(sa.text("UPDATE outbox SET state = 'bounced', detail = '5.1.1' WHERE id = 5"))
        [ledger] = ledgers(tx)
        people = recipients(tx, [DeliveryState.ACCEPTED, DeliveryState.BOUNCED], day=ledger.day, limit=9)
        assert len(recipients(tx, [DeliveryState.QUEUED], limit=9)) == MAILS - 3
        assert of_editions(tx, [ledger.edition]) == [ledger]
    assert (ledger.resent, ledger.undecided, ledger.residue) == (2, 0, 0)
    assert [(each.address, each.said) for each in people] == [
        ("reader0@example.org", ""),
        ("reader1@example.org", ""),
        ("reader4@example.org", "5.1.1"),
    ]


def test_deliveries_are_counted_from_the_index_alone(sqlite: sa.Engine) -> None:
    """A row holds a whole digest: to read a million of them took as long as the page they were counted for."""
    fill(sqlite)
    asked: list[tuple[str, Any]] = []

    def listen(*told: object) -> None:
        asked.append((str(told[2]), told[3]))

    with reading(sqlite) as tx:
        sa.event.listen(tx, "before_cursor_execute", listen)
        ledgers(tx)
        # Those to readers, and those to groups.
        counts = [each for each in asked if "count(*)" in each[0] and "FROM outbox" in each[0]]
        plans = [tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values).first() for text, values in counts]
    assert ["COVERING INDEX" in plan.detail for plan in plans if plan] == [True, True]
