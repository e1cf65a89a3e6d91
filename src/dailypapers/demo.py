"""The demo: one whole day, offline, with everything real but the world.

Sample papers are served by a web server on this machine and fetched through the real sources; the digests leave over
real SMTP to the catching server. Run again in the same folder, it sends nothing twice.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from dailypapers import subscriptions
from dailypapers.app import App, build, make_secret
from dailypapers.catching import write_pages
from dailypapers.domain.delivery import Delivery, Ledger
from dailypapers.jobs import demo_feeds
from dailypapers.jobs.day import Day, Progress, day
from dailypapers.mail.catcher import Caught, Catcher
from dailypapers.settings import Settings, shipped
from dailypapers.store import outbox, papers
from dailypapers.store.database import migrate, reading, writing
from dailypapers.subscriber_file import read

#: A Monday noon, the same in every run, so that a second run is the same day.
NOON = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Shown:
    """What one subscriber got."""

    delivery: Delivery
    subject: str
    picks: int
    top: str
    why: str
    size: int


@dataclass(frozen=True, slots=True)
class Demo:
    """What the day did, what everybody got, the books, and where to look."""

    day: Day
    shown: tuple[Shown, ...]
    ledger: Ledger
    index: Path


def demo(folder: Path, *, progress: Progress | None = None) -> Demo:
    """Run the demo day in `folder`, which keeps the database and the mails."""
    mails = folder / "mails"
    mails.mkdir(parents=True, exist_ok=True)
    with _sample_sources() as base, Catcher(mails, "127.0.0.1", 0) as catcher:
        app = _app(folder, base, catcher.port)
        _admit_samples(app)
        done = day(app.means, clock=lambda: NOON, progress=progress)
    kept = write_pages(mails, app.means.press.templates)
    with reading(app.engine) as tx:
        deliveries = outbox.of_edition(tx, done.edition.id)
        ledger = next(book for book in outbox.ledgers(tx) if book.edition == done.edition.id)
    return Demo(done, tuple(_shown(app, deliveries, kept)), ledger, mails / "index.html")


def _app(folder: Path, base: str, smtp_port: int) -> App:
    settings = Settings.model_validate(
        {
            "service": {"secret_file": folder / "dailypapers.secret"},
            "database": {"url": f"sqlite:///{folder.resolve() / 'dailypapers.db'}"},
            "mail": {
                "host": "127.0.0.1",
                "port": smtp_port,
                "security": "none",
                "from_address": "papers@example.org",
            },
            "sources": [
                *({"kind": "feed", "name": name, "url": f"{base}/feeds/{name}.xml"} for name in demo_feeds.FEEDS),
                {"kind": "huggingface", "url": base},
            ],
        }
    )
    make_secret(settings)
    app = build(settings, allow_private=True)
    migrate(app.engine)
    return app
