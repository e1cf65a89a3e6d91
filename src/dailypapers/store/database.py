"""How the database is opened, migrated and written to; the only file that knows SQLite from PostgreSQL."""

import datetime as dt
import json
import os
import re
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from dailypapers.errors import BadSettings, DatabaseDamaged, DatabaseNotMigrated, DatabaseUnreachable

T = TypeVar("T")
MIGRATIONS = Path(__file__).with_name("migrations")
#: Where alembic notes which revision the tables are at.
_REVISION = sa.table("alembic_version", sa.column("version_num", sa.Text))
#: How many values one statement carries; SQLite allows 32,766 variables, PostgreSQL 65,535.
GROUP = 2000
_BUSY_MS = 30_000
#: Who has somebody erased waits for readers of the log no longer than a person waits for a page.
_ERASED_WAIT_MS = 1_000
_ERASED = "dailypapers erased"
#: What SQLite's `synchronous` is set to, as each connection to the database keeps it.
_SYNCHRONOUS = "dailypapers synchronous"
#: How a table or a column is called that is not there: SQLite's words, and PostgreSQL's codes (its appendix A).
_NOT_THERE = ("no such table", "no such column", "has no column named")
_UNDEFINED_TABLE, _UNDEFINED_COLUMN, _READ_ONLY = "42P01", "42703", "25006"
#: What PostgreSQL's library asks behind why it got no connection; our own advice is given elsewhere.
_HINT = re.compile(r"Is the server running .*\?")
#: When a PostgreSQL that says nothing counts as gone, in seconds and, the last, milliseconds; what the URL says wins.
#: Without these a network that is cut shows after a quarter of an hour.
_CONNECTING = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
#: The same asked of the server: what somebody holds who has been cut off is let go.
_SERVING = (
    "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;"
    " SET tcp_user_timeout = 25000"
)


