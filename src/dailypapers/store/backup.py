"""Backup: every row of a database in one file, and back, whichever of the two kinds the database is.

    database | rows, a table at a time, in one snapshot | a zip of JSON Lines and `backup.json`, which says what

`backup.json` has the format's version, the schema's revision, when it was made, and for each table its columns, the
number of its rows and their checksum. `tables/NAME.jsonl` has a row a line, an array of values in the order of the
columns: moments and days in ISO 8601, moments in UTC; bytes in base64; JSON as the text that is stored. The checksum of
a table is the sum of the SHA-256 of its lines, as a number modulo 2 to the power of 256, so it does not depend on the
order of the rows. Columns are read from the database itself, so one of an earlier version can be backed up as well.
"""

import base64
import datetime as dt
import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from dailypapers.errors import BadInput, DatabaseUnreachable
from dailypapers.store.database import address_of, groups, migrate, revision, revisions, snapshot, writing
from dailypapers.store.reflected import reflected

FORMAT = 1
_INDEX = "backup.json"
#: Bytes in rows that go into the database at once; a row with a model's numbers has up to a megabyte.
_GROUP_BYTES = 4_000_000
#: Rows that are asked for at once.
_ROWS = 500
#: More than the list of all tables ever takes.
_MAX_INDEX_BYTES = 10_000_000
_MODULUS = 2**256
_COMPRESSION = 3

OnProgress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class TableBackup:
    """What a backup says about a table."""

    name: str
    columns: tuple[str, ...]
    rows: int
    checksum: str
    last_id: int | None = None
    """The last id given in it, which may be gone; `None` where the database does not keep that."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup says about itself."""

    revision: str
    made_at: dt.datetime
    database: str
    tables: tuple[TableBackup, ...]

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(table.rows for table in self.tables)

    @property
    def checksums(self) -> dict[str, tuple[int, str]]:
        """Return rows and checksum by table: equal for databases that hold the same."""
        return {table.name: (table.rows, table.checksum) for table in self.tables}


@dataclass
class _Sum:
    """The number and the checksum of lines."""

    rows: int = 0
    _sum: int = field(default=0)

    def add(self, line: bytes) -> None:
        self.rows += 1
        self._sum = (self._sum + int.from_bytes(hashlib.sha256(line).digest())) % _MODULUS

    @property
    def checksum(self) -> str:
        return f"{self._sum:064x}"


def back_up(engine: sa.Engine, file: Path, *, now: dt.datetime, on_progress: OnProgress = lambda _: None) -> Backup:
    """Write every row into a file that we alone can read, as they are at one moment; others may write meanwhile.

    The file takes its name once it is whole. Raises `BadInput` where the file exists or cannot be written, and
    `DatabaseUnreachable` for a database without tables.
    """
    at, _ = revision(engine)
    if at is None:
        raise DatabaseUnreachable("The database has no tables yet: there is nothing to back up.")
    with _new_file(file) as raw, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION) as folder:
        with snapshot(engine) as tx:
            tables = tuple(_write(tx, table, folder, on_progress) for table in reflected(tx))
        backup = Backup(at, now, engine.dialect.name, tables)
        folder.writestr(_INDEX, json.dumps({"format": FORMAT, **asdict(backup)}, default=_iso, indent=1))
    return backup


def inspect(file: Path) -> Backup:
    """Return what a backup says about itself. Raises `BadInput` for a file that is not a backup of ours."""
    with _opened(file) as folder:
        return _index(folder, file)


def restore(
    engine: sa.Engine,
    file: Path,
    *,
    then: Callable[[sa.Connection], object] = lambda _: None,
    on_progress: OnProgress = lambda _: None,
) -> Backup:
    """Fill an empty database with what a backup holds, all or nothing, and bring it up to this version.

    `then` is called before anybody else sees the rows (with a backup of an earlier version: after its migration).
    Raises `BadInput` for a file that is not whole, and for a database that holds anything.
    """
    with _opened(file) as folder:
        backup = _index(folder, file)
        _require_known(backup, file)
        is_current = backup.revision == revisions()[-1]
        if _make_room(engine, backup.revision):
            migrate(engine, backup.revision)
        with writing(engine, durable=True) as tx:
            _fill(tx, folder, backup, file, on_progress)
            if is_current:
                then(tx)
    if not is_current:
        migrate(engine)
        with writing(engine, durable=True) as tx:
            then(tx)
    return backup


def move(
    source: sa.Engine,
    target: sa.Engine,
    file: Path,
    *,
    then: Callable[[sa.Connection], object],
    now: dt.datetime,
    on_progress: OnProgress = lambda _: None,
) -> Backup:
    """Copy a database into another, empty one by way of a file, which is kept; nobody writes to the first meanwhile.

    `then` is called with the first database once the other has everything. Raises as `back_up` and `restore` do.
    """
    with writing(target) as tx:
        _require_empty(tx)
    with writing(source, durable=True) as tx:
        if tx.dialect.name == "postgresql":
            tx.execute(sa.text(f"LOCK TABLE {', '.join(table.name for table in reflected(tx))} IN SHARE MODE"))
        back_up(source, file, now=now, on_progress=on_progress)
        backup = restore(target, file, on_progress=on_progress)
        then(tx)
    return backup


