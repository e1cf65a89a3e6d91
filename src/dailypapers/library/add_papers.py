"""Archive: earlier papers for the ranking to learn from, which are announced to nobody."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from dailypapers.domain.source import Skipped
from dailypapers.sources.file import read_papers
from dailypapers.store import papers
from dailypapers.store.database import groups, writing

_GROUP = 1000


@dataclass(frozen=True, slots=True)
class Archived:
    """How many papers a file held, how many of them were new, and what could not be read."""

    papers: int
    new: int
    skipped: tuple[Skipped, ...]


def archive(
    engine: sa.Engine, file: Path, *, now: dt.datetime, on_progress: Callable[[int], None] = lambda _: None
) -> Archived:
    """Keep a file's papers. Again, it changes nothing. Raises `BadInput` for a file that cannot be read."""
    fetched = read_papers(file, now=now)
    new = 0
    for group in groups([item.paper for item in fetched.announcements], size=_GROUP):
        with writing(engine) as tx:
            new += papers.keep(tx, group, now=now)
        on_progress(len(group))
    return Archived(len(fetched.announcements), new, fetched.skipped)
