"""A day on several machines, one worker killed and one machine cut off: everybody gets one digest, or it shows.

    python -m benchmarks.machines [--readers 5000] [--papers 300] [--workers 4] [--kills 0] [--seed 1] [--longest 1800]

The database and a mail server, which counts for itself, are one machine. Half of the workers, and a scheduler, run on
each of two others: network namespaces with names of their own, made here and removed again (root, and Linux). Where
they cannot be had, the workers run beside each other, and those to be cut off are stopped in their tracks instead. A
worker is killed when a quarter of the emails has arrived; at half the second machine is cut off, until all else is done
or for two minutes. With `--kills`, workers, schedulers and the database server are killed at random instead, so many
times, and started again.
"""

import argparse
import datetime as dt
import itertools
import json
import os
import platform
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.day import put_together, write_papers
from benchmarks.workers import copy_readers
from tests.playing_postgres import crash, playing_postgres, restart
from tests.smtp_sink import Sink, smtp_sink

from dailypapers.app import App
from dailypapers.domain.delivery import DeliveryState
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.store.database import connect, reading, writing
from dailypapers.store.ledger import ledgers

#: The address of the machine with the database and the mail server, and the two others' networks.
HOME, HOSTS = "10.77.0.1", ("10.77.1", "10.77.2")
KILL_AT, CUT_AT, CUT_FOR = 0.25, 0.5, 120
#: Seconds from one look at the mail server's count to the next, and at the ledger, which counts all rows.
LOOK, LOOK_AT_LEDGER = 0.25, 2.0
#: It is told how far the emails are whenever one more of so many parts has arrived.
PARTS = 10
#: Of so many kills so many hit a worker, a scheduler and the database server; seconds from one to the next.
VICTIMS, BETWEEN = {"work": 7, "schedule": 2, "database": 1}, (0.3, 2.0)
WORDS = 4000


def main() -> None:
    """Run the day and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--readers", type=int, default=5000)
    parser.add_argument("--papers", type=int, default=300)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest", type=float, default=1800)
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        hosts = stack.enter_context(machines())
        sink = stack.enter_context(smtp_sink(host="0.0.0.0" if hosts else "127.0.0.1"))  # noqa: S104 - to our own
        sink.contents = Arrived()
        url = stack.enter_context(playing_postgres(folder, listen=HOME if hosts else ""))
        prepare(folder, url, asked.readers, asked.papers)
        run = Run(folder, url, sink, hosts, asked.readers, asked.workers, asked.longest)
        run.day(asked.kills, random.Random(asked.seed))  # noqa: S311 - whom it hits, not a secret
        report(run, url)


class Arrived(dict[str, bytes]):
    """Keeps the Message-IDs of what has arrived, and when; not the emails."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: dict[str, set[bytes]] = {}
        self.moments: list[float] = []

    def __setitem__(self, who: str, content: bytes) -> None:
        found = re.search(rb"(?im)^Message-ID: (.*?)\r$", content)
        self.ids.setdefault(who, set()).add(found[1] if found else b"")
        self.moments.append(time.monotonic())


@contextmanager
def machines() -> Iterator[list[str]]:
    """Two machines that reach this one, by name; none where they cannot be had."""
    names = [f"papers{number}" for number in (1, 2)]
    try:
        ip("address", "add", f"{HOME}/32", "dev", "lo")
        for name, network in zip(names, HOSTS, strict=True):
            add_machine(name, network)
    except (OSError, subprocess.CalledProcessError):
        remove(names)
        yield []
        return
    try:
        yield names
    finally:
        remove(names)


def add_machine(name: str, network: str) -> None:
    """Make a namespace, and the cable to it."""
    ip("netns", "add", name)
    ip("link", "add", f"{name}a", "type", "veth", "peer", "name", f"{name}b", "netns", name)
    ip("address", "add", f"{network}.1/24", "dev", f"{name}a")
    ip("link", "set", f"{name}a", "up")
    for words in (
        ("link", "set", "lo", "up"),
        ("address", "add", f"{network}.2/24", "dev", f"{name}b"),
        ("link", "set", f"{name}b", "up"),
        ("route", "add", "default", "via", f"{network}.1"),
    ):
        ip("-n", name, *words)


