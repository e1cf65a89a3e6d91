"""How many requests the pages answer in a second, and how long the slowest of a hundred waits.

    python -m benchmarks.web [--requests 2000] [--at-once 8] [--papers 1000] [--database URL]

Each row asks one uvicorn worker in a process of its own, over real HTTP on this machine, so many requests over so many
connections that stay open; a row ends early after a minute. Beside them, in the same run and before and after the
pages, a bare route of the same framework that says hello: what no page on it can beat. The asker shares the machine.
"""

import argparse
import asyncio
import datetime as dt
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import uvicorn
from benchmarks.day import write_papers
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

from dailypapers.app import App, build
from dailypapers.domain.link import Bearer, Purpose
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.intake.close import close
from dailypapers.intake.fetch import fetch
from dailypapers.listening import listen_once
from dailypapers.settings import Settings
from dailypapers.store import subscribers
from dailypapers.store.database import migrate, reading, writing
from dailypapers.subscriptions import sign_up
from dailypapers.web.routes import web_app

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
#: A row that is slower than this is cut short, and says how many it answered.
SECONDS = 60.0
WARM = 50
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
#: What the n-th request says.
Make = Callable[[int], bytes]


@dataclass(frozen=True)
class Row:
    """A page and what is asked of it."""

    name: str
    make: Make
    expected: int = 200


@dataclass(frozen=True)
class Measured:
    """What a row took."""

    name: str
    answered: int
    seconds: float
    waits: Sequence[float]
    other: int
    """Answers with another status than the expected one."""

    def line(self) -> str:
        """The row of the table."""
        ordered = sorted(self.waits)
        middle, slow = (ordered[int(len(ordered) * part)] * 1000 for part in (0.5, 0.99))
        rate = self.answered / self.seconds
        return f"| {self.name} | {self.answered:,} | {rate:,.0f} | {middle:.1f} | {slow:.1f} | {self.other} |"


def main() -> None:
    """Measure and print the table, or be one of the servers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--papers", type=int, default=1000)
    parser.add_argument("--database", default="")
    parser.add_argument("--serve", choices=["hello", "pages"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve(hello() if asked.serve == "hello" else pages(put_together(asked.folder, asked.database)))
        return
    with tempfile.TemporaryDirectory() as name:
        run(Path(name), asked)


def run(folder: Path, asked: argparse.Namespace) -> None:
    """Fill the database, then ask every page."""
    app = put_together(folder, asked.database)
    vocabulary = fill(app, folder, asked.papers)
    readers = admit(app, asked.requests)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {machine}, {app.engine.dialect.name}")
    print(f"an edition of {asked.papers:,} papers; one worker, {asked.at_once} connections\n")
    print("| page | requests | a second | p50 ms | p99 ms | not as expected |\n|---|---|---|---|---|---|")
    greeting = Row("hello, bare FastAPI", lambda _: request("GET", "/"))
    measure("hello", [greeting], folder, asked)
    measure("pages", list(rows(app, vocabulary, readers)), folder, asked)
    measure("hello", [greeting], folder, asked)


def rows(app: App, vocabulary: list[str], readers: Sequence[Bearer]) -> Iterator[Row]:
    """Every page that is asked."""
    form_timestamp = app.signer.form_timestamp(now=NOW - dt.timedelta(minutes=1))
    topics = [" ".join(vocabulary[n % 400 : n % 400 + 2]) for n in range(5000)]

    def subscribe(n: int) -> bytes:
        fields = {"email": f"asker{n}@example.org", "form_timestamp": form_timestamp, "zone": "UTC", "topic": topics[n]}
        return request("POST", "/subscribe", urlencode(fields))

    def one_click(n: int) -> bytes:
        path = "/unsubscribe/" + app.signer.token(Purpose.UNSUBSCRIBE, readers[n], issued=NOW)
        return request("POST", path, "List-Unsubscribe=One-Click")

    yield Row("healthz", lambda _: request("GET", "/healthz"))
    yield Row("front page", lambda _: request("GET", "/"))
    yield Row("preview", lambda n: request("GET", f"/preview?{urlencode({'topic': topics[n % len(topics)]})}"))
    yield Row("subscribe", subscribe, expected=303)
    yield Row("one-click unsubscribe", one_click)


def request(method: str, path: str, body: str = "") -> bytes:
    """A request as it goes over the line."""
    more = f"{FORM}Content-Length: {len(body)}\r\n" if method == "POST" else ""
    return f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n{body}".encode()


def measure(server: str, wanted: Sequence[Row], folder: Path, asked: argparse.Namespace) -> None:
    """Start a server, ask it all rows, and print each as it is done."""
    with serving(server, folder, asked.database) as port:
        for row in wanted:
            print(asyncio.run(ask(row, port, asked.requests, asked.at_once)).line(), flush=True)


async def ask(row: Row, port: int, count: int, at_once: int) -> Measured:
    """Ask `count` requests over `at_once` connections; the first `WARM` are not counted."""
    left, waits, statuses = iter(range(count)), [], Counter[int]()
    until = time.perf_counter() + SECONDS

    async def talk() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in left:
            sent = time.perf_counter()
            if sent > until:
                break
            writer.write(row.make(number))
            statuses[await answer(reader)] += 1
            waits.append((sent, time.perf_counter()))
        writer.close()

    await asyncio.gather(*(talk() for _ in range(at_once)))
    counted = sorted(waits)[min(WARM, len(waits) // 2) :]
    seconds = max(end for _, end in counted) - counted[0][0]
    other = statuses.total() - statuses[row.expected]
    return Measured(row.name, len(counted), seconds, [end - sent for sent, end in counted], other)


async def answer(reader: asyncio.StreamReader) -> int:
    """Read one answer to its end; gives its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = head.partition("content-length:")[2].split("\r\n", 1)[0]
    await reader.readexactly(int(length))
    return int(head.split(maxsplit=2)[1])


