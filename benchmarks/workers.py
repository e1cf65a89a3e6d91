"""How long a day takes, and how much memory, by its number of subscribers and of workers, on PostgreSQL.

    DAILYPAPERS_RECORDINGS=… python -m benchmarks.workers [--subscribers 10000 100000 1000000] [--workers 1 2 4]
        [--papers 1000] [--mails 100000] [--longest 120]

Subscribers have one to three of 20,000 topics: runs of two to four words from titles of a library of recorded papers,
which is an older edition; the day has so many of the papers after it. Each row starts from a fresh copy of the same
database. Its workers are the commands `compose` and `deliver` as anybody runs them, each in a process of its own, with
what it takes to start and load; a mail server that counts for itself, PostgreSQL and all workers share the machine.

A row ends when all is done, when the server has taken so many emails, or after so many seconds, and then says how far
it came. What was not composed in time is queued all the same, without papers and behind the others, so that delivering
and the ledger always meet as many rows as there are subscribers. How a stage grows is a straight line by least squares
through the logarithms; rows that did not end count with what all subscribers would have taken at that speed.

PostgreSQL does not wait for the disk (`fsync` is off), and is otherwise as it is installed.
"""

import argparse
import datetime as dt
import json
import logging
import math
import os
import platform
import random
import resource
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path

import sqlalchemy as sa
import structlog
from benchmarks.delivery import Count, sink_process
from benchmarks.memory import copy_deliveries
from benchmarks.scale import papers, topics
from tests.playing_postgres import can_crash, playing_postgres

from dailypapers.app import build
from dailypapers.digests.compose import compose
from dailypapers.domain.delivery import DeliveryState, Ledger
from dailypapers.domain.interest import Interest
from dailypapers.domain.paper import Paper
from dailypapers.domain.subscriber import Amount, Rhythm, SubscriberState, days_in_words
from dailypapers.intake.close import close
from dailypapers.intake.fetch import fetch
from dailypapers.settings import Settings
from dailypapers.store import editions
from dailypapers.store.database import connect, migrate, reading, writing
from dailypapers.store.ledger import ledgers
from dailypapers.store.schema import outbox

#: The library's edition is so old that nobody gets a paper of it.
LIBRARY_AGE = dt.timedelta(days=60)
#: A reader has at most so many.
TOPICS = 3
#: Seconds from one look at the processes to the next.
LOOK = 0.25
#: Seconds in which a command that is asked to stop finishes what is in flight.
PATIENCE = 60
HEADING = (
    f"{'subscribers':>11} {'workers':>7}  {'stage':<8}{'done':>10}{'seconds':>9}{'ms each':>9}{'processor s':>13}"
    f"{'of PostgreSQL':>15}{'MB largest':>12}{'MB workers':>12}{'MB PostgreSQL':>15}"
)


