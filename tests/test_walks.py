"""The walks of docs/architecture.md are walked: each step is taken, and for the first time after those before it."""

import datetime as dt
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import unwrap
from pathlib import Path
from types import CodeType, FrameType

from tests.delivery.queued import claimed
from tests.delivery.test_recovery import GONE, register
from tests.playing_arxiv import arxiv_feed
from tests.playing_smtp import Script, Server, playing_smtp
from tests.playing_sources import playing_sources
from tests.test_docs import ARCHITECTURE, STEP, resolved

from dailypapers.app import App, build
from dailypapers.digests.compose import compose
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.source import Announcement
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.intake.close import close as close_edition
from dailypapers.jobs.day import day
from dailypapers.settings import Settings
from dailypapers.store import papers
from dailypapers.store.database import close, reading, writing
from dailypapers.store.ledger import ledgers
from dailypapers.subscriptions import sign_up

NOW = dt.datetime(2026, 4, 20, 8, tzinfo=dt.UTC)
WALKS = {
    part.partition("\n")[0]: STEP.findall(part) for part in ARCHITECTURE.split("\n## ") if part.startswith("From ")
}


def first_calls(names: list[str], work: Callable[[], object]) -> list[str]:
    """Return which of these functions are called, in any thread, in the order of their first calls."""
    codes: dict[CodeType, str] = {unwrap(resolved(name)).__code__: name for name in names}  # type: ignore[arg-type]
    called: dict[str, None] = {}

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in codes:
            called.setdefault(codes[frame.f_code])

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return list(called)


@contextmanager
def service(database: Path, server: Server) -> Iterator[App]:
    """A service with a small arXiv as its only source, and a reader of it."""
    with playing_sources({"/rss/cs.LG": arxiv_feed("2604.20001", "2604.20002")}) as base:
        address = {"host": server.host, "port": server.port}
        settings = {
            "secret": "a secret for tests",
            "service": {"allow_local_sources": True, "zone": "UTC"},
            "database": {"url": f"sqlite:///{database}"},
            "mail": {**address, "security": "none", "from_address": "papers@example.org"},
            "sources": [{"kind": "arxiv", "url": base, "categories": ["cs.LG"]}],
        }
        app = build(Settings.model_validate(settings))
        preferences = Preferences(Rhythm("UTC", 7), Amount(5), (Interest(InterestKind.TOPIC, "paper"),))
        with writing(app.engine) as tx:
            sign_up.admit(tx, "ann@example.org", preferences, consent=Consent("test"), now=NOW)
        try:
            yield app
        finally:
            close(app.engine)


def reconciled(app: App) -> list[str]:
    with reading(app.engine) as tx:
        return [ledger.reconciliation() for ledger in ledgers(tx)]


def test_from_a_feeds_bytes_to_a_line_in_an_email(migrated: Path) -> None:
    steps = WALKS["From a feed's bytes to a line in an email"]
    with playing_smtp(Script()) as server, service(migrated, server) as app:
        assert first_calls(steps, lambda: day(app.dependencies, clock=lambda: NOW)) == steps
        assert b"Paper 2604.20001" in server.received[0][1]


def test_from_a_refusal_to_the_ledger(migrated: Path) -> None:
    steps = WALKS["From a refusal to the ledger"]
    script = Script({("ann", "rcpt"): "550 5.1.1 no such user"})
    with playing_smtp(script) as server, service(migrated, server) as app:

        def work() -> None:
            day(app.dependencies, clock=lambda: NOW)
            assert "1 due = 0 accepted + 1 failed" in reconciled(app)[0]

        assert first_calls(steps, work) == steps


def test_from_a_kill_to_the_ledger(migrated: Path) -> None:
    steps = WALKS["From a kill to the ledger"]
    with playing_smtp(Script()) as server, service(migrated, server) as app:
        paper = Paper(PaperId("arxiv", "2604.20003"), "A paper", "More about it.", (), ("cs.LG",))
        with writing(app.engine) as tx:
            papers.add(tx, [Announcement(paper, "arxiv", NOW.date())], now=NOW)
        close_edition(app.engine, zone="UTC", now=NOW)
        compose(app.engine, app.dependencies.digest_options, now=NOW)
        register(app.engine, "killed", GONE)
        assert len(claimed(app.engine, "killed", 1, handed_over=1)) == 1

        def work() -> None:
            day(app.dependencies, clock=lambda: NOW)
            assert "1 due = 1 accepted + 0 failed" in reconciled(app)[0]

        assert first_calls(steps, work) == steps
