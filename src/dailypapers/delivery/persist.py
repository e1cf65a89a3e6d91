"""Persist: a write that must not be lost is tried until it holds."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa
import structlog

from dailypapers.errors import DatabaseUnreachable
from dailypapers.store.database import writing

log = structlog.get_logger()
Value = TypeVar("Value")

#: Seconds before the second try; each further one waits twice as long, up to the longest.
FIRST_WAIT = 0.2
_LONGEST_WAIT = 5.0


async def persist(engine: sa.Engine, write: Callable[[sa.Connection], Value]) -> Value:
    """Return what `write` returns, once its transaction has been committed.

    A database that is locked or does not answer is asked again for as long as it takes; the log is told once. `write`
    may so run several times, and more than once with success: a commit whose answer was lost is repeated. It runs in a
    thread, and the event loop goes on.
    """
    wait = FIRST_WAIT
    while True:
        try:
            value = await asyncio.to_thread(_in_transaction, engine, write)
        except DatabaseUnreachable as error:
            if wait == FIRST_WAIT:
                log.warning(
                    "what became of emails cannot be recorded yet, and none is sent until it can", why=str(error)
                )
            await asyncio.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT)
        else:
            return value


def _in_transaction(engine: sa.Engine, write: Callable[[sa.Connection], Value]) -> Value:
    with writing(engine) as tx:
        return write(tx)
