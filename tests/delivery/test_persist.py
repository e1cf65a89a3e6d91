"""A write is tried until it holds, and the log is told once."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs
from tests.conftest import Opened
from tests.delivery.queued import delivery, queue, states
from tests.store.damaged import damage

from dailypapers.delivery.persist import Persistence
from dailypapers.errors import DatabaseDamaged, DatabaseNotMigrated


@pytest.fixture
def impatient(sqlite: sa.Engine, opened: Opened) -> sa.Engine:
    """A connection to the same file that waits for locks no longer than a moment."""
    queue(sqlite, 1)
    engine = opened(sqlite.url.render_as_string())
    sa.event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout = 20"))
    return engine


async def test_a_locked_database_is_asked_again_until_it_is_free(impatient: sa.Engine) -> None:
    other = sqlite3.connect(str(impatient.url.database), isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    with capture_logs() as logs, closing(Persistence(impatient)) as persistence:
        writing = asyncio.create_task(persistence.persist(_accept))
        await asyncio.sleep(1)
        assert not writing.done()
        other.execute("ROLLBACK")
        other.close()
        assert await writing == 1
    assert states(impatient) == {"accepted": 1}
    assert [log["log_level"] for log in logs] == ["warning"]


async def test_what_is_wrong_with_the_write_itself_is_not_tried_again(sqlite: sa.Engine) -> None:
    with closing(Persistence(sqlite)) as persistence, pytest.raises(ZeroDivisionError):
        await persistence.persist(lambda _: 1 // 0)


async def test_tables_that_are_not_there_are_not_waited_for(engine: sa.Engine) -> None:
    for missing in ("SELECT 1 FROM not_a_table", "SELECT not_a_column FROM outbox", "UPDATE outbox SET newer = 1"):
        with (
            closing(Persistence(engine)) as persistence,
            pytest.raises(DatabaseNotMigrated, match="run `dailypapers migrate`"),
        ):
            await asyncio.wait_for(persistence.persist(_statement(missing)), 5)


async def test_a_damaged_file_is_not_asked_for_ever(sqlite: sa.Engine) -> None:
    queue(sqlite, 1)
    damage(sqlite, "outbox")
    with closing(Persistence(sqlite)) as persistence:
        for ask in (persistence.persist, persistence.load):
            with pytest.raises(DatabaseDamaged, match="restore a backup"):
                await asyncio.wait_for(ask(_statement("SELECT * FROM outbox")), 5)


def _statement(text: str) -> Callable[[sa.Connection], None]:
    def run(tx: sa.Connection) -> None:
        tx.execute(sa.text(text))

    return run


def _accept(tx: sa.Connection) -> int:
    return tx.execute(sa.text("UPDATE outbox SET state = 'accepted'")).rowcount


async def test_who_is_cancelled_while_the_disk_is_waited_for_leaves_the_next_write_alone(sqlite: sa.Engine) -> None:
    queue(sqlite, 1)
    with closing(Persistence(sqlite)) as persistence:
        writing = asyncio.create_task(persistence.persist(_accept))
        await asyncio.sleep(0)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        assert await persistence.persist(_accept) == 1
    assert states(sqlite) == {"accepted": 1}


async def test_many_write_side_by_side_and_each_has_its_own_transaction(engine: sa.Engine) -> None:
    queue(engine, 1)
    more = _statement("UPDATE outbox SET attempts = attempts + 1")
    with closing(Persistence(engine)) as persistence:
        await asyncio.gather(*(persistence.persist(more) for _ in range(20)))
    assert delivery(engine, 1).attempts == 20