def main() -> None:
    """Print a row as soon as it is known, and at last how each stage grows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--subscribers", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--papers", type=int, default=1000)
    parser.add_argument("--mails", type=int, default=100_000)
    parser.add_argument("--longest", type=float, default=120)
    asked = parser.parse_args()
    # Whoever stops it has the server and the workers ended as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(playing_postgres(folder))
        if not can_crash(url):
            raise SystemExit("This needs PostgreSQL as the system installs it: initdb and pg_ctl.")
        port, taken = stack.enter_context(sink_process())
        say_machine()
        service = Service(folder, url, port, taken, asked.mails, asked.longest)
        wanted = service.prepare(asked.papers)
        print(f"\n{HEADING}", flush=True)
        rows = [row for many in sorted(asked.subscribers) for row in service.rows(many, asked.workers, wanted)]
        print_growth(rows)
        say_machine()


def say_machine() -> None:
    """Print when and where this is, and how busy."""
    now = dt.datetime.now(dt.UTC)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{now:%Y-%m-%d %H:%M} UTC, {machine}, load {os.getloadavg()[0]:.1f}", flush=True)


@dataclass(frozen=True, slots=True)
class Usage:
    """What it took to run some processes: seconds by the clock, of the processor, and megabytes."""

    seconds: float
    processor: float
    server_processor: float
    largest: float
    together: float
    server: float


@dataclass(frozen=True, slots=True)
class Row:
    """One stage with so many subscribers and workers; `done` are readers, emails, or rows of the outbox."""

    subscribers: int
    workers: int
    stage: str
    done: int
    usage: Usage
    cut_short: str = ""

    def print(self) -> None:
        """Print it."""
        usage = self.usage
        each = f"{1000 * usage.seconds / self.done:.3f}" if self.done else "none"
        print(
            f"{self.subscribers:>11,} {self.workers:>7}  {self.stage:<8}{self.done:>10,}{usage.seconds:>9.1f}"
            f"{each:>9}{usage.processor:>13.1f}{usage.server_processor:>15.1f}"
            f"{usage.largest:>12,.0f}{usage.together:>12,.0f}{usage.server:>15,.0f}"
            f"{f'  {self.cut_short}' if self.cut_short else ''}",
            flush=True,
        )

    def of_all(self, used: float) -> float:
        """Return what was used, had all subscribers been served at that speed."""
        return used * self.subscribers / max(self.done, 1)


@dataclass
class Service:
    """An installation whose database is filled further and copied for each row."""

    folder: Path
    url: str
    port: int
    taken: Count
    mails: int
    longest: float
    filled: int = 0
    copies: Iterator[int] = field(default_factory=lambda: iter(range(1, 1_000_000)))

    def prepare(self, count: int) -> list[Interest]:
        """Make the database with its papers and all that is learned of them; returns the topics readers choose from."""
        file = Path(os.environ["DAILYPAPERS_RECORDINGS"]) / "ranking" / "papers.jsonl.gz"
        library, today = papers(file, count)
        now = dt.datetime.now(dt.UTC)
        self.server_does("CREATE DATABASE filled")
        with self.took(f"fetching, closing and learning {len(library):,} and {len(today):,} papers"):
            self.announce("library.jsonl", library, now=now - LIBRARY_AGE)
            self.announce("today.jsonl", today, now=now)
        return topics(library)

    def announce(self, name: str, its_papers: Sequence[Paper], *, now: dt.datetime) -> None:
        """Fetch the papers, close their edition, and learn what they are ranked by."""
        file = self.folder / name
        file.write_text("".join(f"{json.dumps(line(paper))}\n" for paper in its_papers), "utf-8")
        source, database = {"kind": "file", "path": file}, {"url": self.address("filled")}
        settings = {"secret": "benchmark", "database": database, "sources": [source]}
        dependencies = build(Settings.model_validate(settings)).dependencies
        migrate(dependencies.engine)
        fetch(dependencies.engine, dependencies.sources, make_http=dependencies.make_http, now=now)
        close(dependencies.engine, zone="UTC", now=now)
        compose(dependencies.engine, dependencies.digest_options, now=now)
        dependencies.engine.dispose()

    def rows(self, subscribers: int, workers: Sequence[int], wanted: Sequence[Interest]) -> Iterator[Row]:
        """Measure each stage with each number of workers; each row is printed once it is known."""
        self.fill(subscribers, wanted)
        composed, digests = "", -1
        for count in workers:
            copy = self.copy_of("filled")
            row = self.compose(copy, subscribers, count)
            yield row
            # What is sent afterwards is what most were composed for.
            is_best, digests = row.done > digests, max(row.done, digests)
            self.drop(composed if is_best else copy)
            composed = copy if is_best else composed
        most = min(self.mails, self.queue_others(composed))
        delivered = ""
        for count in workers:
            self.drop(delivered)
            delivered = self.copy_of(composed)
            yield self.deliver(delivered, subscribers, count, most)
        yield self.count(delivered, subscribers)
        self.drop(composed)
        self.drop(delivered)

    def compose(self, name: str, subscribers: int, workers: int) -> Row:
        """Compose for all readers, with so many processes."""
        usage, ended = self.run(name, "compose", workers=workers)
        ledger = self.ledger(name)
        row = Row(subscribers, workers, "compose", ledger.due, usage, "" if ended else f"cut short: {self.longest:g} s")
        row.print()
        return row

    def deliver(self, name: str, subscribers: int, workers: int, most: int) -> Row:
        """Send what is queued, or about so many; the server's count must be the ledger's."""
        before, is_part = self.taken(), most < self.ledger(name).open
        enough = partial(self.has_taken, before + most) if is_part else lambda: False
        usage, ended = self.run(name, "deliver", workers=workers, until=enough)
        mails, ledger = self.taken() - before, self.ledger(name)
        cut_short = "" if ended else f"cut short: of {ledger.due:,} in the outbox"
        if mails != ledger.count(DeliveryState.ACCEPTED) or ledger.residue:
            cut_short += f" The server took {mails:,}; {ledger.reconciliation()}, residue {ledger.residue}."
        row = Row(subscribers, workers, "deliver", mails, usage, cut_short)
        row.print()
        return row

    def has_taken(self, mails: int) -> bool:
        """Whether the mail server has taken so many emails."""
        return self.taken() >= mails

    def count(self, name: str, subscribers: int) -> Row:
        """Have the ledger printed."""
        usage, _ = self.run(name, "ledger", workers=1)
        row = Row(subscribers, 1, "ledger", self.ledger(name).due, usage)
        row.print()
        return row

    def run(
        self, name: str, command: str, *, workers: int, until: Callable[[], bool] = lambda: False
    ) -> tuple[Usage, bool]:
        """Run a command in so many processes; returns what that took, and whether they ended by themselves.

        They are asked to stop once `until` is true, or after the longest time that a row may take.
        """
        log = self.folder / f"{command}.log"
        children, server = resource.getrusage(resource.RUSAGE_CHILDREN), self.server_processor()
        started = time.monotonic()
        with log.open("ab") as out:
            words = [sys.executable, "-m", "dailypapers", command]
            environment = self.environment(name)
            processes = [subprocess.Popen(words, env=environment, stdout=out, stderr=out) for _ in range(workers)]  # noqa: S603 - our own program
            try:
                memory, ended = self.watch(processes, until)
            finally:
                for process in processes:
                    process.kill()
        seconds = time.monotonic() - started
        if "Traceback" in (said := log.read_text("utf-8")):
            raise SystemExit(f"`dailypapers {command}` failed:\n{said[-3000:]}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor = after.ru_utime + after.ru_stime - children.ru_utime - children.ru_stime
        of_server = self.server_processor() - server
        return Usage(seconds, processor, of_server, max(memory.own), sum(memory.own), memory.server), ended

    def watch(self, processes: Sequence["subprocess.Popen[bytes]"], until: Callable[[], bool]) -> tuple["Memory", bool]:
        """Wait for the processes to end, or make them; returns their memory, and whether they ended by themselves."""
        memory, end, ended = Memory([0.0] * len(processes)), time.monotonic() + self.longest, True
        while any(process.poll() is None for process in processes):
            memory.look([process.pid for process in processes], self.server_processes())
            if ended and (until() or time.monotonic() > end):
                ended, end = False, time.monotonic() + PATIENCE
                for process in processes:
                    process.terminate()
            elif not ended and time.monotonic() > end:
                for process in processes:
                    process.kill()
            time.sleep(LOOK)
        return memory, ended

    def environment(self, name: str) -> dict[str, str]:
        """Return the settings, as variables."""
        settings = {
            "SECRET": "benchmark",
            "DATABASE__URL": self.address(name),
            "MAIL__HOST": "127.0.0.1",
            "MAIL__PORT": str(self.port),
            "MAIL__SECURITY": "none",
            "MAIL__FROM_ADDRESS": "papers@example.org",
            "MAIL__PROCESSES": "1",
            "SOURCES": json.dumps([{"kind": "file", "path": str(self.folder / "today.jsonl")}]),
        }
        return {**os.environ, **{f"DAILYPAPERS_{key}": value for key, value in settings.items()}}

    def fill(self, subscribers: int, wanted: Sequence[Interest]) -> None:
        """Add subscribers until there are so many, the same in every run."""
        with self.took(f"filling in {subscribers - self.filled:,} subscribers"):
            engine = connect(self.address("filled"))
            with writing(engine) as tx:
                copy_readers(tx, self.filled + 1, subscribers, wanted, most=TOPICS)
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(sa.text("VACUUM ANALYZE"))
            engine.dispose()
        self.filled = subscribers

    def queue_others(self, name: str) -> int:
        """Queue a digest without papers for whoever has none yet; returns how many have papers."""
        engine = connect(self.address(name))
        with writing(engine) as tx:
            ledger = ledgers(tx)[0]
            query = sa.select(sa.func.max(outbox.c.id)).where(outbox.c.state == DeliveryState.QUEUED.value)
            if last := tx.execute(query).scalar_one():
                editions.count_due(tx, ledger.edition, copy_deliveries(tx, last))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))
        engine.dispose()
        return ledger.open

    def ledger(self, name: str) -> Ledger:
        """Return the ledger of the day."""
        engine = connect(self.address(name))
        with reading(engine) as tx:
            newest = ledgers(tx, limit=1)[0]
        engine.dispose()
        return newest

    def copy_of(self, name: str) -> str:
        """Copy a database; returns the copy's name."""
        copy = f"copy{next(self.copies)}"
        self.server_does(f"CREATE DATABASE {copy} TEMPLATE {name} STRATEGY file_copy")
        return copy

    def drop(self, name: str) -> None:
        """Delete a database, where one is named."""
        if name:
            self.server_does(f"DROP DATABASE {name} WITH (FORCE)")

    def server_does(self, statement: str) -> None:
        """Have PostgreSQL do something outside of a transaction."""
        engine = connect(self.url)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text(statement))
        engine.dispose()

    def address(self, name: str) -> str:
        """Return the URL of a database of this server."""
        return self.url.replace("/postgres?", f"/{name}?")

    def server_processes(self) -> list[int]:
        """Return PostgreSQL's own processes, the parent first."""
        file = Path(self.url.partition("?host=")[2]) / "data" / "postmaster.pid"
        parent = int(file.read_text("ascii").split()[0])
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split()
        return [parent, *map(int, children)]

    def server_processor(self) -> float:
        """Return the seconds of the processor that PostgreSQL has used, with its processes that have ended."""
        parent, *children = self.server_processes()
        ticks = sum(stat(parent)[11:15]) + sum(sum(stat(child)[11:13]) for child in children)
        return ticks / os.sysconf("SC_CLK_TCK")

    @contextmanager
    def took(self, what: str) -> Iterator[None]:
        """Print what was done before anything is measured, and how long it took."""
        started = time.monotonic()
        yield
        print(f"{what}: {time.monotonic() - started:.0f} s", flush=True)