def remove(names: list[str]) -> None:
    """Take down what was made."""
    with suppress(OSError):
        for words in (*(("netns", "delete", name) for name in names), ("address", "del", f"{HOME}/32", "dev", "lo")):
            subprocess.run(("ip", *words), check=False, stderr=subprocess.DEVNULL)  # noqa: S603, S607 - the system's


def ip(*words: str) -> None:
    """Run the system's `ip`."""
    subprocess.run(("ip", *words), check=True, stderr=subprocess.DEVNULL)  # noqa: S603, S607 - the system's


def prepare(folder: Path, url: str, readers: int, papers: int) -> None:
    """Make the papers, the readers, and the database they are in."""
    chance = random.Random(1)  # noqa: S311 - made-up papers, the same in every run
    vocabulary = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(4, 10))) for _ in range(WORDS)]
    write_papers(folder / "papers.jsonl", papers, vocabulary, chance)
    titles = [json.loads(line)["title"].split() for line in (folder / "papers.jsonl").open(encoding="utf-8")]
    admit(put_together(folder, 25, url), readers, titles)


def admit(app: App, readers: int, titles: list[list[str]]) -> None:
    """Admit readers whose topic is two words of a title, so that there is something for each."""
    wanted = [Interest(InterestKind.TOPIC, " ".join(title[2:4])) for title in titles]
    with writing(app.engine) as tx:
        copy_readers(tx, 1, readers, wanted, most=1)


