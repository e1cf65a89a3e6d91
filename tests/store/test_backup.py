"""A backup holds every row of either kind of database, and restores it to either kind; what is not whole is refused."""

import datetime as dt
import json
import shutil
import zipfile
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import NOW, Another

from dailypapers.errors import BadInput, DatabaseUnreachable
from dailypapers.store import backup
from dailypapers.store.database import close, connect, migrate, reading, writing
from dailypapers.store.reflected import reflected
from dailypapers.store.schema import Moment, metadata, outbox, subscribers

_NUMBERS = count(1)


VALUES: dict[type, list[object]] = {
    bytes: [b"", bytes(range(256)), b"x"],
    str: ["", 'α “quoted”\n\t\\ {"a"} 😀', "plain"],
    int: [0, -5, 2**31 - 1],
    float: [0.1 + 0.2, -1e300, 0.0],
    bool: [True, False, True],
    object: [{"a": [1, None, "ü"]}, None, []],
    dt.date: [dt.date(2026, 1, 1), dt.date(1, 1, 1), dt.date(9999, 12, 31)],
    dt.datetime: [NOW, NOW + dt.timedelta(microseconds=7), dt.datetime(1970, 1, 1, tzinfo=dt.UTC)],
}


def fill(engine: sa.Engine) -> None:
    """Put three rows into every table, with values that are easily spoilt; the last row has NULL wherever it may."""
    with writing(engine) as tx:
        for table in metadata.sorted_tables:
            for number in range(3):
                tx.execute(sa.insert(table).values({c.key: _value(c, number) for c in table.columns}))


def _value(column: sa.Column[Any], number: int) -> object:
    if column.foreign_keys or (column.primary_key and isinstance(column.type, sa.Integer)):
        return number + 1
    if number == 2 and column.nullable:
        return sa.null()
    if (column.primary_key or column.unique) and isinstance(column.type, sa.Text):
        return f"{column.name} {number}"
    value = VALUES[dt.datetime if isinstance(column.type, Moment) else column.type.python_type][number]
    return sa.JSON.NULL if value is None and isinstance(column.type, sa.JSON) else value


@pytest.fixture
def filled(engine: sa.Engine) -> sa.Engine:
    fill(engine)
    return engine


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> bytes:
    """A backup of a database with rows in every table."""
    folder = tmp_path_factory.mktemp("whole")
    engine = connect(f"sqlite:///{shutil.copyfile(sqlite_template, folder / 'papers.db')}")
    fill(engine)
    backup.back_up(engine, folder / "backup", now=NOW)
    close(engine)
    return (folder / "backup").read_bytes()


def contents(engine: sa.Engine, folder: Path) -> dict[str, tuple[int, str]]:
    return backup.back_up(engine, folder / f"contents{next(_NUMBERS)}", now=NOW).checksums


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_backup_restore_backup_gives_equal_contents_on_and_across_both_kinds(
    filled: sa.Engine, kind: str, tmp_path: Path, another: Another
) -> None:
    made = backup.back_up(filled, tmp_path / "backup", now=NOW)
    assert made.rows == 3 * len(metadata.tables)
    engine = another(kind)
    assert backup.restore(engine, tmp_path / "backup") == made
    assert contents(engine, tmp_path) == made.checksums
    with writing(engine) as tx:
        given = tx.execute(sa.insert(subscribers).values(_row_of(subscribers, 9)).returning(subscribers.c.id))
        assert given.scalar_one() == 4


def _row_of(table: sa.Table, number: int) -> dict[str, object]:
    row = {c.key: _value(c, 1) for c in table.columns if c.name != "id"}
    return row | {"address": f"new {number}"}


