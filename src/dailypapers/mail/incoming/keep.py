"""Mail that nobody here can read, kept for a person: a maildir, which any mail program opens; nothing is deleted."""

import datetime as dt
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dailypapers.errors import DailypapersError


class FolderFull(DailypapersError):
    """As many mails are kept as may be."""


@dataclass(frozen=True, slots=True)
class KeptMail:
    """The folder. Raises `FolderFull` beyond `most` mails, so that a flood does not fill the disk, and `OSError`."""

    folder: Path
    most: int = 10_000

    def keep(self, content: bytes, *, now: dt.datetime) -> Path:
        """Keep a mail; it is whole and on the disk once this returns."""
        if self.count() >= self.most:
            raise FolderFull(f"{self.folder} holds {self.most} emails that could not be read; please look at them.")
        for name in ("tmp", "new", "cur"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        name = f"{int(now.timestamp())}.{secrets.token_hex(8)}.dailypapers"
        handle = os.open(self.folder / "tmp" / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return (self.folder / "tmp" / name).rename(self.folder / "new" / name)

    def newest(self, *, since: dt.datetime, most: int = 500) -> Iterator[bytes]:
        """Yield the mails that were kept after a moment, the newest first."""
        files = [file for name in ("new", "cur") for file in (self.folder / name).glob("*.dailypapers*")]
        recent = sorted(((_kept_at(file), file) for file in files), reverse=True)[:most]
        for kept_at, file in recent:
            if kept_at >= since.timestamp():
                with suppress(OSError):  # Somebody has moved it since.
                    yield file.read_bytes()

    def count(self) -> int:
        """Count what is kept, seen by a mail program or not."""
        folders = (self.folder / name for name in ("new", "cur"))
        return sum(sum(1 for _ in os.scandir(folder)) for folder in folders if folder.is_dir())


def _kept_at(file: Path) -> float:
    """Return when a mail was kept, in seconds since 1970; names begin with it."""
    begin = file.name.partition(".")[0]
    return float(begin) if begin.isdecimal() else 0.0