def utc_now() -> dt.datetime:
    """Return what time it is."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Part:
    """A part that runs on a machine."""

    place: str
    name: str
    process: subprocess.Popen[bytes]


@dataclass
class Run:
    """A day under way."""

    folder: Path
    url: str
    sink: Sink
    hosts: list[str]
    readers: int
    workers: int
    longest: float
    parts: list[Part] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    began: float = 0
    told: int = 0

    def day(self, kills: int, chance: random.Random) -> None:
        """Start everything, kill and cut, and wait until the ledger says that all is done."""
        self.began = time.monotonic()
        places = self.hosts or ["", ""]
        for place in places:
            self.start(place, "schedule")
        for number in range(self.workers):
            self.start(places[number % 2], "work")
        try:
            if kills:
                self.kill_at_random(kills, chance)
            else:
                self.wait_for(KILL_AT)
                self.kill([part for part in self.parts if part.place == places[0]][-1])
                self.wait_for(CUT_AT)
                self.cut_and_mend(places[1])
            is_done = self.wait_until(self.is_done, self.longest, look=LOOK_AT_LEDGER)
            self.note("all is done" if is_done else "this is not done, and is given up")
        finally:
            self.stop()

    def start(self, place: str, part: str) -> None:
        """Start a part on a machine."""
        named = ["unshare", "--uts", "sh", "-c", 'hostname "$0" && exec "$@"', place]
        inside = ["ip", "netns", "exec", place, *named] if place else []
        log = (self.folder / f"{part}-{place}.log").open("ab")
        process = subprocess.Popen(  # noqa: S603 - our own program
            [*inside, sys.executable, "-m", "dailypapers", part], env=self.environment(), stdout=log, stderr=log
        )
        self.parts.append(Part(place, part, process))

    def environment(self) -> dict[str, str]:
        """Return the settings, as variables."""
        sources = json.dumps([{"kind": "file", "path": str(self.folder / "papers.jsonl")}])
        settings = {
            "SECRET": "benchmark",
            "DATABASE__URL": f"postgresql://papers@{HOME}/postgres" if self.hosts else self.url,
            "MAIL__HOST": HOME if self.hosts else "127.0.0.1",
            "MAIL__PORT": str(self.sink.port),
            "MAIL__SECURITY": "none",
            "MAIL__FROM_ADDRESS": "papers@example.org",
            "MAIL__PROCESSES": "1",
            "SCHEDULE__CLOSE_AT": "00:00",
            "SOURCES": sources,
        }
        return {**os.environ, **{f"DAILYPAPERS_{name}": value for name, value in settings.items()}}

    def wait_for(self, share: float) -> None:
        """Wait until a share of the emails has arrived."""
        self.wait_until(lambda: len(self.sink.taken) >= share * self.readers, self.longest)

    def wait_until(self, happens: Callable[[], bool], seconds: float, *, look: float = LOOK) -> bool:
        """Wait for something, and say how far the emails are meanwhile; tells whether it happened in time."""
        until = time.monotonic() + seconds
        while not (happened := happens()) and time.monotonic() < until:
            self.say_progress()
            time.sleep(look)
        return happened

    def say_progress(self) -> None:
        """Note that another part of the emails has arrived."""
        if (part := PARTS * len(self.sink.taken) // self.readers) > self.told:
            self.told = part
            self.note(f"{100 * part // PARTS} % have theirs")

    def kill(self, part: Part) -> None:
        """Kill a part."""
        part.process.kill()
        part.process.wait()
        self.parts.remove(part)
        self.kills[part.name] += 1
        self.note(f"{part.name} is killed")

    def kill_at_random(self, kills: int, chance: random.Random) -> None:
        """Kill parts and the database server, so many times or until all is done, and start them again."""
        self.wait_for(1 / self.readers)
        while self.kills.total() < kills and not self.is_done():
            time.sleep(chance.uniform(*BETWEEN))
            (victim,) = chance.choices([*VICTIMS], [*VICTIMS.values()])
            if victim == "database":
                self.crash_database()
            else:
                part = chance.choice([part for part in self.parts if part.name == victim])
                self.kill(part)
                self.start(part.place, part.name)

    def crash_database(self) -> None:
        """Have the database server end at once, and start it again."""
        crash(self.url)
        self.kills["database"] += 1
        self.note("the database server is killed")
        restart(self.url, listen=HOME if self.hosts else "")

    def cut_and_mend(self, place: str) -> None:
        """Cut a machine off; it comes back after a while, or when all else is done."""
        self.switch(place, is_on=False)
        self.note("a machine is cut off")
        self.wait_until(self.is_done, CUT_FOR, look=LOOK_AT_LEDGER)
        self.switch(place, is_on=True)
        self.note("it is back")

    def switch(self, place: str, *, is_on: bool) -> None:
        """Pull a machine's cable out, or plug it in again."""
        if place:
            ip("link", "set", f"{place}a", "up" if is_on else "down")
            return
        here = [part.process for part in self.parts if part.place == place]
        for process in here[len(here) // 2 :]:
            process.send_signal(signal.SIGCONT if is_on else signal.SIGSTOP)

    def is_done(self) -> bool:
        """Whether every delivery has ended, by the ledger."""
        engine = connect(self.url)
        with reading(engine) as tx:
            newest = ledgers(tx)[:1]
        engine.dispose()
        return bool(newest) and newest[0].due == self.readers and not newest[0].open

    def note(self, what: str) -> None:
        """Note when something happened, and how many emails had arrived."""
        seconds = time.monotonic() - self.began
        print(f"{seconds:>8.1f} s  {what} ({self.sink.taken.total():,} emails have arrived)", flush=True)

    def stop(self) -> None:
        """Ask all that still run to end."""
        for part in self.parts:
            part.process.terminate()
        for part in self.parts:
            try:
                part.process.wait(60)
            except subprocess.TimeoutExpired:
                part.process.kill()


def report(run: Run, url: str) -> None:
    """Compare the mail server's own count with the ledger."""
    arrived = run.sink.contents
    assert isinstance(arrived, Arrived)
    engine = connect(url)
    with reading(engine) as tx:
        ledger = ledgers(tx)[0]
    doubles = {who: times for who, times in run.sink.taken.items() if times > 1}
    other_ids = [who for who in doubles if len(arrived.ids[who]) > 1]
    machine = f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    where = "two network namespaces" if run.hosts else "processes side by side"
    print(f"{utc_now():%Y-%m-%d}, {machine}; {where}, {run.workers} workers")
    rows = {
        "killed": ", ".join(f"{name} {times}" for name, times in sorted(run.kills.items())),
        "due": ledger.due,
        "ledger": ledger.reconciliation(),
        "residue": ledger.residue,
        "readers it arrived at, by the mail server's count": len(run.sink.taken),
        "lost": ledger.count(DeliveryState.ACCEPTED) - len(run.sink.taken),
        "arrived twice": len(doubles),
        "… with another Message-ID": len(other_ids),
        "longest time without an email": f"{longest_gap(arrived.moments):.1f} s",
        "seconds in all": f"{arrived.moments[-1] - run.began:.1f}",
    }
    for name, value in rows.items():
        print(f"{name:<52}{value}")


def longest_gap(moments: list[float]) -> float:
    """Return the longest time between two emails."""
    return max((after - before for before, after in itertools.pairwise(moments)), default=0)


if __name__ == "__main__":
    main()
