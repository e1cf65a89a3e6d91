"""How long a whole day takes: papers fetched, an edition closed, digests composed and delivered over real SMTP.

    python benchmarks/day.py [--papers 1000] [--readers 1000] [--database URL]

Prints a row per step with the machine and the date. The papers are made of random words, the catching server runs in
a process of its own, and every digest is rendered, sent and kept.
"""

import argparse
import datetime as dt
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from dailypapers.app import App, build
from dailypapers.delivery.deliver import deliver_once
from dailypapers.digests.compose import compose
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.intake.close import close
from dailypapers.intake.fetch import fetch
from dailypapers.settings import Settings
from dailypapers.store.database import groups, migrate, reading, writing
from dailypapers.store.ledger import ledgers
from dailypapers.subscriptions import sign_up

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
WORDS = 4000
_SERVER = """
import sys, time
from pathlib import Path
from dailypapers.catcher.server import Catcher
with Catcher(Path(sys.argv[1])) as catcher:
    print(catcher.port, flush=True)
    sys.stdin.read()
"""


def main() -> None:
    """Run the day and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--papers", type=int, default=1000)
    parser.add_argument("--readers", type=int, default=1000)
    parser.add_argument("--database", default="")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        run(Path(name), asked.papers, asked.readers, database=asked.database)


def run(folder: Path, papers: int, readers: int, *, database: str) -> None:
    """One day in a folder of its own."""
    chance = random.Random(1)  # noqa: S311 - made-up papers, the same in every run
    vocabulary = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(4, 10))) for _ in range(WORDS)]
    write_papers(folder / "papers.jsonl", papers, vocabulary, chance)
    server = subprocess.Popen(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", _SERVER, str(folder / "mails")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        app = put_together(folder, int(server.stdout.readline()), database)
        admit(app, readers, vocabulary, chance)
        report(folder, papers, readers, steps(app), app)
    finally:
        assert server.stdin is not None
        server.stdin.close()
        server.wait(30)


def write_papers(file: Path, count: int, vocabulary: list[str], chance: random.Random) -> None:
    """Papers with titles of eight words and abstracts of 150; few words are frequent, most are rare."""
    weights = [1 / (rank + 10) for rank in range(len(vocabulary))]
    with file.open("w") as out:
        for number in range(count):
            words = chance.choices(vocabulary, weights, k=158)
            paper = {
                "id": f"2604.{number:05d}",
                "title": " ".join(words[:8]),
                "abstract": " ".join(words[8:]),
                "authors": ["Ann Lee", "Bo Chen"],
                "categories": ["cs.LG"],
            }
            out.write(json.dumps(paper) + "\n")


def put_together(folder: Path, port: int, database: str) -> App:
    """An app that sends to the catching server."""
    settings = Settings.model_validate(
        {
            "secret": "benchmark",
            "database": {"url": database or f"sqlite:///{folder}/papers.db"},
            "mail": {"host": "127.0.0.1", "port": port, "security": "none", "from_address": "papers@example.org"},
            "sources": [{"kind": "file", "path": folder / "papers.jsonl"}],
        }
    )
    app = build(settings)
    migrate(app.engine)
    return app


def admit(app: App, readers: int, vocabulary: list[str], chance: random.Random) -> None:
    """Readers with one to three topics of two words each."""
    for group in groups(range(readers), size=1000):
        with writing(app.engine) as tx:
            for number in group:
                topics = [" ".join(chance.choices(vocabulary[:400], k=2)) for _ in range(chance.randint(1, 3))]
                interests = tuple(Interest(InterestKind.TOPIC, topic) for topic in topics)
                wishes = Preferences(Rhythm(), Amount(), interests)
                sign_up.admit(tx, f"reader{number}@example.org", wishes, consent=Consent("benchmark"), now=NOW)


def steps(app: App) -> list[tuple[str, float]]:
    """Seconds of each step."""
    dependencies = app.dependencies
    jobs: list[tuple[str, Callable[[], object]]] = [
        ("fetch", lambda: fetch(dependencies.engine, dependencies.sources, make_http=dependencies.make_http, now=NOW)),
        ("close", lambda: close(dependencies.engine, zone="UTC", now=NOW)),
        ("compose", lambda: compose(dependencies.engine, dependencies.digest_options, now=NOW)),
        ("deliver", lambda: deliver_once(dependencies.sending, clock=lambda: NOW)),
    ]
    taken = []
    for name, job in jobs:
        started = time.perf_counter()
        job()
        taken.append((name, time.perf_counter() - started))
    return taken


def report(folder: Path, papers: int, readers: int, taken: list[tuple[str, float]], app: App) -> None:
    """Print the table, the books and the machine."""
    with reading(app.engine) as tx:
        ledger = ledgers(tx)[0]
    mails = sum(1 for _ in (folder / "mails").glob("*.eml"))
    kept = sum(path.stat().st_size for path in (folder / "mails").glob("*.eml"))
    print(f"dailypapers, one day: {papers} papers, {readers} readers, {app.engine.dialect.name}")
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {machine}")
    for name, seconds in [*taken, ("in all", sum(seconds for _, seconds in taken))]:
        print(f"{name:>8} {seconds:8.2f} s")
    print(f"{mails} mails kept by the server, {kept / max(mails, 1) / 1000:.1f} KB each; {ledger.reconciliation()}")


if __name__ == "__main__":
    main()
