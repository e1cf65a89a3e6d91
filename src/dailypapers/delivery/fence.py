"""Fence: what keeps a database that was restored from a backup from sending what has been sent since.

How far this machine's last sender had come is written to a file of its own, beside the secret. A database that knows of
less is an older copy: what waits in it may have arrived, and an operator decides about that. Databases only go forward,
so there is no false alarm; nor is there an alarm where the file was restored as well, or on another machine.

A database that `dailypapers restore` has filled says so itself (`store.fences`), and is held on any machine.
"""

import datetime as dt
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa
import structlog

from dailypapers.store import fences, holds, workers
from dailypapers.store.fences import DatabaseFence

log = structlog.get_logger()

#: What an older copy could send again is past its deadline by then, whatever the settings.
FORGOTTEN_AFTER = dt.timedelta(days=7)
#: The mark may be so much behind: nobody restores a backup that is younger.
WRITTEN_EVERY = dt.timedelta(seconds=1)
RESTORED = "the database is older than what was sent from here, as if restored from a backup"


@dataclass(frozen=True, slots=True)
class Mark:
    """How far sending had come from this machine."""

    worker: str
    handed_over: int
    at: dt.datetime
    newest: dt.date | None = None
    """The newest edition of which a digest was handed over."""
    restored: dt.date | None = None
    """Through which edition an older copy of the database may compose again what had been sent."""


class Fence:
    """The file, and what this run adds to it; without a path nothing is kept."""

    def __init__(self, path: Path | None, worker_id: str) -> None:
        self._path = path
        self._worker_id = worker_id
        self._handed_over = 0
        self._newest: dt.date | None = None
        self._written_at: dt.datetime | None = None
        self._before = _read(path) if path else None
        self._stored: DatabaseFence | None = None

    @property
    def restored(self) -> dt.date | None:
        """Through which edition digests are not sent without an operator's word."""
        return self._before.restored if self._before else None

    def hold_what_was_restored(self, tx: sa.Connection, *, now: dt.datetime) -> int:
        """Hold what waits in a database that is older than the mark; returns how many mails, 0 where it is not.

        Called once, when a run begins: what the database says of itself is read here as well.
        """
        self._stored = fences.furthest(tx)
        mark = self._before
        if not mark or now - mark.at > FORGOTTEN_AFTER or not workers.has_ended_one(tx):
            return 0
        handed_over = workers.handed_over_by(tx, mark.worker)
        if handed_over is not None and handed_over >= mark.handed_over:
            return 0
        self._before = replace(mark, worker=self._worker_id, handed_over=0, restored=mark.newest)
        return holds.hold_waiting(tx, RESTORED)

    def hold_what_is_composed_again(self, tx: sa.Connection) -> int:
        """Hold the digests of editions that had been sent before the database was restored; returns how many."""
        count = holds.hold_waiting(tx, RESTORED, through=self.restored) if self.restored else 0
        stored = self._stored
        return count + (holds.hold_waiting(tx, stored.why, through=stored.through) if stored else 0)

    def composed(self, day: dt.date | None) -> None:
        """Note of which edition a digest is about to be handed over."""
        if day is not None:
            self._newest = max(day, self._newest or day)

    def advance(self, mails: int, *, now: dt.datetime) -> None:
        """Note that so many more mails are about to be handed over; to be called once the database knows it."""
        self._handed_over += mails
        if mails and (self._written_at is None or abs(now - self._written_at) >= WRITTEN_EVERY):
            self.write(now=now)

    def finish(self, *, now: dt.datetime) -> None:
        """Note how far sending has come when a run ends."""
        if self._handed_over:
            self.write(now=now)

    def write(self, *, now: dt.datetime) -> None:
        """Replace the file. Where that fails there is no fence from now on, and the log says so."""
        if not self._path:
            return
        self._written_at = now
        newest = max((day for day in (self._newest, self._before and self._before.newest) if day), default=None)
        mark = Mark(self._worker_id, self._handed_over, now, newest, self.restored)
        beside = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            beside.write_text(json.dumps(_to_json(mark)), "utf-8")
            beside.replace(self._path)
        except OSError as error:
            log.warning("what was sent cannot be noted beside the secret", file=str(self._path), why=str(error))
            self._path = None


def _to_json(mark: Mark) -> dict[str, str | int | None]:
    return {
        "worker": mark.worker,
        "handed_over": mark.handed_over,
        "at": mark.at.isoformat(),
        "newest": mark.newest.isoformat() if mark.newest else None,
        "restored": mark.restored.isoformat() if mark.restored else None,
    }


def _read(path: Path) -> Mark | None:
    """Return the mark, `None` where there is none that can be read."""
    try:
        stored = json.loads(path.read_text("utf-8"))
        days = [dt.date.fromisoformat(stored[name]) if stored[name] else None for name in ("newest", "restored")]
        return Mark(stored["worker"], stored["handed_over"], dt.datetime.fromisoformat(stored["at"]), *days)
    except (OSError, ValueError, KeyError, TypeError):
        return None
