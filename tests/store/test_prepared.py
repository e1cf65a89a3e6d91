"""Statements written once give what SQLAlchemy gives, on both databases."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from dailypapers.errors import DatabaseUnreachable
from dailypapers.store.database import reading, writing
from dailypapers.store.prepared import Prepared, among_ids
from dailypapers.store.schema import mail_server_counts, picks, workers

NOW = dt.datetime(2026, 5, 1, 6, tzinfo=dt.UTC)
_IDS = ("one", "two", "three")
_INSERTING = Prepared(
    sa.insert(workers).values(
        {
            **{name: sa.bindparam(name) for name in ("id", "place", "until", "began_at", "progress")},
            "pid": 1,
            "started": "",
            "stopped": "",
            "handed_over": 3,
        }
    )
)
_READING = Prepared(sa.select(workers.c.id, workers.c.until, workers.c.ended_at, workers.c.progress))
_COUNTING = Prepared(
    sa.update(workers)
    .where(workers.c.id == sa.bindparam("key", type_=sa.Text), workers.c.handed_over > 2)
    .values(handed_over=workers.c.handed_over + sa.bindparam("more", type_=sa.Integer))
)


def insert(engine: sa.Engine, **changed: Any) -> None:
    with writing(engine) as tx:
        rows = [{"id": name, "progress": {"done": number, **changed}} for number, name in enumerate(_IDS)]
        _INSERTING.run_each(tx, rows, place="here", until=NOW, began_at=NOW)


def test_values_are_converted_both_ways(engine: sa.Engine) -> None:
    insert(engine)
    with reading(engine) as tx:
        rows = [tuple(row) for row in _READING.rows(tx)]
        expected = [tuple(row) for row in tx.execute(_READING.statement)]
    assert sorted(rows, key=str) == sorted(expected, key=str)
    assert ("two", NOW, None, {"done": 1}) in rows


def test_a_moment_without_a_zone_is_rejected(engine: sa.Engine) -> None:
    with pytest.raises(ValueError, match="time zone"), writing(engine) as tx:
        _INSERTING.run_each(tx, [{"id": "x", "progress": None}], place="", until=NOW.replace(tzinfo=None), began_at=NOW)


def test_a_statement_tells_how_many_rows_it_changed(engine: sa.Engine) -> None:
    insert(engine)
    with writing(engine) as tx:
        assert _COUNTING.run(tx, key="two", more=4) == 1
        assert _COUNTING.run(tx, key="four", more=4) == 0
        assert tx.execute(sa.select(workers.c.handed_over).where(workers.c.id == "two")).scalar_one() == 7


def test_nothing_is_run_for_no_rows(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        _COUNTING.run_each(tx, [], more=1)
        _COUNTING.run_tuples(tx, ("key",), [], more=1)


def test_values_of_named_parameters_are_taken_in_any_order(engine: sa.Engine) -> None:
    insert(engine)
    with writing(engine) as tx:
        _COUNTING.run_tuples(tx, ("more", "key"), [(1, "one"), (2, "two")])
        _COUNTING.run_tuples(tx, ("key",), [("two",), ("three",), ("four",)], more=10)
        counts = tx.execute(sa.select(workers.c.id, workers.c.handed_over)).all()
    assert {row.id: row.handed_over for row in counts} == {"one": 4, "two": 15, "three": 13}


def test_one_parameter_alone_is_taken_as_well(engine: sa.Engine) -> None:
    insert(engine)
    ending = Prepared(sa.delete(workers).where(workers.c.id == sa.bindparam("key", type_=sa.Text)))
    with writing(engine) as tx:
        ending.run_tuples(tx, ("key",), [("one",), ("two",)])
        assert tx.execute(sa.select(workers.c.id)).scalars().all() == ["three"]


def test_an_error_of_the_driver_is_what_sqlalchemy_makes_of_it(engine: sa.Engine) -> None:
    insert(engine)
    with pytest.raises(sa.exc.IntegrityError):
        insert(engine)


@pytest.mark.parametrize("ids", [[], [1], [3, 1, 99], range(5000)])
def test_rows_are_found_among_any_number_of_ids(engine: sa.Engine, ids: list[int]) -> None:
    row = {"server": "", "mails": 1}
    with writing(engine) as tx:
        days = [{**row, "began_at": NOW + dt.timedelta(days=day), "mails": day} for day in range(4)]
        tx.execute(sa.insert(mail_server_counts), days)
        among = Prepared(sa.select(mail_server_counts.c.mails).where(among_ids(mail_server_counts.c.mails)))
        assert sorted(mails for (mails,) in among.rows(tx, ids=ids)) == sorted({*ids} & {*range(4)})


def test_an_index_is_used_to_find_ids(engine: sa.Engine) -> None:
    """Compared with 1, as SQLite has booleans, the condition would be asked of every row."""
    query = Prepared(sa.select(picks.c.paper_id).where(among_ids(picks.c.delivery_id)))
    assert "= 1" not in query.text_for(engine.dialect)


def test_errors_are_the_same_as_elsewhere(engine: sa.Engine) -> None:
    broken = Prepared(sa.select(sa.column("nothing")).select_from(sa.table("no_such_table")))
    with pytest.raises((DatabaseUnreachable, sa.exc.ProgrammingError)), reading(engine) as tx:
        broken.rows(tx)