@contextmanager
def serving(what: str, folder: Path, database: str) -> Iterator[int]:
    """A server in a process of its own; gives its port."""
    words = [sys.executable, "-m", __spec__.name, "--serve", what, "--folder", str(folder), "--database", database]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own interpreter and code
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        asyncio.run(ready(port))
        yield port
    finally:
        server.terminate()
        server.wait(30)


async def ready(port: int) -> None:
    """Wait until the server answers, half a minute at most."""
    async with asyncio.timeout(30):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request("GET", "/"))
        await answer(reader)
        writer.close()
    await asyncio.sleep(3)  # What is loaded in the background is there then.


def serve(app: FastAPI) -> None:
    """Serve on a free port, as `dailypapers serve` does, and print the port."""
    with listen_once("127.0.0.1", 0, option="--port") as listening:
        print(listening.getsockname()[1], flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False)).run([listening])


def hello() -> FastAPI:
    """The least that can be served."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/")
    def say_hello() -> PlainTextResponse:
        return PlainTextResponse("hello\n")

    return app


def pages(app: App) -> FastAPI:
    """Our pages."""
    return web_app(app.context(lambda: NOW))


def put_together(folder: Path, database: str) -> App:
    """An app over the folder's papers, with no limit on who may subscribe."""
    settings = Settings.model_validate(
        {
            "secret": "benchmark",
            "database": {"url": database or f"sqlite:///{folder}/papers.db"},
            "mail": {"from_address": "papers@example.org"},
            "subscribe": {"per_network_hour": 1_000_000, "overall_hour": 10_000_000, "check_mx": False},
            "sources": [{"kind": "file", "path": folder / "papers.jsonl"}],
        }
    )
    return build(settings)


def fill(app: App, folder: Path, papers: int) -> list[str]:
    """Close an edition of papers of random words; gives the words, the frequent ones first."""
    chance = random.Random(1)  # noqa: S311 - made-up papers, the same in every run
    vocabulary = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(4, 10))) for _ in range(4000)]
    write_papers(folder / "papers.jsonl", papers, vocabulary, chance)
    migrate(app.engine)
    fetch(app.engine, app.dependencies.sources, make_http=app.dependencies.make_http, now=NOW)
    close(app.engine, zone="UTC", now=NOW)
    return vocabulary


def admit(app: App, count: int) -> list[Bearer]:
    """Readers who will leave with one click."""
    names = [f"reader{number}@example.org" for number in range(count)]
    wishes = Preferences(Rhythm(), Amount())
    with writing(app.engine) as tx:
        for name in names:
            sign_up.admit(tx, name, wishes, consent=Consent("benchmark"), now=NOW)
    with reading(app.engine) as tx:
        found = [subscribers.by_address(tx, name) for name in names]
    return [one.bearer for one in found if one]


if __name__ == "__main__":
    main()
