"""The demo: one whole day, offline, with everything real but the world.

Sample papers are served by a web server on this machine and fetched through the real sources; the digests leave over
real SMTP to the catching server. Run again in the same folder, it sends nothing twice.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from dailypapers.app import App, build
from dailypapers.assembly.secret import make_secret
from dailypapers.catcher.pages import write_pages
from dailypapers.catcher.server import Catcher, Caught
from dailypapers.demo import feeds as demo_feeds
from dailypapers.digests.render_input import load_inputs
from dailypapers.domain.delivery import Delivery, Ledger
from dailypapers.domain.subscriber import Consent
from dailypapers.errors import BadInput
from dailypapers.jobs.day import Day, Progress, day
from dailypapers.rendering.environment import in_words
from dailypapers.settings import Settings, shipped
from dailypapers.store import history, subscribers
from dailypapers.store.database import close, migrate, reading, writing
from dailypapers.store.ledger import ledgers
from dailypapers.subscriptions.import_ import read, take_in

#: A Monday noon, the same in every run, so that a second run is the same day.
NOON = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
#: Where its pages are served, unless another port is chosen.
PORT = 8000
#: Below the demo's folder, what readers got.
MAILS = "mails"


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
    """What the day did, what everybody got, the ledger, and where to look."""

    day: Day
    shown: tuple[Shown, ...]
    ledger: Ledger
    index: Path


def demo(folder: Path, *, port: int = PORT, progress: Progress | None = None) -> Demo:
    """Run the demo day in `folder`, which keeps the database and the mails; links in them lead to `port`."""
    with opened(folder, port=port) as app:
        done = day(app.dependencies, clock=lambda: NOON, progress=progress)
        mails = folder / MAILS
        caught = write_pages(mails, app.dependencies.renderer.templates)
        with reading(app.engine) as tx:
            deliveries = history.of_edition(tx, done.edition.id)
            ledger = next(book for book in ledgers(tx) if book.edition == done.edition.id)
        return Demo(done, tuple(_shown(app, deliveries, caught)), ledger, mails / "index.html")


@contextmanager
def opened(folder: Path, *, port: int = PORT) -> Iterator[App]:
    """Yield the demo's world while it lasts: sample sources and readers, a mail server that keeps what it gets."""
    mails = folder / MAILS
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mails.mkdir(exist_ok=True)
    with _sample_sources() as base, Catcher(mails, "127.0.0.1", 0) as catcher:
        app = _app(folder, base, catcher.port, f"http://localhost:{port}")
        try:
            _admit_samples(app)
            yield app
        finally:
            close(app.engine)


def _app(folder: Path, base: str, smtp_port: int, home: str) -> App:
    feeds = [{"kind": "feed", "name": name, "url": f"{base}/feeds/{name}.xml"} for name in demo_feeds.FEEDS]
    settings = Settings.model_validate(
        {
            "service": {"base_url": home, "secret_file": folder / "dailypapers.secret", "allow_local_sources": True},
            "database": {"url": f"sqlite:///{folder.resolve() / 'dailypapers.db'}"},
            "mail": {"host": "127.0.0.1", "port": smtp_port, "security": "none", "from_address": "papers@example.org"},
            # Its readers' domains are examples, and it needs no network.
            "subscribe": {"check_mx": False},
            "sources": [*feeds, {"kind": "huggingface", "url": base}],
        }
    )
    make_secret(settings)
    app = build(settings)
    migrate(app.engine)
    return app


def _admit_samples(app: App) -> None:
    lines, skipped = read(shipped("demo") / "subscribers.jsonl")
    if skipped:
        raise BadInput(f"{skipped[0].where}: {skipped[0].why}")
    with writing(app.engine) as tx:
        for line in lines:
            if subscribers.by_address(tx, line.address) is None:
                take_in(tx, line, defaults=app.defaults, consent=Consent("demo"), now=NOON)


def _shown(app: App, deliveries: Sequence[Delivery], caught: Sequence[Caught]) -> Iterator[Shown]:
    """Put together what each subscriber got: from the outbox what was picked, from the server what arrived."""
    arrived = {mail.recipient: mail for mail in caught}
    with reading(app.engine) as tx:
        sheets = load_inputs(tx, deliveries)
    for sheet in sheets:
        mail = arrived.get(sheet.delivery.address)
        entries = sheet.digest.entries if sheet.digest else ()
        yield Shown(
            delivery=sheet.delivery,
            subject=mail.subject if mail else "",
            picks=len(entries),
            top=entries[0].paper.title if entries else "",
            why=in_words(entries[0].reason) if entries else sheet.delivery.detail,
            size=mail.size if mail else 0,
        )


@contextmanager
def _sample_sources() -> Iterator[str]:
    """Serve the sample papers on this machine, the way the real sources serve theirs; gives the address."""
    samples = demo_feeds.load(shipped("demo") / "papers.jsonl")
    day = NOON.date()
    answers = {f"/feeds/{name}.xml": demo_feeds.rss(samples, feed=name, day=day) for name in demo_feeds.FEEDS}
    answers[f"/api/daily_papers?date={day}&limit=100"] = demo_feeds.daily_papers(samples, day=day)

    class Answers(BaseHTTPRequestHandler):
        """Answers what was asked from `answers`; other days' lists are empty."""

        def do_GET(self) -> None:
            content = answers.get(self.path, b"[]")
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