@dataclass
class Memory:
    """The most that processes have held, in megabytes."""

    own: list[float]
    server: float = 0

    def look(self, own: Sequence[int], server: Sequence[int]) -> None:
        """Look how much they hold; of PostgreSQL, what is each process's own, together."""
        self.own = [max(most, megabytes(pid, "VmHWM")) for most, pid in zip(self.own, own, strict=True)]
        self.server = max(self.server, sum(megabytes(pid, "RssAnon") for pid in server))


def megabytes(pid: int, what: str) -> float:
    """Return a size of a process as the kernel names it; 0 where the process has ended."""
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
        return int(next(line for line in lines if line.startswith(f"{what}:")).split()[1]) / 1000
    return 0


def stat(pid: int) -> list[int]:
    """Return the numbers of a process from its state on: [11:13] are its times, [13:15] those of ended children."""
    with suppress(OSError):
        return [0, *map(int, Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[1:])]
    return [0] * 50


def line(paper: Paper) -> dict[str, object]:
    """Return a paper as a line of a file."""
    return {
        "id": str(paper.id).removeprefix("arxiv:"),
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": [str(author) for author in paper.authors],
        "categories": [str(category) for category in paper.categories],
    }


def copy_readers(tx: sa.Connection, first: int, last: int, wanted: Sequence[Interest], *, most: int) -> None:
    """Copy active readers into the database whose digest is due, with one to so many topics each."""
    raw = tx.connection.driver_connection
    assert raw is not None
    chance = random.Random(first)  # noqa: S311 - made-up readers, the same in every run
    now, rhythm = dt.datetime.now(dt.UTC).isoformat(), Rhythm()
    state, days, papers_each = SubscriberState.ACTIVE.value, days_in_words(rhythm.days), Amount().max_papers
    names = "id, address, state, zone, hour, days, max_papers, created_at, confirmed_at, consent, link_key"
    with raw.cursor() as cursor:
        with cursor.copy(f"COPY subscribers ({names}) FROM STDIN") as rows:
            for key in range(first, last + 1):
                who = (key, f"reader{key}@example.org", state)
                rows.write_row(
                    (*who, rhythm.zone, rhythm.hour, days, papers_each, now, now, "benchmark", secrets.token_hex(16))
                )
        with cursor.copy("COPY interests (subscriber_id, kind, stance, text) FROM STDIN") as rows:
            for key in range(first, last + 1):
                for each in {*chance.choices(wanted, k=chance.randint(1, most))}:
                    rows.write_row((key, each.kind.value, each.stance.value, each.text))


def print_growth(rows: Sequence[Row]) -> None:
    """Print the exponent by which seconds, processor time and memory grow with the subscribers."""
    print(f"\n{'grows with subscribers by the power':<37}{'seconds':>9}{'processor s':>13}{'MB largest':>12}")
    stages = sorted((row for row in rows if row.done), key=lambda row: (row.stage, row.workers))
    for (stage, workers), group in groupby(stages, key=lambda row: (row.stage, row.workers)):
        of_stage = list(group)
        if len(of_stage) > 1:
            seconds = exponent([(row.subscribers, row.of_all(row.usage.seconds)) for row in of_stage])
            used = [(row, row.usage.processor + row.usage.server_processor) for row in of_stage]
            processor = exponent([(row.subscribers, row.of_all(processor)) for row, processor in used])
            memory = exponent([(row.subscribers, row.usage.largest) for row in of_stage])
            print(f"{stage:<10}{workers:>4} workers{'':<15}{seconds:>9.2f}{processor:>13.2f}{memory:>12.2f}")


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """Return the slope of the straight line through the logarithms, by least squares."""
    return statistics.linear_regression(*zip(*((math.log(x), math.log(y)) for x, y in points), strict=True)).slope


if __name__ == "__main__":
    main()
