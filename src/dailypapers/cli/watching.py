"""How sending is watched: a table that stays in its place on a terminal, elsewhere a line from time to time."""

import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dailypapers.cli.output import say
from dailypapers.domain.clock import Clock

if TYPE_CHECKING:
    import sqlalchemy as sa
    from rich.console import Group

    from dailypapers.delivery.watch import Snapshot

#: Seconds between two looks.
_EVERY = 1.0
#: Snapshots over which the rate is taken.
_RATE_OVER = 10
#: Seconds until the first line where there is no terminal; each further one comes after twice as long, at most this.
_FIRST_LINE, _LONGEST_SILENCE = 10.0, 300.0
_MOST_DOMAINS = 8


@contextmanager
def watched(engine: "sa.Engine", clock: Clock) -> Iterator[None]:
    """Show how far sending is for as long as the body sends."""
    over = threading.Event()
    watcher = threading.Thread(target=watch, args=(engine, clock), kwargs={"until": over.wait}, name="watch")
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def watch(engine: "sa.Engine", clock: Clock, *, until: Callable[[float], bool]) -> None:
    """Look each second and show what is seen, until `until`, which waits so many seconds, says that it is over.

    A database that does not answer for a moment is looked at again.
    """
    from dailypapers.delivery.watch import snapshot
    from dailypapers.errors import DatabaseUnreachable
    from dailypapers.store.database import reading

    before: deque[Snapshot] = deque(maxlen=_RATE_OVER)
    since = clock()
    with _shown() as show:
        while not until(_EVERY):
            try:
                with reading(engine) as tx:
                    before.append(snapshot(tx, since=since, now=clock(), steady=time.monotonic(), before=before))
            except DatabaseUnreachable:
                continue
            show(before[-1])


@contextmanager
def _shown() -> Iterator[Callable[["Snapshot"], None]]:
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.live import Live

    with Live(console=Console(stderr=True), transient=True, auto_refresh=False) as live:
        yield lambda snapshot: live.update(table(snapshot), refresh=True)


class _Lines:
    """A line now and then: enough to see that it goes on, and not so many that nobody reads the log."""

    def __init__(self) -> None:
        self._silence, self._next = _FIRST_LINE, time.monotonic() + _FIRST_LINE

    def __call__(self, snapshot: "Snapshot") -> None:
        if time.monotonic() >= self._next:
            say(line(snapshot))
            self._silence = min(2 * self._silence, _LONGEST_SILENCE)
            self._next = time.monotonic() + self._silence


def line(snapshot: "Snapshot") -> str:
    """Return how far sending is, on one line."""
    if not (
        snapshot.done or snapshot.left or snapshot.later or snapshot.on_hold or snapshot.stopped or snapshot.paused
    ):
        return "No email waits to be sent."
    remaining = f" ({snapshot.remaining} at this rate)" if snapshot.remaining else ""
    replies = ", ".join(f"{mails:,} {reply}" for reply, mails in snapshot.replies.items())
    parts = [
        f"{snapshot.done:,} done{_rate(snapshot)}, {snapshot.left:,} left{remaining}",
        f"{snapshot.later:,} later, the next at {snapshot.next_attempt_at:%H:%M} UTC"
        if snapshot.next_attempt_at
        else "",
        f"{snapshot.on_hold:,} on hold" if snapshot.on_hold else "",
        replies,
        *snapshot.stopped,
        snapshot.paused,
        "" if snapshot.senders or not snapshot.left else "nobody is sending",
    ]
    return "; ".join(part for part in parts if part) + "."


def _rate(snapshot: "Snapshot") -> str:
    """Say how fast it goes, where that shows: in its first second a run has told nothing yet."""
    if snapshot.done and snapshot.per_second:
        return f", {snapshot.per_second:,.{0 if snapshot.per_second >= 1 else 2}f} a second"
    return ", sending has just begun" if snapshot.senders and not snapshot.done and snapshot.left else ""


def table(snapshot: "Snapshot") -> "Group":
    """Return how far sending is: all mails on a line, and a table of the domains with most of them."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    replies = list(snapshot.replies)
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column("domain", header_style="dim")
    for reply in replies:
        grid.add_column(reply, justify="right", header_style="dim")
    for domain, counts in list(snapshot.domains.items())[:_MOST_DOMAINS]:
        grid.add_row(Text(domain), *(f"{counts.get(reply, 0):,}" for reply in replies))
    return Group(Text(line(snapshot)), grid)


def record(snapshot: "Snapshot") -> dict[str, Any]:
    """Return a snapshot as JSON holds it."""
    from dataclasses import asdict

    return {**asdict(snapshot), "remaining_seconds": snapshot.remaining.total_seconds() if snapshot.remaining else None}
