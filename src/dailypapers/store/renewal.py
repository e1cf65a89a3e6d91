"""Renewal: whatever somebody holds in the database for a while is theirs for as long as they live, and not longer."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from dailypapers.errors import DatabaseUnreachable

log = structlog.get_logger()


@contextmanager
def renewed(renew: Callable[[], bool], *, every: dt.timedelta, name: str) -> Iterator[None]:
    """Renew something in a thread of its own while the body runs, or until `renew` says that it is ours no more.

    A database that cannot be reached is asked again the next time; `name` says in the log what was not renewed.
    """
    done = threading.Event()
    renewing = threading.Thread(target=_renew, args=(renew, every, name, done), name=name, daemon=True)
    renewing.start()
    try:
        yield
    finally:
        done.set()
        renewing.join()


def _renew(renew: Callable[[], bool], every: dt.timedelta, name: str, done: threading.Event) -> None:
    while not done.wait(every.total_seconds()):
        try:
            if not renew():
                return
        except DatabaseUnreachable as error:
            event = f"{name} not renewed"
            log.warning(event, why=str(error))
