"""How long a search takes among a hundred thousand papers, and what the index costs.

    DAILYPAPERS_RECORDINGS=… python benchmarks/search.py [--papers 100000] [--queries 200] [--database URL]

The papers are the recorded ones, and as many more as are wanted, put together by lot from halves of two abstracts of
one category. Queries are runs of one, three and eight words from titles. A search is all that a page of results takes
but for its HTML: candidates, their papers from the database, ranking, reasons, the page's papers with their counts.
"""

import argparse
import datetime as dt
import os
import platform
import random
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import quantiles
from typing import TypeVar

import sqlalchemy as sa

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.library.learn import learn
from dailypapers.library.search import Finder
from dailypapers.sources.file import read_papers
from dailypapers.store import editions, papers
from dailypapers.store.database import connect, groups, migrate, writing

T = TypeVar("T")
NOW = dt.datetime(2026, 8, 1, 8, 0, tzinfo=dt.UTC)
_SENTENCE = re.compile(r"(?<=[.!?]) ")


def main() -> None:
    """Measure each step and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--papers", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--database", default="")
    asked = parser.parse_args()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {machine}")
    with tempfile.TemporaryDirectory() as folder:
        engine = connect(asked.database or f"sqlite:///{folder}/papers.db")
        migrate(engine)
        run(engine, asked.papers, asked.queries)
        engine.dispose()


def run(engine: sa.Engine, wanted: int, queries: int) -> None:
    """All steps on a database."""
    titles = filled(engine, wanted)
    print(f"{wanted:,} papers, {engine.dialect.name}")
    with writing(engine) as tx:
        edition = editions.close(tx, NOW.date(), now=NOW)
    timed("learning from 20,000 of them, once a day", lambda: learn(engine, edition.id, now=NOW))
    first = Finder(engine)
    timed("index, the first time", first.refresh)
    del first
    before, finder = own_memory(), Finder(engine)
    timed("index, from what is kept", finder.refresh)
    print(f"{'memory: index, and what was learned':<44}{own_memory() - before:>8.0f} MB")
    timed("looking whether there is more, each minute", finder.refresh)
    chance = random.Random(2)  # noqa: S311 - made-up queries, the same in every run
    kinds: dict[str, Callable[[], str]] = {
        "1 word": lambda: run_of(chance, titles, 1),
        "3 words": lambda: run_of(chance, titles, 3),
        "8 words": lambda: run_of(chance, titles, 8),
        "2 words in quotation marks": lambda: f'"{run_of(chance, titles, 2)}"',
        "2 words in cat:cs": lambda: f"{run_of(chance, titles, 2)} cat:cs",
    }
    for name, make in kinds.items():
        report(name, measured(finder, [make() for _ in range(queries)]))


def filled(engine: sa.Engine, wanted: int) -> list[str]:
    """Keep the papers; returns the titles of the recorded ones."""
    file = Path(os.environ["DAILYPAPERS_RECORDINGS"]) / "ranking" / "papers.jsonl.gz"
    real = [item.paper for item in read_papers(file, now=NOW).announcements][:wanted]
    made = mixed(real, wanted - len(real))
    for group in groups([*made, *real], size=1000):
        with writing(engine) as tx:
            papers.keep(tx, group, now=NOW)
    return [paper.title for paper in real]


def mixed(real: Sequence[Paper], wanted: int) -> Iterator[Paper]:
    """So many more papers, each of halves of two of one category."""
    chance = random.Random(1)  # noqa: S311 - made-up papers, the same in every run
    by_category: dict[str, list[Paper]] = defaultdict(list)
    for paper in real:
        by_category[paper.categories[0]].append(paper)
    for number in range(wanted):
        one = chance.choice(real)
        other = chance.choice(by_category[one.categories[0]])
        yield Paper(
            PaperId("file", f"made{number}"),
            " ".join(half(one.title.split(), first=True) + half(other.title.split(), first=False)),
            " ".join(
                half(_SENTENCE.split(one.abstract), first=True) + half(_SENTENCE.split(other.abstract), first=False)
            ),
            (*one.authors[:2], *other.authors[2:]),
            one.categories,
        )


def half(items: Sequence[str], *, first: bool) -> list[str]:
    """The first or the second half."""
    middle = len(items) // 2
    return list(items[:middle] if first else items[middle:])


def run_of(chance: random.Random, titles: Sequence[str], length: int) -> str:
    """So many words of a title that has them."""
    while True:
        words = chance.choice(titles).replace('"', "").split()
        if len(words) >= length:
            start = chance.randrange(len(words) - length + 1)
            return " ".join(words[start : start + length])


def measured(finder: Finder, texts: Sequence[str]) -> list[tuple[float, float]]:
    """Seconds of each search: by the clock, and of the processor."""
    found = []
    for text in texts:
        clock, processor = time.perf_counter(), time.thread_time()
        finder.answer(text, now=NOW)
        found.append((time.perf_counter() - clock, time.thread_time() - processor))
    return found


def report(name: str, seconds: Sequence[tuple[float, float]]) -> None:
    """Print a row."""
    clock, processor = ([1000 * value for value in column] for column in zip(*seconds, strict=True))
    told = [quantiles(values, n=100, method="inclusive") for values in (clock, processor)]
    print(
        f"search, {name:<36}{told[0][49]:>8.1f} ms p50{told[0][98]:>8.1f} ms p99"
        f"   of the processor {told[1][49]:.1f}, {told[1][98]:.1f}"
    )


def timed(what: str, job: Callable[[], T]) -> T:
    """Do it and say how long it took."""
    started = time.perf_counter()
    done = job()
    print(f"{what:<44}{time.perf_counter() - started:>8.2f} s")
    return done


def own_memory() -> float:
    """What this process holds, in MB."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1e3


if __name__ == "__main__":
    main()
