"""Statements that run with every group of mails: written once, and given to the driver as they are.

To put a statement together, or to find it in a cache, takes SQLAlchemy longer than the database takes to run it. Here
its text, the order of its values and the way each is converted are kept for each kind of database. SQLite's driver gets
it directly, PostgreSQL's through SQLAlchemy. Transactions and errors are the same as elsewhere.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from dailypapers.store.database import as_wrapped, driver_of
from dailypapers.store.schema import Moment

Converter = Callable[[Any], Any]


class _Ids(sa.types.TypeDecorator[Sequence[int]]):
    """Any number of ids as one value: an array on PostgreSQL, JSON on SQLite."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Return how the database has it."""
        return dialect.type_descriptor(postgresql.ARRAY(sa.BigInteger()) if dialect.name == "postgresql" else sa.Text())

    def process_bind_param(self, value: Sequence[int] | None, dialect: sa.Dialect) -> Any:
        """Convert a list of ids."""
        return list(value or ()) if dialect.name == "postgresql" else json.dumps(list(value or ()))


class _Among(FunctionElement[Any]):
    """Whether a column's value is one of some ids, however many these are: the statement's text stays the same."""

    # As a Boolean it would be compared with 1 where there are none, and no index would be used.
    type = sa.types.NullType()
    inherit_cache = True
    name = "among"


@compiles(_Among, "sqlite")
def _among_on_sqlite(element: _Among, compiler: Any, **options: Any) -> str:
    column, ids = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608 - a column and a parameter, no values


@compiles(_Among, "postgresql")
def _among_on_postgresql(element: _Among, compiler: Any, **options: Any) -> str:
    column, ids = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY({ids})"


