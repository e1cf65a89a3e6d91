"""A small world for whole-day tests: sources played on this machine, a database, a cast, and a kept mail tray."""

import datetime as dt
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
from tests.playing_sources import Answer, Route, playing_sources

from dailypapers.delivery.send import SenderOptions
from dailypapers.digests.choose import DigestOptions
from dailypapers.digests.layout import MailRenderer
from dailypapers.domain.clock import Clock
from dailypapers.domain.delivery import Outcome
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.message import Sender
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.domain.timetable import Timetable
from dailypapers.jobs.context import Dependencies, JobContext
from dailypapers.mail.transport import MemoryTransport
from dailypapers.rendering.environment import environment
from dailypapers.settings import shipped
from dailypapers.sources.arxiv import Arxiv
from dailypapers.sources.feed import Feed
from dailypapers.sources.http.client import Http
from dailypapers.store.database import reading, writing
from dailypapers.store.ledger import ledgers
from dailypapers.subscriptions import sign_up
from dailypapers.tokens import Signer

#: For slow tests that ask for `engine` and are not about the database.
ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
MONDAY = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
GRAPHS, CELLS = "graph neural networks", "single-cell genomics"
#: Three papers a day: one for each topic, and one for nobody.
TITLES = ("Deeper Graph Neural Networks", "Faster Single-Cell Genomics", "Something About the Weather")
TIMETABLE = Timetable(dt.timedelta(minutes=30), dt.time(5, 30), "Europe/Berlin")


def feed(*titles: str) -> Answer:
    """An RSS feed with these titles."""
    items = "".join(
        f"<item><title>{title}</title><link>https://example.org/{title.replace(' ', '-')}</link>"
        f"<description>More about {title.lower()}.</description></item>"
        for title in titles
    )
    return Answer(f'<rss version="2.0"><channel><title>t</title>{items}</channel></rss>')


@dataclass
class World:
    """What a test turns."""

    dependencies: Dependencies
    tray: MemoryTransport
    routes: dict[str, Route] = field(default_factory=dict)

    def admit(self, name: str, *topics: str, now: dt.datetime = MONDAY, rhythm: Rhythm | None = None) -> None:
        """Make somebody of the cast a reader."""
        interests = tuple(Interest(InterestKind.TOPIC, topic) for topic in topics)
        preferences = Preferences(rhythm or Rhythm("UTC", 7), Amount(5), interests)
        with writing(self.dependencies.engine) as tx:
            sign_up.admit(tx, f"{name}@example.org", preferences, consent=Consent("test"), now=now)

    def announce(self, *titles: str) -> None:
        """What the feed holds from now on."""
        self.routes["/feed"] = feed(*titles)

    def job(self, now: dt.datetime = MONDAY, *, holder: str = "one", clock: Clock | None = None) -> JobContext:
        """What a scheduler's jobs run with, at a moment that stands still or by a clock."""
        return JobContext(self.dependencies, TIMETABLE, holder, clock or (lambda: now), threading.Event())

    def got(self) -> dict[str, list[str]]:
        """The mails in the tray as text, by reader."""
        found: dict[str, list[str]] = {}
        for mail in self.tray.sent:
            found.setdefault(mail.envelope.recipient.partition("@")[0], []).append(mail.content.decode())
        return found

    def reconciliations(self) -> list[str]:
        """The reconciled ledger of every edition, newest first."""
        with reading(self.dependencies.engine) as tx:
            return [ledger.reconciliation() for ledger in ledgers(tx)]


def arxiv_of(w: World, *categories: str) -> Arxiv:
    """Return arXiv, its feeds and pages, as the server of a world plays it, whose only source is a feed so far."""
    (source,) = w.dependencies.sources
    assert isinstance(source, Feed)
    base = source.url.removesuffix("/feed")
    return Arxiv(categories, base_url=base, pages_url=base)


@contextmanager
def world(engine: sa.Engine, *, outcomes: Mapping[str, Outcome] | None = None) -> Iterator[World]:
    """Set up the world on a database."""
    routes: dict[str, Route] = {"/feed": feed(*TITLES)}
    tray = MemoryTransport(dict(outcomes or {}))
    signer = Signer("https://papers.example.org", b"secret")
    sender = Sender("Daily Papers", "papers@example.org", "bounce@example.org", "papers.example.org")
    with playing_sources(routes) as base:
        dependencies = Dependencies(
            engine=engine,
            sources=[Feed("feed", f"{base}/feed")],
            make_http=lambda: Http(allow_private=True, pace=0, retries=0),
            zone="UTC",
            digest_options=DigestOptions(relevance=0.3, window_days=7, deadline=dt.timedelta(hours=20)),
            renderer=MailRenderer(
                environment(shipped("templates")), signer, sender, "https://papers.example.org/", b"secret"
            ),
            make_sender_options=lambda: SenderOptions(tray, "tester"),
        )
        yield World(dependencies, tray, routes)