def connect(url: str, *, password: str | None = None) -> sa.Engine:
    """Make an engine for `sqlite:///file` or `postgresql://…`; nothing is opened yet.

    Raises `BadSettings` for an address that names no database we know, or whose driver is not installed.
    """
    try:
        parsed = sa.make_url(url)
        if parsed.get_backend_name() == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg", password=password or parsed.password)
        elif parsed.get_backend_name() != "sqlite":
            raise BadSettings(
                f"The database “{parsed.render_as_string()}” is neither SQLite (sqlite:///papers.db) nor PostgreSQL "
                "(postgresql://user@host/name)."
            )
        engine = _engine(parsed)
    except sa.exc.ArgumentError:
        raise BadSettings(
            "The database setting is not a database URL: use sqlite:///papers.db or postgresql://user@host/name."
        ) from None
    except ModuleNotFoundError as missing:
        raise BadSettings(f"PostgreSQL needs the module {missing.name}: install dailypapers[postgres].") from None
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "do_connect", _make_private)
        sa.event.listen(engine, "connect", _tune_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def address_of(engine: sa.Engine) -> str:
    """Return the URL of a database as the settings have it, without its password."""
    return engine.url.set(drivername=engine.url.get_backend_name()).render_as_string(hide_password=True)


def _engine(url: sa.URL) -> sa.Engine:
    if url.get_backend_name() == "sqlite":
        return sa.create_engine(url)
    limits = {name: value for name, value in _CONNECTING.items() if name not in url.query}
    engine = sa.create_engine(url, pool_pre_ping=True, connect_args=limits)
    sa.event.listen(engine, "connect", _notice_a_cut)
    return engine


def _notice_a_cut(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SERVING)
    connection.commit()


def _make_private(_dialect: Any, _record: Any, arguments: Sequence[Any], _options: Any) -> None:
    """Make the file before SQLite does, for our eyes alone; the files it puts beside it are as readable as this one."""
    with suppress(OSError):  # There already, in memory, or nowhere: then SQLite says what is wrong.
        if arguments[0] != ":memory:":
            os.close(os.open(arguments[0], os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _tune_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # The driver's own guessing of BEGIN is switched off; see _begin_sqlite.
    for pragma in (
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        # What is deleted is overwritten, however SQLite was built.
        "secure_delete = ON",
        f"busy_timeout = {_BUSY_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    """Take the write lock at once: a reader that turns writer half-way would fail instead of waiting."""
    options = connection.get_execution_options()
    if options.get("rebuilding", False):
        _execute(connection, "PRAGMA foreign_keys = OFF")
    synchronous = "FULL" if options.get("durable", False) else "NORMAL"
    # It stays as it is for the connection's next transaction, and most want the same.
    if connection.info.get(_SYNCHRONOUS) != synchronous:
        _execute(connection, f"PRAGMA synchronous = {synchronous}")
        connection.info[_SYNCHRONOUS] = synchronous
    # What a kept connection has begun goes on.
    if not driver_of(connection).in_transaction:
        _execute(connection, "BEGIN" if options.get("reading", False) else "BEGIN IMMEDIATE")


def _execute(connection: sa.Connection, statement: str) -> None:
    """Run a statement of SQLite's own."""
    try:
        driver_of(connection).execute(statement)
    except sqlite3.Error as error:
        raise as_wrapped(error, statement, connection) from error


def driver_of(connection: sa.Connection) -> sqlite3.Connection:
    """Return SQLite's own connection: what runs often goes to it directly."""
    return cast(sqlite3.Connection, connection.connection.dbapi_connection)


def as_wrapped(error: sqlite3.Error, statement: str, connection: sa.Connection) -> BaseException:
    """Return the error that SQLAlchemy raises for one of the driver's, without values, which may be about readers."""
    return sa.exc.DBAPIError.instance(statement, None, error, sqlite3.Error, dialect=connection.dialect)


@contextmanager
def writing(engine: sa.Engine, *, durable: bool = False) -> Iterator[sa.Connection]:
    """Open a transaction that may write; committed at the end, rolled back on an exception.

    A `durable` one is on the disk once it is committed. Of others SQLite may lose the last few if the power fails, and
    never a part of one.
    """
    with _reachable(engine), engine.connect().execution_options(durable=durable) as tx:
        with tx.begin():
            yield tx
        if tx.info.pop(_ERASED, False):
            _empty_log(tx, wait_ms=_ERASED_WAIT_MS)


class KeptWriter:
    """Writes durably over one connection that is kept, in two steps: what is written, and that it is on the disk.

    The first does not wait for other writers, so that an event loop may do it; the second is for a thread. One
    transaction at a time. With PostgreSQL each statement waits for the network: there is none.
    """

    @classmethod
    def on(cls, engine: sa.Engine) -> "KeptWriter | None":
        """Return one for a SQLite file, `None` for another database."""
        is_file = engine.dialect.name == "sqlite" and (engine.url.database or ":memory:") != ":memory:"
        return cls(engine) if is_file else None

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._connection: sa.Connection | None = None

    def write(self, write: Callable[[sa.Connection], T]) -> tuple[T, Callable[[], None]]:
        """Return what `write` returns, and what commits its transaction: that returns once it is on the disk.

        Both raise `DatabaseUnreachable` where that is so, this one where somebody else is writing.
        """
        with _reachable(self._engine):
            tx = self._connection = self._connection or self._opened()
            # Of what it begins, SQLAlchemy hears once it is needed: with ten mails a group its part shows.
            _execute(tx, "BEGIN IMMEDIATE")
            try:
                return write(tx), partial(self._commit, tx)
            except BaseException:
                self.let_go()()
                raise

    def _commit(self, tx: sa.Connection) -> None:
        try:
            with _reachable(self._engine):
                if tx.in_transaction():
                    tx.commit()
                else:
                    self._commit_directly(tx)
        except BaseException:
            # By now another one may be used.
            if self._connection is tx:
                self._connection = None
            _close_quietly(tx)
            raise

    @staticmethod
    def _commit_directly(tx: sa.Connection) -> None:
        try:
            tx.dialect.do_commit(tx.connection.dbapi_connection)  # type: ignore[arg-type]
        except sqlite3.Error as error:
            raise as_wrapped(error, "COMMIT", tx) from error

    def _opened(self) -> sa.Connection:
        connection = self._engine.connect().execution_options(durable=True)
        # It does not wait for locks, and so it must not serve anybody else.
        connection.detach()
        try:
            _execute(connection, "PRAGMA synchronous = FULL")
            _execute(connection, "PRAGMA busy_timeout = 0")
        except BaseException:
            _close_quietly(connection)
            raise
        connection.info[_SYNCHRONOUS] = "FULL"
        return connection

    def let_go(self) -> Callable[[], None]:
        """Open another connection for the next write; returns what closes this one, which a thread may be using."""
        connection, self._connection = self._connection, None
        return partial(_close_quietly, connection) if connection else lambda: None


def _close_quietly(connection: sa.Connection) -> None:
    """Close a connection, as well as one can be closed that is broken."""
    with suppress(sa.exc.DBAPIError):
        connection.close()


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Open a transaction that only reads and stands in nobody's way."""
    with _reachable(engine), engine.connect().execution_options(reading=True) as tx, tx.begin():
        yield tx


@contextmanager
def snapshot(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Open a transaction that only reads, and sees the database as it is at one moment until it ends."""
    options = {"reading": True}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}  # type: ignore[dict-item]
    with _reachable(engine), engine.connect().execution_options(**options) as tx, tx.begin():
        yield tx


def leave_no_trace(tx: sa.Connection) -> None:
    """Have what this transaction deletes removed from SQLite's log as well, once it is committed."""
    tx.info[_ERASED] = True


def _empty_log(connection: sa.Connection, *, wait_ms: int) -> None:
    """Write the log of a SQLite database into its file, and cut it to nothing; after `wait_ms` readers keep it longer.

    What they keep goes with the next time, and at the latest when the program ends; so does all where the disk is full.
    """
    if connection.dialect.name != "sqlite":
        return
    raw: Any = connection.connection.driver_connection
    raw.execute(f"PRAGMA busy_timeout = {wait_ms}")
    with suppress(sqlite3.OperationalError):
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    raw.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")


def close(engine: sa.Engine) -> None:
    """Let go of the database; of SQLite the file alone then holds everything. The engine can be used again."""
    file = engine.url.database or ""
    if engine.dialect.name == "sqlite" and Path(file).is_file():
        # A file that is broken has been named by whoever used it.
        with suppress(sa.exc.DatabaseError), engine.connect() as connection:
            _empty_log(connection, wait_ms=_ERASED_WAIT_MS)
    engine.dispose()


@contextmanager
def _reachable(engine: sa.Engine) -> Iterator[None]:
    try:
        yield
    except sa.exc.DatabaseError as error:
        if type(error) is sa.exc.DatabaseError:  # A base class of all others, and SQLite's word for a broken file.
            raise DatabaseDamaged(_damaged(engine, error)) from error
        if _lacks_tables(error):
            raise DatabaseNotMigrated(
                f"The database {address_of(engine)} lacks a table or a column that this "
                "version needs: run `dailypapers migrate`."
            ) from error
        if getattr(error.orig, "sqlstate", None) == _READ_ONLY:
            # Another server may have taken over: its address is looked up again.
            engine.dispose()
            raise DatabaseUnreachable(
                f"The database {address_of(engine)} takes no changes: it is a standby, or was made read-only."
            ) from error
        if not isinstance(error, sa.exc.OperationalError):
            raise
        why = " ".join(_HINT.sub("", str(error.orig)).split())
        raise DatabaseUnreachable(
            f"The database {address_of(engine)} does not answer: {why[:300].rstrip('.')}."
        ) from error


def _lacks_tables(error: sa.exc.DatabaseError) -> bool:
    if isinstance(error.orig, sqlite3.OperationalError):
        return any(words in str(error.orig) for words in _NOT_THERE)
    return getattr(error.orig, "sqlstate", None) in {_UNDEFINED_TABLE, _UNDEFINED_COLUMN}


def _damaged(engine: sa.Engine, error: sa.exc.DatabaseError) -> str:
    return (
        f"The database {address_of(engine)} is damaged ({error.orig}): stop dailypapers, "
        "keep the file, and restore a backup, or try `sqlite3 FILE .recover`."
    )


def clock_difference(engine: sa.Engine, clock: Callable[[], dt.datetime]) -> dt.timedelta:
    """Return by how much a clock is ahead of the database server's; nothing where the database is a file of ours.

    The way there and back takes time, of which half is taken for each.
    """
    if engine.dialect.name != "postgresql":
        return dt.timedelta()
    with reading(engine) as tx:
        tx.execute(sa.text("SELECT 1"))
        before = clock()
        there = tx.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
        after = clock()
    ahead: dt.timedelta = before + (after - before) / 2 - there
    return ahead


def migrate(engine: sa.Engine, revision: str = "head") -> None:
    """Bring the tables up to `revision`; running it twice changes nothing.

    An upgrade takes the right to read a SQLite file from others, as earlier versions had left it to them.
    """
    if revision == "head" and _is_current(engine):
        return
    from alembic import command  # noqa: PLC0415 - a quarter of a second, which no other command need wait
    from alembic.config import Config  # noqa: PLC0415 - as above

    with _rebuilding(engine) as tx:
        # Two machines may start at once; the second waits and finds nothing to do.
        if engine.dialect.name == "postgresql":
            tx.execute(sa.text("SELECT pg_advisory_xact_lock(20261124)"))
        config = Config(attributes={"connection": tx})
        config.set_main_option("script_location", str(MIGRATIONS))
        before = _current_revision(tx)
        command.upgrade(config, revision)
        is_upgraded = before != _current_revision(tx)
    if is_upgraded and engine.dialect.name == "sqlite":
        _make_old_files_private(engine)


def _is_current(engine: sa.Engine) -> bool:
    with reading(engine) as tx:
        return _current_revision(tx) == revisions()[-1]


def _current_revision(tx: sa.Connection) -> str | None:
    if not sa.inspect(tx).has_table(_REVISION.name):
        return None
    revision: str | None = tx.execute(sa.select(_REVISION.c.version_num)).scalar_one_or_none()
    return revision


def _make_old_files_private(engine: sa.Engine) -> None:
    for suffix in ("", "-wal", "-shm"):
        with suppress(OSError):  # In memory, not there, or somebody else's: then its owner decides.
            Path(f"{engine.url.database}{suffix}").chmod(0o600)


@contextmanager
def _rebuilding(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Open a transaction that may replace tables others refer to; whether all references hold is checked at its end.

    SQLite alters a table by replacing it, which foreign keys that are checked at once forbid, and they can be switched
    off only outside a transaction (https://www.sqlite.org/lang_altertable.html#otheralter).
    """
    with _reachable(engine), engine.connect().execution_options(rebuilding=True) as tx:
        with tx.begin():
            yield tx
            if engine.dialect.name == "sqlite" and (broken := tx.exec_driver_sql("PRAGMA foreign_key_check").first()):
                raise RuntimeError(f"a migration left a row of {broken[0]} that refers to none of {broken[2]}")
        # It checks no foreign keys, and so it must not serve anybody else.
        tx.detach()


def revision(engine: sa.Engine) -> tuple[str | None, str | None]:
    """Return the revision the database is at and the one this program needs."""
    with reading(engine) as tx:
        return _current_revision(tx), revisions()[-1]


@cache
def revisions() -> tuple[str, ...]:
    """Return all revisions this program knows, the oldest first: their files begin with them."""
    return tuple(sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")))


def clock_of(tx: sa.Connection) -> dt.datetime | None:
    """Return the time by the database server's clock; `None` where there is no server."""
    if tx.dialect.name == "sqlite":
        return None
    moment: dt.datetime = tx.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
    return moment


def require_migrated(engine: sa.Engine) -> None:
    """Raise `DatabaseNotMigrated` with what to do where the tables are missing or old."""
    current, newest = revision(engine)
    if current is None:
        raise DatabaseNotMigrated("The database has no tables yet: run `dailypapers migrate`.")
    if current != newest:
        raise DatabaseNotMigrated(
            f"The database is at revision {current}, this version needs {newest}: run `dailypapers migrate`."
        )


def insert_new(
    tx: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], *returning: sa.Column[Any]
) -> list[sa.Row[Any]]:
    """Insert rows and leave those that are already there alone; returns columns of the inserted ones."""
    if not rows:
        return []
    make = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    statement: Any = make(table).on_conflict_do_nothing()
    if not returning:
        tx.execute(statement, rows)
        return []
    return list(tx.execute(statement.returning(*returning), rows).all())


def insert_new_rows(
    tx: sa.Connection,
    table: sa.Table,
    names: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    *returning: sa.Column[Any],
) -> list[sa.Row[Any]]:
    """Do what `insert_new` does for many rows of values, none of which has a default.

    PostgreSQL is given each column as one array, so that there is one statement to run. Text for a column of JSON is
    JSON already.
    """
    if tx.dialect.name != "postgresql":
        return insert_new(tx, table, [dict(zip(names, row, strict=True)) for row in rows], *returning)
    if not rows:
        return []
    columns = [table.c[name] for name in names]
    values = {
        column.key: [*map(_as_json, own)] if _is_json(column) else [*own]
        for column, own in zip(columns, zip(*rows, strict=True), strict=True)
    }
    statement = postgresql.insert(table).from_select(columns, _unnested(columns), include_defaults=False)
    result = tx.execute(statement.on_conflict_do_nothing().returning(*returning or columns[:1]), values)
    return list(result.all())


def _unnested(columns: Sequence[sa.Column[Any]]) -> sa.Select[Any]:
    """Return a selection of rows whose columns are parameters, an array each; JSON is given as text."""
    kinds: list[Any] = [sa.Text() if _is_json(column) else column.type for column in columns]
    named = list(zip(columns, kinds, strict=True))
    arrays = [sa.bindparam(column.key, type_=postgresql.ARRAY(kind)) for column, kind in named]
    unnested = sa.func.unnest(*arrays).table_valued(*(sa.column(column.key, kind) for column, kind in named))
    rows = unnested.render_derived()
    return sa.select(*(sa.cast(rows.c[each.key], sa.JSON) if _is_json(each) else rows.c[each.key] for each in columns))


def _as_json(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _is_json(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, sa.JSON)


def replace_rows(tx: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; those whose primary key is already there take the new values."""
    make = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    keys = [column.name for column in table.primary_key]
    if rows:
        statement = make(table)
        changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
        tx.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), rows)


def begins_with(tx: sa.Connection, column: sa.Column[str], text: str, *, after: str = "") -> sa.ColumnElement[bool]:
    """Return whether a column begins with a text and comes behind `after`, so that an index on it is used."""
    if tx.dialect.name == "postgresql":
        return sa.and_(column.startswith(text, autoescape=True), column > after)
    # By bytes, as SQLite's indexes are ordered, and with one lower bound, which is where it begins to read.
    lowest = column > after if after >= text else column >= text
    return sa.and_(lowest, column < text + chr(sys.maxunicode))


def lock(tx: sa.Connection, table: sa.Table) -> None:
    """Let one transaction at a time add to a table. SQLite's write lock already does."""
    if tx.dialect.name == "postgresql":
        tx.execute(sa.text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))


def groups(items: Iterable[T], *, size: int = GROUP) -> Iterator[list[T]]:
    """Cut items into lists of at most `size`."""
    iterator = iter(items)
    while group := list(islice(iterator, size)):
        yield group
