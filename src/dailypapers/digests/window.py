"""Which editions a digest is picked from, and which ones set the threshold: one rule for compose and both previews.

    (what the reader was last accepted for, the newest closed edition], at most `window_days` long

Daily, weekly, back from a pause and a failed day carried over are all this rule.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from dailypapers.domain.edition import Edition
from dailypapers.domain.subscriber import Subscriber
from dailypapers.store import editions

#: How many editions tell how much a reader who wants "about N a day" gets.
RECENT = 10


@dataclass(frozen=True, slots=True)
class Window:
    """The editions with `after` < id ≤ `upto`; without `upto` all later ones, and what waits for the next one."""

    after: int
    upto: int | None

    def editions(self, newest: int) -> range:
        """Return the ids of its closed editions, `newest` being the last one there is."""
        return range(self.after + 1, (newest if self.upto is None else self.upto) + 1)


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows of all readers of one edition: of a closed one, or of the one that closes next."""

    #: The newest closed edition, 0 before the first.
    newest: int
    #: Whether what waits for the next edition belongs to it.
    waiting: bool
    #: The edition after which the longest window begins.
    earliest: int

    def of(self, reader: Subscriber) -> Window:
        """Return the window of a reader: what came after the edition they were last accepted for."""
        return self.since(max(reader.accepted_edition or 0, self.earliest))

    def shared(self, readers: Iterable[Subscriber]) -> dict[Window, list[Subscriber]]:
        """Return the windows of these readers, each with those who share it, in their order."""
        by_window: dict[Window, list[Subscriber]] = defaultdict(list)
        for reader in readers:
            by_window[self.of(reader)].append(reader)
        return by_window

    def since(self, after: int) -> Window:
        """Return the window that begins after an edition."""
        return Window(after, None if self.waiting else self.newest)

    @property
    def recent(self) -> Window:
        """The editions before the one that digests are picked from."""
        before = self.newest if self.waiting else self.newest - 1
        return Window(max(before - RECENT, 0), max(before, 0))


def of_edition(tx: sa.Connection, edition: Edition, *, days: int) -> Windows:
    """Return the windows of a closed edition; none begins `days` or more before its day."""
    return Windows(edition.id, waiting=False, earliest=editions.newest_before(tx, edition.day, days=days))


def of_next(tx: sa.Connection, day: dt.date, *, days: int) -> Windows:
    """Return the windows of the edition that would close on `day` with what waits for it."""
    newest = editions.newest(tx)
    earliest = editions.newest_before(tx, day, days=days)
    return Windows(newest.id if newest else 0, waiting=True, earliest=earliest)


def filled(closed: Sequence[Edition], *, days: int, papers: int) -> int:
    """Return the edition after which the newest ones hold `papers` papers together, or span `days` days.

    `closed` are all closed editions, oldest first.
    """
    papers_so_far = 0
    for edition in reversed(closed):
        if papers_so_far >= papers or edition.day <= closed[-1].day - dt.timedelta(days=days):
            return edition.id
        papers_so_far += edition.papers
    return 0