def test_ids_of_the_erased_are_not_given_again(engine: sa.Engine, tmp_path: Path, another: Another) -> None:
    with writing(engine) as tx:
        for number in range(5):
            tx.execute(sa.insert(subscribers).values(_row_of(subscribers, number) | {"accepted_edition_id": None}))
        tx.execute(sa.delete(subscribers))
    backup.back_up(engine, tmp_path / "backup", now=NOW)
    for kind in ("sqlite", "postgresql"):
        restored = another(kind)
        backup.restore(restored, tmp_path / "backup")
        with writing(restored) as tx:
            new = _row_of(subscribers, 9) | {"accepted_edition_id": None}
            assert tx.execute(sa.insert(subscribers).values(new).returning(subscribers.c.id)).scalar_one() == 6


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), max_size=3),
    st.tuples(st.binary(), st.floats()),
)
@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_bytes_and_number_survive(
    sqlite: sa.Engine, tmp_path: Path, another: Another, texts: list[str], values: tuple[bytes, float]
) -> None:
    data, number = values
    engine = sqlite
    with writing(engine) as tx:
        for table in reversed(metadata.sorted_tables):
            tx.execute(table.delete())
        tx.execute(sa.text("INSERT INTO editions (id, day, closed_at, papers, due) VALUES (1, :d, :m, 1, 1)"), _DAY)
        tx.execute(sa.insert(metadata.tables["features"]).values(edition_id=1, counts=data))
        reader = _row_of(subscribers, 1) | {"id": 1, "consent": "".join(texts), "accepted_edition_id": 1}
        number = 0.0 if number != number else number  # noqa: PLR0124 - SQLite has no NaN
        tx.execute(sa.insert(subscribers).values(reader | {"relevance": number}))
    file = tmp_path / f"backup{next(_NUMBERS)}"
    made = backup.back_up(engine, file, now=NOW)
    restored = another("sqlite")
    backup.restore(restored, file)
    assert contents(restored, tmp_path) == made.checksums
    with reading(restored) as tx:
        row = tx.execute(sa.select(subscribers.c.consent, subscribers.c.relevance)).one()
        assert (row.consent, row.relevance) == ("".join(texts), number)
        assert tx.execute(sa.select(metadata.tables["features"].c.counts)).scalar_one() == data


_DAY = {"d": "2026-01-01", "m": "2026-01-01 00:00:00"}


def test_a_backup_shows_one_moment_while_others_write(filled: sa.Engine, tmp_path: Path) -> None:
    before = contents(filled, tmp_path)

    def write(_: int) -> None:
        with writing(filled) as tx:
            tx.execute(sa.update(outbox).values(detail="written meanwhile"))

    made = backup.back_up(filled, tmp_path / "backup", now=NOW, on_progress=write)
    assert made.checksums == before
    assert contents(filled, tmp_path) != before


def test_a_backup_is_private_and_replaces_nothing(filled: sa.Engine, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    backup.back_up(filled, file, now=NOW)
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BadInput, match="already exists"):
        backup.back_up(filled, file, now=NOW)
    with pytest.raises(BadInput, match="cannot be written"):
        backup.back_up(filled, tmp_path / "missing" / "backup", now=NOW)
    assert [path.name for path in tmp_path.glob("*.partial")] == []


def test_a_database_without_tables_is_not_backed_up(tmp_path: Path) -> None:
    new = connect(f"sqlite:///{tmp_path / 'new.db'}")
    with pytest.raises(DatabaseUnreachable, match="no tables yet"):
        backup.back_up(new, tmp_path / "backup", now=NOW)
    close(new)


def test_nothing_is_restored_into_a_database_that_holds_anything(filled: sa.Engine, tmp_path: Path) -> None:
    before = backup.back_up(filled, tmp_path / "backup", now=NOW).checksums
    with pytest.raises(BadInput, match="is not empty"):
        backup.restore(filled, tmp_path / "backup")
    assert contents(filled, tmp_path) == before


