"""How long it takes to choose for a million readers among a day's thousand papers, and how much memory.

    DAILYPAPERS_RECORDINGS=… python benchmarks/scale.py [--readers 1000000] [--papers 1000]

Readers are made by lot: one to three topics out of 20,000 (runs of two to four words from titles), and every other one
has liked up to ten papers of the library. One process a core, each with its part of the readers: profiles, matches,
scores, selection with quotas. Reading readers from a database is not in it. Reasons are timed by themselves, for the
first readers, a thousand at a time: when no words have been looked up, and when they are remembered. No model; the
library is what the recordings hold from before 2025-06-01. Garbage is collected as seldom as in the commands.
"""

import argparse
import datetime as dt
import multiprocessing
import os
import platform
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from threadpoolctl import threadpool_limits

from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper
from dailypapers.library.gc_freeze import collect_less_often
from dailypapers.ranking.corpus.background import fit
from dailypapers.ranking.corpus.frequencies import count
from dailypapers.ranking.features import Features, build
from dailypapers.ranking.matching import Matcher
from dailypapers.ranking.rank import Known, Reader, choose
from dailypapers.sources.file import read_papers

T = TypeVar("T")
NOW = dt.datetime(2025, 6, 3, tzinfo=dt.UTC)
TOPICS, REASONS, AT_A_TIME = 20_000, 10_000, 10_000


def main() -> None:
    """Measure each step and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--readers", type=int, default=1_000_000)
    parser.add_argument("--papers", type=int, default=1000)
    asked = parser.parse_args()
    collect_less_often()
    library, pool = papers(Path(os.environ["DAILYPAPERS_RECORDINGS"]) / "ranking" / "papers.jsonl.gz", asked.papers)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {machine}")
    print(f"{asked.readers:,} readers, {len(pool):,} papers, a library of {len(library):,}")
    background = timed("background, once a day", lambda: fit(library))
    counts = timed("counts of the papers", lambda: count(pool))
    features = timed("features", lambda: build(pool, background=background, counts=counts))
    world = World(features, library, topics(library))
    cores = os.cpu_count() or 1
    INHERITED.append(world)  # What a process inherits it does not copy.
    with multiprocessing.get_context("fork").Pool(cores) as pool_of_processes:
        shares = [asked.readers // cores + (n < asked.readers % cores) for n in range(cores)]
        done = pool_of_processes.starmap(part, enumerate(shares))
    slowest, picks = max(one.seconds for one in done), sum(one.picks for one in done)
    memory = sum(one.memory for one in done)
    print(f"{'choosing for everybody':<28}{slowest:>8.1f} s, {picks / asked.readers:.1f} picks a reader")
    print(f"{'memory, all processes':<28}{memory + own_memory():>8.2f} GB (PSS, when they are done)")
    reasons(world, REASONS)


@dataclass(frozen=True)
class World:
    """What readers are made of, and chosen from."""

    features: Features
    library: Sequence[Paper]
    topics: Sequence[Interest]

    @cached_property
    def known(self) -> Known:
        """The library's papers are all anybody can have liked."""
        return Known(examples={str(paper.id): paper for paper in self.library})

    def profile_batch(self, seed: int, many: int) -> list[Reader]:
        """Readers by lot, the same in every run."""
        chance = random.Random(seed)  # noqa: S311 - made-up readers, the same in every run
        keys = list(self.known.examples)
        return [
            Reader(
                tuple(chance.choices(self.topics, k=chance.randint(1, 3))),
                threshold=0.5,
                liked=tuple(chance.choices(keys, k=chance.randint(1, 10))) if n % 2 else (),
            )
            for n in range(many)
        ]


INHERITED: list[World] = []


@dataclass(frozen=True)
class Part:
    """What one process did."""

    seconds: float
    picks: int
    memory: float


def part(number: int, many: int) -> Part:
    """Choose for some of the readers, who come so many at a time."""
    (world,) = INHERITED
    matcher, seconds, picks = Matcher(world.features), 0.0, 0
    with threadpool_limits(1):
        for start in range(0, many, AT_A_TIME):
            readers = world.profile_batch(1000 * number + start // AT_A_TIME, min(AT_A_TIME, many - start))
            started = time.perf_counter()
            for chosen in choose(matcher, readers, world.known, now=NOW):
                picks += int((chosen.columns >= 0).sum())
            seconds += time.perf_counter() - started
    return Part(seconds, picks, own_memory())


def reasons(world: World, many: int) -> None:
    """Say why, and print what that takes beside choosing."""
    matcher, readers = Matcher(world.features), world.profile_batch(0, many)
    for what in ("first time", "remembered"):
        chosen, took = list(choose(matcher, readers, world.known, now=NOW)), []
        picks = 0
        for part_of_them in chosen:
            started = time.perf_counter()
            picks += sum(map(len, part_of_them.picks()))
            took.append(time.perf_counter() - started)
        each = 1000 * sum(took) / many
        print(f"{f'reasons, {what}':<28}{each:>8.3f} ms a reader ({many:,} readers, {picks / many:.1f} picks each)")


def own_memory() -> float:
    """What this process holds, in GB; what it shares with others is divided among them (PSS)."""
    lines = Path("/proc/self/smaps_rollup").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1e6


def papers(file: Path, wanted: int) -> tuple[list[Paper], list[Paper]]:
    """The library, and the first papers after it."""
    items = sorted(read_papers(file, now=NOW).announcements, key=lambda item: (item.day, str(item.paper.id)))
    border = dt.date(2025, 6, 1)
    later = [item.paper for item in items if item.day >= border]
    return [item.paper for item in items if item.day < border], later[:wanted]


def topics(library: Sequence[Paper]) -> list[Interest]:
    """Runs of two to four words from titles."""
    chance = random.Random(1)  # noqa: S311 - made-up topics, the same in every run
    titles = [paper.title.split() for paper in library]
    made = []
    for _ in range(TOPICS):
        words = chance.choice(titles)
        length = min(chance.randint(2, 4), len(words))
        start = chance.randrange(len(words) - length + 1)
        made.append(Interest(InterestKind.TOPIC, " ".join(words[start : start + length])))
    return made


def timed(what: str, job: Callable[[], T]) -> T:
    """Do it and say how long it took."""
    started = time.perf_counter()
    done = job()
    print(f"{what:<28}{time.perf_counter() - started:>8.2f} s")
    return done


if __name__ == "__main__":
    main()