def _fill(tx: sa.Connection, folder: zipfile.ZipFile, backup: Backup, file: Path, on_progress: OnProgress) -> None:
    by_name = {table.name: table for table in reflected(tx)}
    tables_by_name = {table.name: table for table in backup.tables}
    if unknown := tables_by_name.keys() - by_name.keys():
        raise BadInput(f"{file} has a table that revision {backup.revision} does not have: {min(unknown)}.")
    for name in [name for name in by_name if name in tables_by_name]:
        _read(tx, by_name[name], folder, tables_by_name[name], on_progress)


# Values.


def _as_read(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """Return what is asked for: JSON as the text that is stored, because NULL and null are not the same there."""
    if not isinstance(column.type, sa.JSON):
        return column
    return sa.cast(column, sa.Text).label(column.name)


def _as_written(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    if isinstance(column.type, sa.JSON):
        return sa.cast(sa.bindparam(column.name, type_=sa.Text), column.type.with_variant(sa.Text(), "sqlite"))
    return sa.bindparam(column.name, type_=column.type)


def _to_json(value: object) -> object:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return _iso(value) if isinstance(value, dt.date) else value


def _iso(value: object) -> str:
    """Return a day or a moment; one without a zone is UTC, as SQLite stores it."""
    if isinstance(value, dt.datetime):
        return (value if value.tzinfo else value.replace(tzinfo=dt.UTC)).astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no form in a backup")


def _from_json(column: sa.Column[Any], *, is_sqlite: bool) -> Callable[[Any], object]:
    """Return what makes a column's values of what stands in a backup."""
    if isinstance(column.type, sa.LargeBinary):
        return base64.b64decode
    if isinstance(column.type, sa.DateTime):
        return _naive if is_sqlite else dt.datetime.fromisoformat
    if isinstance(column.type, sa.Date):
        return dt.date.fromisoformat
    # PostgreSQL stores no NUL in a text, and no text of ours needs one.
    return (lambda value: value) if is_sqlite else _without_nul


def _naive(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC).replace(tzinfo=None)


def _without_nul(value: object) -> object:
    return value.replace("\0", "") if isinstance(value, str) else value


# Writing.


@contextmanager
def _new_file(file: Path) -> Iterator[IO[bytes]]:
    """Open a file that has its name once it is whole and on the disk."""
    if file.exists():
        raise BadInput(f"{file} already exists; it was not changed. Name another file.")
    partial = file.with_name(f"{file.name}.partial")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw:
            yield raw
            raw.flush()
            os.fsync(raw.fileno())
        partial.rename(file)
    except OSError as error:
        if isinstance(error, DatabaseUnreachable):
            raise
        raise BadInput(f"{file} cannot be written: {error.strerror or error}.") from None
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def _write(tx: sa.Connection, table: sa.Table, folder: zipfile.ZipFile, on_progress: OnProgress) -> TableBackup:
    total = _Sum()
    query = sa.select(*(_as_read(column) for column in table.columns))
    with folder.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as lines:
        for rows in tx.execute(query.execution_options(yield_per=_ROWS)).partitions():
            for row in rows:
                line = json.dumps([_to_json(value) for value in row], separators=(",", ":")).encode() + b"\n"
                total.add(line)
                lines.write(line)
            on_progress(len(rows))
    columns = tuple(column.name for column in table.columns)
    return TableBackup(table.name, columns, total.rows, total.checksum, _last_id(tx, table))


# Reading.


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as folder:
            yield folder
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise BadInput(f"{file} is not a backup, or is damaged: {error}.") from None
    except OSError as error:
        if isinstance(error, DatabaseUnreachable):
            raise
        raise BadInput(f"{file} cannot be read: {error.strerror or error}.") from None


def _index(folder: zipfile.ZipFile, file: Path) -> Backup:
    try:
        with folder.open(_INDEX) as stored:
            document = json.loads(stored.read(_MAX_INDEX_BYTES))
        if document["format"] != FORMAT:
            raise BadInput(f"{file} is a backup in format {document['format']}, which this version does not read.")
        tables = tuple(TableBackup(**{**table, "columns": tuple(table["columns"])}) for table in document["tables"])
        made_at = dt.datetime.fromisoformat(document["made_at"])
        return Backup(document["revision"], made_at, document["database"], tables)
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, BadInput):
            raise
        raise BadInput(f"{file} is not a backup of dailypapers.") from None


def _require_known(backup: Backup, file: Path) -> None:
    if backup.revision not in revisions():
        raise BadInput(
            f"{file} was made by a newer version (revision {backup.revision}): install that version to restore it."
        )


def _require_empty(tx: sa.Connection) -> list[sa.Table]:
    tables = reflected(tx)
    if any(tx.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() for table in tables):
        where = address_of(tx.engine)
        raise BadInput(f"The database {where} is not empty: a backup is restored into an empty one only.")
    return tables


def _make_room(engine: sa.Engine, needed: str) -> bool:
    """Remove the tables of a database that holds no row; tells whether it must be migrated to the backup's version.

    Tables of that version stay.
    """
    at, _ = revision(engine)
    with writing(engine) as tx:
        tables = _require_empty(tx)
        if at == needed:
            return False
        for table in reversed(tables):
            table.drop(tx)
        tx.execute(sa.text("DROP TABLE IF EXISTS alembic_version"))
    return True


def _read(
    tx: sa.Connection, table: sa.Table, folder: zipfile.ZipFile, table_backup: TableBackup, on_progress: OnProgress
) -> None:
    """Insert a table's rows. Raises `BadInput` where they are not those that were written."""
    total = _Sum()
    missing = [name for name in table_backup.columns if name not in table.columns]
    if missing:
        raise BadInput(f"The backup's table {table.name} has an unknown column {missing[0]}.")
    columns = [table.columns[name] for name in table_backup.columns]
    read = [_from_json(column, is_sqlite=tx.dialect.name == "sqlite") for column in columns]
    insert = sa.insert(table).values({column.name: _as_written(column) for column in columns})
    with folder.open(f"tables/{table.name}.jsonl") as lines:
        for group in _grouped(lines):
            tx.execute(insert, [_row(line, table_backup.columns, read, total, table.name) for line in group])
            on_progress(len(group))
    if (total.rows, total.checksum) != (table_backup.rows, table_backup.checksum):
        raise BadInput(f"The backup's table {table.name} is not as it was written; nothing was restored.")
    _continue_ids(tx, table, table_backup.last_id)


def _grouped(lines: IO[bytes]) -> Iterator[list[bytes]]:
    """Cut lines into groups of a bounded number and, by a line or so, of a bounded size."""
    for some in groups(lines, size=_ROWS):
        group, size = [], 0
        for line in some:
            group.append(line)
            size += len(line)
            if size > _GROUP_BYTES:
                yield group
                group, size = [], 0
        if group:
            yield group


def _row(
    line: bytes, names: Sequence[str], read: Iterable[Callable[[Any], object]], total: _Sum, table: str
) -> dict[str, object]:
    total.add(line)
    try:
        values = json.loads(line)
        return {
            name: None if value is None else make(value) for name, make, value in zip(names, read, values, strict=True)
        }
    except (ValueError, TypeError):
        raise BadInput(f"The backup's table {table} has a line that cannot be read; nothing was restored.") from None


# Ids that were given once are given to nobody else, also where the row is gone: they are in links.


def _last_id(tx: sa.Connection, table: sa.Table) -> int | None:
    if tx.dialect.name == "postgresql":
        sequence = _sequence(tx, table)
        if sequence is None:
            return None
        columns = (sa.column("last_value", sa.BigInteger), sa.column("is_called", sa.Boolean))
        row = tx.execute(sa.select(*columns).select_from(sa.text(sequence))).one()
        return int(row.last_value) if row.is_called else None
    if not tx.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'").first():
        return None
    query = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    return tx.execute(query, {"name": table.name}).scalar_one_or_none()


def _sequence(tx: sa.Connection, table: sa.Table) -> str | None:
    """Return the name of what gives a table's ids on PostgreSQL, quoted; `None` where nothing does."""
    if "id" not in table.columns:
        return None
    parameters = {"table": table.name}
    name: str | None = tx.execute(sa.text("SELECT pg_get_serial_sequence(:table, 'id')"), parameters).scalar_one()
    return name


def _continue_ids(tx: sa.Connection, table: sa.Table, last_id: int | None) -> None:
    if "id" not in table.columns or not isinstance(table.columns["id"].type, sa.Integer):
        return
    largest = tx.execute(sa.select(sa.func.max(table.columns["id"]))).scalar_one()
    last = max(largest or 0, last_id or 0)
    if not last:
        return
    if tx.dialect.name == "postgresql":
        if sequence := _sequence(tx, table):
            tx.execute(
                sa.text("SELECT setval(CAST(:sequence AS regclass), :last)"), {"sequence": sequence, "last": last}
            )
        return
    if _last_id(tx, table) is not None:
        tx.execute(
            sa.text("UPDATE sqlite_sequence SET seq = :last WHERE name = :name"), {"last": last, "name": table.name}
        )
    elif _counts_ids(tx, table):
        tx.execute(
            sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), {"last": last, "name": table.name}
        )


def _counts_ids(tx: sa.Connection, table: sa.Table) -> bool:
    query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
    return "AUTOINCREMENT" in (tx.execute(query, {"name": table.name}).scalar_one() or "").upper()
