"""Tables are read from a database as they are declared."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from dailypapers.store.database import reading
from dailypapers.store.reflected import reflected
from dailypapers.store.schema import Moment, metadata


def test_tables_are_as_they_are_declared(engine: sa.Engine) -> None:
    with reading(engine) as tx:
        tables = {table.name: table for table in reflected(tx)}
    assert tables.keys() == metadata.tables.keys()
    for name, declared in metadata.tables.items():
        assert _described(tables[name]) == _described(declared)


def _described(table: sa.Table) -> dict[str, tuple[type, set[str]]]:
    return {
        column.name: (_kind(column), {reference.target_fullname for reference in column.foreign_keys})
        for column in table.columns
    }


def test_what_others_refer_to_comes_first(engine: sa.Engine) -> None:
    with reading(engine) as tx:
        tables = reflected(tx)
    before = set[str]()
    for table in tables:
        before.add(table.name)
        assert {reference.column.table.name for reference in table.foreign_keys} <= before


def _kind(column: sa.Column[Any]) -> type:
    return dt.datetime if isinstance(column.type, Moment) else column.type.python_type
