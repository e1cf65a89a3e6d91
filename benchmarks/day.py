"""How long a whole day takes: papers fetched, an edition closed, digests composed and delivered over real SMTP.

    python benchmarks/day.py [--papers 1000] [--readers 1000] [--database URL] [--with groups figures summaries]

Prints a row per step, in seconds and in seconds of the service's processor time, with the machine and the date: first
what is done before digests are due (papers fetched, the edition closed, summaries and figures asked for), then what is
done at their hour, each with its sum. What the ranking learns is counted to the hour, though `serve` learns it before,
so that days with and without extras can be compared.

The papers are made of random words, the catching server runs in a process of its own, and every digest is rendered,
sent and kept. With `--with`, each tenth reader is in a group of ten, every reader sees figures, or a language model
sums papers up: pictures and sentences come from one more process. They are asked for in a process of its own, so that
composing finds nothing read or made already. Linear algebra has one thread, and garbage is collected as seldom, as in
the commands.
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
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa
from threadpoolctl import threadpool_limits

from dailypapers.app import App, build
from dailypapers.delivery.companions import Companions
from dailypapers.delivery.deliver import deliver_once, sending_early
from dailypapers.digests.choose import DigestOptions
from dailypapers.digests.compose import compose, count_due
from dailypapers.digests.enrich import enrich
from dailypapers.digests.figures import MAX_BYTES, FigureOptions
from dailypapers.digests.group_digest import compose_groups
from dailypapers.digests.summarise import SummaryOptions
from dailypapers.domain.group import Role, Terms
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, Style
from dailypapers.domain.summary import Budget
from dailypapers.intake.close import close
from dailypapers.intake.fetch import fetch
from dailypapers.library.gc_freeze import collect_less_often
from dailypapers.library.learn import learn
from dailypapers.settings import Settings
from dailypapers.sources.http.client import Http
from dailypapers.store import editions
from dailypapers.store import groups as reading_groups
from dailypapers.store.database import groups, migrate, reading, writing
from dailypapers.store.ledger import ledgers
from dailypapers.subscriptions import sign_up

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
WORDS = 4000
#: One reader in so many is in a group, and so many are in one.
GROUPED, MEMBERS = 10, 10
#: What readers may have besides, none of which comes by itself.
EXTRAS = ("groups", "figures", "summaries")
_MODEL_AND_FIGURES = """
import io, json, random
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from PIL import Image, ImageDraw
picture, file, chance = Image.new("RGB", (1200, 800), "white"), io.BytesIO(), random.Random(1)
drawn = ImageDraw.Draw(picture)
for curve in range(6):
    color = tuple(chance.randrange(200) for _ in range(3))
    heights = [720 - 600 * min(1, (place / 60) ** (0.3 + 0.2 * curve) + chance.gauss(0, 0.02)) for place in range(61)]
    drawn.line([(60 + 18 * place, height) for place, height in enumerate(heights)], color, 5)
    drawn.text((900, 600 + 20 * curve), f"method {curve}, error of ten runs", "black")
picture.save(file, "PNG")
class Handler(BaseHTTPRequestHandler):
    protocol_version, disable_nagle_algorithm = "HTTP/1.1", True
    def do_GET(self):
        page = b'<figure class="ltx_figure"><img src="x1.png"></figure>'
        self.answer(file.getvalue() if self.path.endswith(".png") else page)
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        words = asked["messages"][1]["content"].split()[1:15]
        said = {"choices": [{"message": {"content": " ".join(words) + "."}}], "usage": {"total_tokens": 300}}
        self.answer(json.dumps(said).encode())
    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
