"""How long mails took is counted alike on both databases, up to each bound."""

import datetime as dt

import sqlalchemy as sa
from tests.conftest import NOW
from tests.delivery.chaos import fill

from dailypapers.store.database import reading, writing
from dailypapers.store.latencies import Latencies, answers, waits
from dailypapers.store.schema import attempts, outbox


def tried(engine: sa.Engine, *tries: tuple[int, int, float, float | None]) -> None:
    """Note tries: of which delivery, which number, seconds in the outbox, and until the answer."""
    with writing(engine) as tx:
        tx.execute(sa.update(outbox).values(created_at=NOW))
        for delivery, number, waited, took in tries:
            handed_over = NOW + dt.timedelta(seconds=waited)
            answered = None if took is None else handed_over + dt.timedelta(seconds=took)
            row = {"delivery_id": delivery, "number": number, "worker": "one", "started_at": handed_over}
            tx.execute(sa.insert(attempts).values(**row, handed_over_at=handed_over, answered_at=answered))


def test_mails_are_counted_up_to_each_bound_they_stay_within(engine: sa.Engine) -> None:
    fill(engine)
    tried(engine, (1, 1, 0.5, 0.2), (2, 1, 4.0, 2.0), (2, 2, 900.0, 0.02), (3, 1, 40.0, None))
    with reading(engine) as tx:
        answered, waited = answers(tx, newest=100), waits(tx, newest=100)
        assert answers(tx, newest=1).count == 0, "the newest one has no answer"
    assert (answered.count, round(answered.total, 2)) == (3, 2.22)
    assert [dict(answered.up_to)[bound] for bound in (0.01, 0.025, 0.25, 2.5, 300.0)] == [0, 1, 2, 3, 3]
    assert (waited.count, round(waited.total, 1)) == (3, 44.5)
    assert [dict(waited.up_to)[bound] for bound in (1.0, 5.0, 30.0, 60.0)] == [1, 2, 2, 3]


def test_clocks_that_differ_make_no_sum_smaller_and_without_mails_there_is_nothing(engine: sa.Engine) -> None:
    with reading(engine) as tx:
        assert (answers(tx, newest=9), waits(tx, newest=9)) == (Latencies(), Latencies())
    fill(engine)
    tried(engine, (1, 1, -3.0, 1.0))
    with reading(engine) as tx:
        assert (waits(tx, newest=9).count, waits(tx, newest=9).total) == (1, 0.0)
