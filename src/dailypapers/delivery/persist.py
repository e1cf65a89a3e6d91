"""Persist: a write that must not be lost is tried until it holds."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TypeVar

import sqlalchemy as sa
import structlog

from dailypapers.errors import DatabaseDamaged, DatabaseNotMigrated, DatabaseUnreachable
from dailypapers.store.database import KeptWriter, reading, writing

log = structlog.get_logger()
Value = TypeVar("Value")

#: Seconds before the second try; each further one waits twice as long, up to the longest.
FIRST_WAIT = 0.2
_LONGEST_WAIT = 5.0


class Persistence:
    """Writes to a database that may be locked, or not answer for a while."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._is_away = False
        #: What writes in the event loop, which takes less than to hand over to a thread; the disk is waited for in one.
        self._kept = KeptWriter.on(engine)
        self._is_writing = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="commit")

    def close(self) -> None:
        """Let go of the database."""
        self._thread.shutdown()
        if self._kept:
            self._kept.close()

    async def persist(self, write: Callable[[sa.Connection], Value]) -> Value:
        """Return what `write` returns, once its transaction is on the disk.

        `write` may run several times, and more than once with success: a commit whose answer was lost is repeated.
        """
        if self._kept:
            # Who is in the way for longer than a moment is waited for in a thread.
            with suppress(DatabaseUnreachable):
                async with self._is_writing:
                    return await self._at_once(self._kept, write)
        return await self._in_the_end(partial(_written, self._engine, write))

    async def _at_once(self, kept: KeptWriter, write: Callable[[sa.Connection], Value]) -> Value:
        value = kept.write(write)
        committing = self._thread.submit(kept.commit)
        try:
            await asyncio.wrap_future(committing)
        except asyncio.CancelledError:
            left = kept.let_go()
            committing.add_done_callback(lambda _: left.close())
            raise
        return value

    async def load(self, read: Callable[[sa.Connection], Value]) -> Value:
        """Return what `read` returns."""
        return await self._in_the_end(partial(_read, self._engine, read))

    async def _in_the_end(self, ask: Callable[[], Value]) -> Value:
        """Ask a database that is locked or does not answer again for as long as it takes; the log is told once.

        It is asked in a thread, and the event loop goes on. Raises `DatabaseDamaged` and `DatabaseNotMigrated` at
        once: to ask again would not help.
        """
        wait = FIRST_WAIT
        while True:
            try:
                value = await asyncio.to_thread(ask)
            except (DatabaseDamaged, DatabaseNotMigrated):
                raise
            except DatabaseUnreachable as error:
                self._tell(error)
                await asyncio.sleep(wait)
                wait = min(2 * wait, _LONGEST_WAIT)
            else:
                self._is_away = False
                return value

    def _tell(self, error: DatabaseUnreachable) -> None:
        if not self._is_away:
            log.warning("what became of emails cannot be recorded yet, and none is sent until it can", why=str(error))
        self._is_away = True


def _read(engine: sa.Engine, read: Callable[[sa.Connection], Value]) -> Value:
    with reading(engine) as tx:
        return read(tx)


def _written(engine: sa.Engine, write: Callable[[sa.Connection], Value]) -> Value:
    with writing(engine, durable=True) as tx:
        return write(tx)