SPOILT = {
    "not a zip": (lambda data: b"PK" + data[2:50], "is not a backup"),
    "cut off": (lambda data: data[: len(data) // 2], "is not a backup"),
    "a byte changed": (lambda data: data[:200] + bytes([data[200] ^ 255]) + data[201:], "damaged"),
}


@pytest.mark.parametrize(("spoil", "sentence"), SPOILT.values(), ids=SPOILT)
def test_a_spoilt_file_is_refused_and_leaves_nothing(
    whole: bytes, tmp_path: Path, another: Another, spoil: Callable[[bytes], bytes], sentence: str
) -> None:
    file = tmp_path / "backup"
    file.write_bytes(spoil(whole))
    target = another("sqlite")
    with pytest.raises(BadInput, match=sentence):
        backup.restore(target, file)
    assert _is_empty(target)


def _is_empty(engine: sa.Engine) -> bool:
    with reading(engine) as tx:
        return not any(tx.execute(sa.select(sa.exists().select_from(table))).scalar_one() for table in reflected(tx))


def change(file: Path, name: str, make: Callable[[bytes], bytes]) -> None:
    """Change a member of a backup."""
    with zipfile.ZipFile(file) as folder:
        members = {each: folder.read(each) for each in folder.namelist()}
    members[name] = make(members[name])
    with zipfile.ZipFile(file, "w") as folder:
        for each, data in members.items():
            folder.writestr(each, data)


def newer(index: bytes) -> bytes:
    return json.dumps(json.loads(index) | {"revision": "9999"}).encode()


def other_format(index: bytes) -> bytes:
    return json.dumps(json.loads(index) | {"format": 2}).encode()


CHANGED: dict[str, tuple[str, Callable[[bytes], bytes], str]] = {
    "a line less": ("tables/outbox.jsonl", lambda data: data.split(b"\n", 1)[1], "not as it was written"),
    "a line that is not JSON": ("tables/outbox.jsonl", lambda data: b"no\n" + data, "cannot be read"),
    "a value less": ("tables/votes.jsonl", lambda _: b"[1]\n", "cannot be read"),
    "a newer version's": ("backup.json", newer, "newer version"),
    "another format": ("backup.json", other_format, "format 2"),
    "something else": ("backup.json", lambda _: b"[]", "is not a backup of dailypapers"),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_backup_that_is_not_as_it_was_written_is_refused(
    whole: bytes, tmp_path: Path, another: Another, name: str
) -> None:
    member, make, sentence = CHANGED[name]
    file = tmp_path / "backup"
    file.write_bytes(whole)
    change(file, member, make)
    target = another("sqlite")
    with pytest.raises(BadInput, match=sentence):
        backup.restore(target, file)
    assert _is_empty(target)


def test_a_backup_of_an_earlier_version_is_brought_up_to_this_one(tmp_path: Path) -> None:
    old = connect(f"sqlite:///{tmp_path / 'old.db'}")
    migrate(old, "0012")
    with writing(old) as tx:
        tx.execute(sa.text("INSERT INTO editions (id, day, closed_at, papers, due) VALUES (1, :d, :m, 1, 1)"), _DAY)
    backup.back_up(old, tmp_path / "backup", now=NOW)
    new = connect(f"sqlite:///{tmp_path / 'new.db'}")
    assert backup.restore(new, tmp_path / "backup").revision == "0012"
    assert contents(new, tmp_path)["editions"][0] == 1
    assert set(contents(new, tmp_path)) == set(metadata.tables)
    close(old)
    close(new)


def test_a_backup_says_what_it_is_without_a_database(sqlite: sa.Engine, tmp_path: Path) -> None:
    fill(sqlite)
    made = backup.back_up(sqlite, tmp_path / "backup", now=NOW)
    assert backup.inspect(tmp_path / "backup") == made
    with pytest.raises(BadInput, match="cannot be read: No such file"):
        backup.inspect(tmp_path / "missing")


def test_a_database_moves_with_all_its_rows_and_the_old_one_is_told(
    engine: sa.Engine, tmp_path: Path, another: Another
) -> None:
    fill(engine)
    told: list[bool] = []
    target = another("sqlite")
    moved = backup.move(engine, target, tmp_path / "moved", then=lambda tx: told.append(tx.engine is engine), now=NOW)
    assert told == [True]
    assert contents(target, tmp_path) == moved.checksums


def test_a_table_that_the_revision_does_not_have_is_refused(whole: bytes, tmp_path: Path, another: Another) -> None:
    file = tmp_path / "backup"
    file.write_bytes(whole)

    def renamed(index: bytes) -> bytes:
        return index.replace(b'"name": "votes"', b'"name": "ballots"')

    change(file, "backup.json", renamed)
    with pytest.raises(BadInput, match="does not have: ballots"):
        backup.restore(another("sqlite"), file)


def test_a_column_that_the_table_does_not_have_is_refused(whole: bytes, tmp_path: Path, another: Another) -> None:
    file = tmp_path / "backup"
    file.write_bytes(whole)
    change(file, "backup.json", lambda index: index.replace(b'"subscriber_id"', b'"reader"'))
    with pytest.raises(BadInput, match="unknown column reader"):
        backup.restore(another("sqlite"), file)
