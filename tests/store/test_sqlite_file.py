"""The database is for our eyes alone, is whole when it is closed, and forgets what is erased."""

import os
import stat
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.conftest import NOW

from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.errors import DatabaseDamaged, DatabaseUnreachable
from dailypapers.store import subscribers
from dailypapers.store.database import close, connect, migrate, reading, writing
from dailypapers.subscriptions import sign_up
from dailypapers.subscriptions.erase import erase

ADDRESS = "somebody-to-be-forgotten@example.org"


def subscribed(engine: sa.Engine) -> int:
    with writing(engine) as tx:
        added = sign_up.subscribe(tx, ADDRESS, Preferences(Rhythm(), Amount()), consent=Consent("web"), now=NOW)
    assert added is not None
    return added


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "papers.db"


def test_a_sqlite_file_and_those_beside_it_are_for_our_eyes_alone(file: Path) -> None:
    before = os.umask(0o022)
    try:
        engine = connect(f"sqlite:///{file}")
        migrate(engine)
        subscribed(engine)
        kept = sorted(file.parent.glob("papers.db*"))
        assert [path.suffix for path in kept] == [".db", ".db-shm", ".db-wal"]
        assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    finally:
        os.umask(before)
        engine.dispose()


def test_an_upgrade_takes_the_right_to_read_the_file_from_others(file: Path) -> None:
    engine = connect(f"sqlite:///{file}")
    migrate(engine, "0004")
    file.chmod(0o644)
    migrate(engine, "0004")
    assert stat.S_IMODE(file.stat().st_mode) == 0o644, "nothing was upgraded"
    migrate(engine)
    assert {stat.S_IMODE(path.stat().st_mode) for path in file.parent.glob("papers.db*")} == {0o600}
    engine.dispose()


def test_once_closed_the_file_alone_holds_everything(file: Path) -> None:
    engine = connect(f"sqlite:///{file}")
    migrate(engine)
    other = connect(f"sqlite:///{file}")
    with reading(other) as tx:  # Another process: SQLite itself tidies up only behind the last one.
        assert tx.execute(sa.text("SELECT 1")).scalar_one() == 1
    subscribed(engine)
    close(engine)
    copy = file.with_name("copy.db")
    copy.write_bytes(file.read_bytes())
    copied = connect(f"sqlite:///{copy}")
    with reading(copied) as tx:
        assert subscribers.by_address(tx, ADDRESS) is not None
    copied.dispose()
    other.dispose()


def test_whoever_is_erased_is_in_no_file_any_more(file: Path) -> None:
    engine = connect(f"sqlite:///{file}")
    migrate(engine)
    reader = subscribed(engine)
    assert ADDRESS.encode() in file.with_name("papers.db-wal").read_bytes()
    with writing(engine) as tx:
        erase(tx, reader)
    for path in file.parent.glob("papers.db*"):
        assert ADDRESS.encode() not in path.read_bytes(), path.name
    engine.dispose()


def test_whoever_is_erased_after_it_was_written_to_the_file_is_overwritten_there(file: Path) -> None:
    engine = connect(f"sqlite:///{file}")
    migrate(engine)
    reader = subscribed(engine)
    close(engine)
    assert ADDRESS.encode() in file.read_bytes()
    with writing(engine) as tx:
        erase(tx, reader)
    for path in file.parent.glob("papers.db*"):
        assert ADDRESS.encode() not in path.read_bytes(), path.name
    engine.dispose()


def test_a_reader_at_work_does_not_keep_anybody_from_being_erased(file: Path) -> None:
    engine = connect(f"sqlite:///{file}")
    migrate(engine)
    reader = subscribed(engine)
    with reading(engine) as at_work:
        assert subscribers.by_address(at_work, ADDRESS)
        with writing(engine) as tx:
            erase(tx, reader)
    with reading(engine) as tx:
        assert subscribers.by_address(tx, ADDRESS) is None
    close(engine)
    assert ADDRESS.encode() not in file.read_bytes()


def test_a_closed_engine_can_be_used_again(engine: sa.Engine) -> None:
    subscribed(engine)
    close(engine)
    with reading(engine) as tx:
        assert subscribers.by_address(tx, ADDRESS) is not None


def test_closing_a_database_that_was_never_opened_makes_none(file: Path) -> None:
    close(connect(f"sqlite:///{file}"))
    assert not file.exists()


@pytest.mark.parametrize("how", ["no database", "damaged"])
def test_a_damaged_file_is_named_in_a_sentence(file: Path, how: str) -> None:
    if how == "damaged":
        engine = connect(f"sqlite:///{file}")
        migrate(engine)
        close(engine)
        whole = file.read_bytes()
        file.write_bytes(whole[:100] + b"\xff" * 4000 + whole[4100:])
    else:
        file.write_bytes(b"not a database, but long enough to be taken for one. " * 40)
    engine = connect(f"sqlite:///{file}")
    with pytest.raises(DatabaseDamaged, match="is damaged") as caught, reading(engine) as tx:
        subscribers.by_address(tx, ADDRESS)
    assert isinstance(caught.value, DatabaseUnreachable)
    close(engine)
