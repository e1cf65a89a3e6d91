"""A real dailypapers on this machine: pages over HTTP, mail over SMTP into a folder, two days of the demo's papers.

Only the clock is ours: it stands still until a test turns it.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from dailypapers.app import App, build
from dailypapers.catcher.server import Catcher, Caught, caught
from dailypapers.delivery.deliver import deliver_once
from dailypapers.http_server import pages_beside
from dailypapers.jobs.day import day
from dailypapers.listening import listen_once
from dailypapers.settings import Settings, shipped
from dailypapers.store.database import migrate, reading
from dailypapers.store.schema import metadata
from dailypapers.web.routes import web_app

#: A Monday noon.
START = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def minutes(count: int) -> dt.timedelta:
    """A little time."""
    return dt.timedelta(minutes=count)


#: Every so-manieth of the demo's papers comes out on the second day, so that both days have some of each field.
LATER = 3
Value = TypeVar("Value")


@dataclass
class Clock:
    """The time it is said to be."""

    now: dt.datetime = START

    def __call__(self) -> dt.datetime:
        """Tell the time."""
        return self.now


@dataclass(frozen=True)
class Living:
    """The running service, and what a test does to it from behind."""

    app: App
    base: str
    folder: Path
    clock: Clock = field(default_factory=Clock)

    def days(self, count: int) -> None:
        """Let so many days pass, and run each one's noon: papers fetched, the edition closed, digests sent."""
        for _ in range(count):
            self.clock.now += DAY
            self.run_day()

    def run_day(self) -> None:
        """Fetch, close, compose and deliver."""
        aside(lambda: day(self.app.dependencies, clock=self.clock))

    def deliver(self) -> None:
        """Send what waits in the outbox."""
        aside(lambda: deliver_once(self.app.dependencies.sending, clock=self.clock))

    def announce_all(self) -> None:
        """From now on the source has the second day's papers too."""
        _announce(self.folder, all_of_them=True)

    def mails_to(self, address: str) -> list[Caught]:
        """What arrived for an address, oldest first."""
        return [mail for mail in caught(self.folder / "mails") if address in mail.recipient]

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """The whole database, by table."""
        with reading(self.app.engine) as tx:
            return {table.name: [tuple(row) for row in tx.execute(_ordered(table))] for table in metadata.sorted_tables}


def aside(work: Callable[[], Value]) -> Value:
    """Run in a thread of its own: the browser's event loop runs in ours, and a second one may not begin there."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def _ordered(table: sa.Table) -> sa.Select[tuple[object, ...]]:
    return sa.select(*table.columns).order_by(*(table.primary_key.columns or table.columns))


@contextmanager
def living(
    folder: Path,
    database: str = "",
    *,
    begun: bool = True,
    searched: bool = True,
    oidc: Mapping[str, object] | None = None,
) -> Iterator[Living]:
    """The service while it lasts, on a database of its own or on `database`; its first edition is closed if `begun`.

    Its papers are found by the search page if they are to be `searched`. `oidc` are the settings by which readers sign
    in at a provider.
    """
    _announce(folder, all_of_them=False)
    with Catcher(folder / "mails") as catcher, listen_once("127.0.0.1", 0, option="--port") as listening:
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        url = database or f"sqlite:///{folder / 'papers.db'}"
        app = build(_settings(folder, base, catcher.port, url, oidc or {}))
        migrate(app.engine)
        service = Living(app, base, folder)
        if begun:
            service.run_day()
        context = app.context(service.clock)
        context.previews.load(now=START)
        if searched and context.finder:
            context.finder.refresh()
        try:
            with pages_beside(web_app(context), [listening]):
                yield service
        finally:
            app.engine.dispose()


def _announce(folder: Path, *, all_of_them: bool) -> None:
    lines = (shipped("demo") / "papers.jsonl").read_text("utf-8").splitlines()
    wanted = [line for number, line in enumerate(lines, 1) if all_of_them or number % LATER]
    (folder / "papers.jsonl").write_text("\n".join(wanted) + "\n", "utf-8")


def _settings(folder: Path, base: str, smtp_port: int, database: str, oidc: Mapping[str, object]) -> Settings:
    return Settings.model_validate(
        {
            "secret": "browser",
            "service": {"base_url": base},
            "database": {"url": database},
            "mail": {"host": "127.0.0.1", "port": smtp_port, "security": "none", "from_address": "papers@example.org"},
            "subscribe": {"check_mx": False},
            "oidc": oidc,
            "sources": [{"kind": "file", "name": "arxiv", "path": folder / "papers.jsonl"}],
        }
    )