def among_ids(column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Return whether a column holds one of the values of the parameter `ids`."""
    return _Among(column, sa.bindparam("ids", type_=_Ids()))


@dataclass(frozen=True, slots=True)
class _Written:
    """A statement as one kind of database takes it."""

    text: str
    constants: Mapping[str, Any]
    """What the statement itself says, converted."""
    converters: Mapping[str, Converter]
    """By parameter, of those whose values must be converted."""
    names: tuple[str, ...] | None
    """Its parameters in order, where the driver takes values by their place."""
    in_order: Callable[[Mapping[str, Any]], Any]
    """Returns values as the driver takes them: in order, or by name."""
    reads: tuple[tuple[int, Converter], ...]
    """By the place of a column, of those that must be converted when they are read."""
    bindings: dict[tuple[str, ...], Callable[[tuple[Any, ...]], Any]] = field(default_factory=dict)
    """What puts values in order, by the names they come with."""

    def converted(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return values as the database stores them."""
        converters = self.converters
        return {name: converters[name](value) if name in converters else value for name, value in values.items()}

    def each(self, rows: Iterable[Mapping[str, Any]], common: Mapping[str, Any]) -> Iterator[Any]:
        """Yield the values of each row, with those that are common to all, as the driver takes them."""
        shared = {**self.constants, **self.converted(common)}
        own = [(name, convert) for name, convert in self.converters.items() if name not in shared]
        for row in rows:
            bound = {**shared, **row}
            for name, convert in own:
                bound[name] = convert(bound[name])
            yield self.in_order(bound)

    def binding(self, names: tuple[str, ...]) -> Callable[[tuple[Any, ...]], Any]:
        """Return what puts values of these names, all there are, into the form that the driver takes."""
        if (bind := self.bindings.get(names)) is None:
            bind = self.bindings[names] = _binding(self.names, names)
        return bind


def _binding(wanted: tuple[str, ...] | None, names: tuple[str, ...]) -> Callable[[tuple[Any, ...]], Any]:
    if wanted is None:
        return lambda values: dict(zip(names, values, strict=True))
    if wanted == names:
        return tuple
    places = itemgetter(*map(names.index, wanted))
    return places if len(wanted) > 1 else lambda values: (places(values),)


def _run(tx: sa.Connection, written: _Written, values: Any) -> Any:
    """Run a statement; returns the cursor."""
    if tx.dialect.name != "sqlite":
        return tx.exec_driver_sql(written.text, values)
    try:
        return driver_of(tx).execute(written.text, values)
    except sqlite3.Error as error:
        raise as_wrapped(error, written.text, tx) from error


def _run_each(tx: sa.Connection, written: _Written, rows: list[Any]) -> None:
    if tx.dialect.name != "sqlite":
        tx.exec_driver_sql(written.text, rows)
        return
    try:
        driver_of(tx).executemany(written.text, rows)
    except sqlite3.Error as error:
        raise as_wrapped(error, written.text, tx) from error


Statement = sa.Select[Any] | sa.Update | sa.Insert | sa.Delete | sa.sql.dml.ReturningUpdate[Any]


class Prepared:
    """A statement to be run often, another one `on_postgresql` where its words differ.

    The same values give what SQLAlchemy would give, as plain rows.
    Lists (`in_`) are not for it: their length is part of the text. `among_ids` takes their place.
    """

    def __init__(self, statement: Statement, *, on_postgresql: Statement | None = None) -> None:
        self.statement, self._on_postgresql = statement, on_postgresql
        self._written: dict[str, _Written] = {}

    def rows(self, tx: sa.Connection, **values: Any) -> Sequence[Sequence[Any]]:
        """Run it once; returns what it selects."""
        written = self._for(tx.dialect)
        rows = _run(tx, written, written.in_order({**written.constants, **written.converted(values)})).fetchall()
        return _read(rows, written.reads) if written.reads else rows

    def run(self, tx: sa.Connection, **values: Any) -> int:
        """Run it once; returns how many rows it changed."""
        written = self._for(tx.dialect)
        rows_changed: int = _run(
            tx, written, written.in_order({**written.constants, **written.converted(values)})
        ).rowcount
        return rows_changed

    def run_each(self, tx: sa.Connection, rows: Iterable[Mapping[str, Any]], **common: Any) -> None:
        """Run it for each of some rows; what is `common` to all of them is converted once."""
        written = self._for(tx.dialect)
        if bound := list(written.each(rows, common)):
            _run_each(tx, written, bound)

    def run_tuples(
        self, tx: sa.Connection, names: tuple[str, ...], rows: Sequence[tuple[Any, ...]], **common: Any
    ) -> None:
        """Run it for each of some rows of values for these parameters, which the driver takes as they are.

        What is `common` to all rows is converted, once.
        """
        if rows:
            written = self._for(tx.dialect)
            shared = {**written.constants, **written.converted(common)}
            behind, bind = tuple(shared.values()), written.binding((*names, *shared))
            _run_each(tx, written, [bind(row + behind) for row in rows])

    def text_for(self, dialect: sa.Dialect) -> str:
        """Return its text as this kind of database takes it."""
        return self._for(dialect).text

    def _for(self, dialect: sa.Dialect) -> _Written:
        statement = self._written.get(dialect.name)
        if statement is None:
            is_other = self._on_postgresql is not None and dialect.name == "postgresql"
            chosen = self._on_postgresql if is_other else self.statement
            statement = self._written[dialect.name] = _write(chosen, dialect)
        return statement


def _write(statement: Any, dialect: sa.Dialect) -> _Written:
    compiled: Any = statement.compile(dialect=dialect)
    binds = {name: bind for bind, name in compiled.bind_names.items()}
    processors = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in binds.items()}
    converters = {name: converter for name, converter in processors.items() if converter}
    effective = {name: bind.effective_value for name, bind in binds.items() if not bind.required}
    constants = {name: converters[name](value) if name in converters else value for name, value in effective.items()}
    names = tuple(compiled.positiontup) if compiled.positional else None
    return _Written(compiled.string, constants, converters, names, _in_order(names), tuple(_reads(statement, dialect)))


def _in_order(names: Sequence[str] | None) -> Callable[[Mapping[str, Any]], Any]:
    """Return what puts values in order; a driver that takes them by name is given them as they are."""
    if names is None:
        return dict
    return itemgetter(*names) if len(names) > 1 else lambda values: tuple(values[name] for name in names)


def _reads(statement: Any, dialect: sa.Dialect) -> Iterable[tuple[int, Converter]]:
    for place, column in enumerate(statement.exported_columns):
        if isinstance(column.type, sa.Float):
            continue  # Both drivers give what it is.
        convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if convert:
            # What is read in one group is mostly the same: one moment at which all of it was composed.
            yield place, lru_cache(maxsize=1024)(convert) if isinstance(column.type, Moment) else convert


def _read(rows: Iterable[Sequence[Any]], reads: Sequence[tuple[int, Converter]]) -> list[list[Any]]:
    converted = [list(row) for row in rows]
    for place, convert in reads:
        for row in converted:
            row[place] = convert(row[place])
    return converted
