"""Persist: a write that must not be lost is tried until it holds."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from typing import TypeVar

import sqlalchemy as sa
import structlog

from dailypapers.errors import DatabaseDamaged, DatabaseNotMigrated, DatabaseUnreachable
from dailypapers.store.database import KeptWriter, reading, writing

log = structlog.get_logger()
Value = TypeVar("Value")

#: Seconds before the second try; each further one waits twice as long, up to the longest: that much later than the
#: database comes back a sender goes on.
FIRST_WAIT = 0.2
_LONGEST_WAIT = 2.0
#: Seconds before further tries on SQLite: another sender writes for a millisecond or two. Who writes for longer is
#: waited for in a thread, which takes more of the processor.
_WHILE_OTHERS_WRITE = (0.0005, 0.0005, 0.001, 0.001, 0.002, 0.004, 0.008)


class Persistence:
    """Writes to a database that may be locked, or not answer for a while."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._is_away = False
        #: What writes in the event loop, which takes less than to hand over to a thread; the disk is waited for in one.
        self._kept = KeptWriter.on(engine)
        self._is_writing = asyncio.Lock()
        self._thread = _Thread()

    def close(self) -> None:
        """Let go of the database."""
        self._thread.end()
        if self._kept:
            self._kept.let_go()()

    async def persist(self, write: Callable[[sa.Connection], Value]) -> Value:
        """Return what `write` returns, once its transaction is on the disk.

        `write` may run several times, and more than once with success: a commit whose answer was lost is repeated.
        """
        if self._kept:
            async with self._is_writing:
                for wait in _WHILE_OTHERS_WRITE:
                    with suppress(DatabaseUnreachable):
                        return await self._at_once(self._kept, write)
                    await asyncio.sleep(wait)
        return await self._in_the_end(partial(_written, self._engine, write))

    async def _at_once(self, kept: KeptWriter, write: Callable[[sa.Connection], Value]) -> Value:
        value, commit = kept.write(write)
        try:
            await self._thread.run(commit)
        except asyncio.CancelledError:
            self._thread.put(kept.let_go())
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


class _Thread:
    """A thread that does one thing after the other. To hand over to one of an executor takes three times as long."""

    def __init__(self) -> None:
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def put(self, work: Callable[[], None]) -> None:
        """Have it do something, once it has done all that it was given before."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._go, name="commit", daemon=True)
            self._thread.start()
        self._work.put(work)

    async def run(self, work: Callable[[], None]) -> None:
        """Have it do something, and return once that is done; raises what it raised."""
        loop = asyncio.get_running_loop()
        done = loop.create_future()

        def report(error: Exception | None) -> None:
            if not done.done():
                done.set_exception(error) if error else done.set_result(None)

        def do() -> None:
            error = None
            try:
                work()
            except Exception as raised:  # noqa: BLE001 - whoever waits for it raises it
                error = raised
            # Nobody is told where the loop has ended meanwhile.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(report, error)

        self.put(do)
        await done

    def _go(self) -> None:
        while work := self._work.get():
            work()

    def end(self) -> None:
        """End it, once it has done all that it was given."""
        if self._thread:
            self._work.put(None)
            self._thread.join()
            self._thread = None


def _read(engine: sa.Engine, read: Callable[[sa.Connection], Value]) -> Value:
    with reading(engine) as tx:
        return read(tx)


def _written(engine: sa.Engine, write: Callable[[sa.Connection], Value]) -> Value:
    with writing(engine, durable=True) as tx:
        return write(tx)