import threading
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
import sys
sys.stdin.read()
"""
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
    parser.add_argument("--with", dest="extras", nargs="*", choices=EXTRAS, default=[])
    asked = parser.parse_args()
    collect_less_often()
    with tempfile.TemporaryDirectory() as name:
        run(Path(name), asked.papers, asked.readers, database=asked.database, extras=asked.extras)


def run(folder: Path, papers: int, readers: int, *, database: str, extras: Collection[str]) -> None:
    """One day in a folder of its own."""
    chance = random.Random(1)  # noqa: S311 - made-up papers, the same in every run
    vocabulary = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(4, 10))) for _ in range(WORDS)]
    write_papers(folder / "papers.jsonl", papers, vocabulary, chance)
    with serving(_SERVER, str(folder / "mails")) as port, serving(_MODEL_AND_FIGURES) as other_port:
        app = put_together(folder, port, database)
        admit(app, readers, vocabulary, chance, style=Style(figures="figures" in extras))
        if "groups" in extras:
            group(app, readers, vocabulary, chance)
        options = with_model_and_figures(app.dependencies.digest_options, f"http://127.0.0.1:{other_port}", extras)
        with threadpool_limits(1):
            taken = steps(app, options)
        report(folder, papers, readers, taken, app)


@contextmanager
def serving(script: str, *arguments: str) -> Iterator[int]:
    """Run a server in a process of its own; gives its port."""
    server = subprocess.Popen(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", script, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        yield int(server.stdout.readline())
    finally:
        server.stdin.close()
        server.wait(30)


def with_model_and_figures(options: DigestOptions, url: str, extras: Collection[str]) -> DigestOptions:
    """Return how digests are made with summaries and figures from that server, without a pause between papers."""
    model = SummaryOptions(f"{url}/v1", "a-model", follows_readers=True, budget=Budget(10**9, 10**6))
    figures = FigureOptions(lambda: Http(allow_private=True, pace=0, max_bytes=MAX_BYTES), arxiv_url=url)
    return replace(
        options,
        summaries=model if "summaries" in extras else None,
        figures=figures if "figures" in extras else None,
    )


def group(app: App, readers: int, vocabulary: list[str], chance: random.Random) -> None:
    """Groups of readers who show their names and pool their votes."""
    with writing(app.engine) as tx:
        for first in range(1, readers // GROUPED + 1, MEMBERS):
            topics = [" ".join(chance.choices(vocabulary[:400], k=2)) for _ in range(2)]
            number = reading_groups.add(tx, f"Group {first}", topics, Rhythm(), now=NOW - dt.timedelta(days=1))
            for reader in range(first, first + MEMBERS):
                terms = Terms(f"Reader {reader}", shows_name=True, pools_votes=True)
                reading_groups.invite(tx, number, reader, role=Role.MEMBER, now=NOW)
                reading_groups.join(tx, number, reader, terms, now=NOW)


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


def admit(app: App, readers: int, vocabulary: list[str], chance: random.Random, *, style: Style) -> None:
    """Readers with one to three topics of two words each."""
    for group in groups(range(readers), size=1000):
        with writing(app.engine) as tx:
            for number in group:
                topics = [" ".join(chance.choices(vocabulary[:400], k=2)) for _ in range(chance.randint(1, 3))]
                interests = tuple(Interest(InterestKind.TOPIC, topic) for topic in topics)
                wanted = Preferences(Rhythm(), Amount(), interests, style)
                sign_up.admit(tx, f"reader{number}@example.org", wanted, consent=Consent("benchmark"), now=NOW)


#: Steps that are done before digests are due.
BEFORE = ("fetch", "close", "enrich")


def steps(app: App, options: DigestOptions) -> list[tuple[str, float, float]]:
    """Seconds of each step, and those of this process's processor time."""
    dependencies, engine, cache = app.dependencies, app.engine, options.cache(app.engine)
    sending, stop, early = dependencies.sending, threading.Event(), ExitStack()

    def begin() -> None:
        with reading(engine) as tx:
            edition = editions.newest(tx)
        assert edition
        readers = count_due(engine, edition, now=NOW)
        # As `day` has it: what the ranking learns is learned by the first who composes.
        helping.append(early.enter_context(sending_early(sending, readers, clock=lambda: NOW, stop=stop)))
        learn(engine, edition.id, now=NOW)

    def deliver() -> None:
        with early:
            deliver_once(sending, clock=lambda: NOW, early=helping[0])

    helping: list[Companions | None] = []
    jobs: list[tuple[str, Callable[[], object]]] = [
        ("fetch", lambda: fetch(engine, dependencies.sources, make_http=dependencies.make_http, now=NOW)),
        ("close", lambda: close(engine, zone="UTC", now=NOW)),
        ("enrich", lambda: apart(engine, lambda: enrich(engine, options, zone="UTC", now=NOW))),
        ("learn", begin),
        ("compose", lambda: compose(engine, options, now=NOW, cache=cache)),
        ("groups", lambda: compose_groups(engine, options, now=NOW, cache=cache)),
        ("deliver", deliver),
    ]
    taken = []
    for name, job in jobs:
        started, worked = time.perf_counter(), processor_time()
        job()
        taken.append((name, time.perf_counter() - started, processor_time() - worked))
    return taken


def processor_time() -> float:
    """Seconds of this process, and of those it has waited for."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def apart(engine: sa.Engine, job: Callable[[], object]) -> None:
    """Do a job in a process that begins as this one is."""
    engine.dispose()
    child = os.fork()
    if not child:
        try:
            job()
        except BaseException:  # noqa: BLE001 - whatever it was, the copy ends here
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        sys.exit("What is done apart has failed.")


def report(folder: Path, papers: int, readers: int, taken: list[tuple[str, float, float]], app: App) -> None:
    """Print the table, the books and the machine."""
    with reading(app.engine) as tx:
        ledger = ledgers(tx)[0]
    mails = sum(1 for _ in (folder / "mails").glob("*.eml"))
    kept = sum(path.stat().st_size for path in (folder / "mails").glob("*.eml"))
    print(f"dailypapers, one day: {papers} papers, {readers} readers, {app.engine.dialect.name}")
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {machine}")
    before = [step for step in taken if step[0] in BEFORE]
    at_the_hour = [step for step in taken if step not in before]
    for part, together in ((before, "before"), (at_the_hour, "the hour")):
        whole = (together, sum(seconds for _, seconds, _ in part), sum(worked for _, _, worked in part))
        for name, seconds, worked in [*part, whole]:
            print(f"{name:>8} {seconds:8.2f} s {worked:8.2f} s of the processor")
    print(f"{mails} mails kept by the server, {kept / max(mails, 1) / 1000:.1f} KB each; {ledger.reconciliation()}")


if __name__ == "__main__":
    main()
