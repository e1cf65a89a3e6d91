"""An address given up stays so until somebody lifts it."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.store import suppressions
from dailypapers.store.database import reading, writing
from dailypapers.store.schema import suppressions as table


def test_the_first_reason_stays(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        suppressions.suppress(tx, "ann@example.org", reason="the address is dead", detail="550 5.1.1", now=now)
        suppressions.suppress(tx, "ann@example.org", reason="another", detail="", now=now + dt.timedelta(days=1))
    with reading(engine) as tx:
        row = tx.execute(sa.select(table)).one()
        assert (row.reason, row.detail, row.since) == ("the address is dead", "550 5.1.1", now)


def test_lifting_tells_whether_there_was_anything_to_lift(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        suppressions.suppress(tx, "ann@example.org", reason="dead", detail="", now=now)
        assert suppressions.is_suppressed(tx, "ann@example.org")
        assert not suppressions.is_suppressed(tx, "bob@example.org")
        assert suppressions.lift(tx, "ann@example.org")
        assert not suppressions.is_suppressed(tx, "ann@example.org")
        assert not suppressions.lift(tx, "ann@example.org")


def test_they_are_looked_up_by_the_beginning_of_the_address_a_page_at_a_time(
    engine: sa.Engine, now: dt.datetime
) -> None:
    with writing(engine) as tx:
        for name in ("ann", "anna", "bob"):
            suppressions.suppress(tx, f"{name}@example.org", reason="dead", detail=name, now=now)
        found = [each.address for each in suppressions.beginning_with(tx, "ann", limit=9)]
        assert found == ["ann@example.org", "anna@example.org"]
        assert [each.address for each in suppressions.beginning_with(tx, "ann", limit=9, after=found[0])] == found[1:]
        assert [each.address for each in suppressions.beginning_with(tx, "", limit=1)] == found[:1]
        one = suppressions.one(tx, "bob@example.org")
        assert one is not None
        assert (one.reason, one.detail, one.since) == ("dead", "bob", now)
        assert suppressions.one(tx, "eve@example.org") is None
