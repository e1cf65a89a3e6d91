"""How long a preview takes: the digest somebody would get, redrawn while they type.

    DAILYPAPERS_RECORDINGS=… python benchmarks/preview.py [--papers 1000] [--library 20000] [--times 200]

A SQLite file holds a day's papers and a library of earlier ones; previews are asked of `Previews` as the pages ask
them, one at a time, from the wish to the digest with its reasons. Topics are runs of two to four words from earlier
titles, each new one asked once (cold) and again (warm). Loading is what a process does in the background at its start.
"""

import argparse
import datetime as dt
import os
import platform
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import structlog

from dailypapers.digests.choose import DigestOptions, ReaderContext
from dailypapers.digests.preview import Previews
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.source import Announcement
from dailypapers.domain.subscriber import Amount
from dailypapers.domain.vote import Votes
from dailypapers.library.learn import learn
from dailypapers.sources.file import read_papers
from dailypapers.store import editions, papers
from dailypapers.store.database import connect, migrate, writing

NOW = dt.datetime(2026, 5, 1, 6, tzinfo=dt.UTC)
HOW = DigestOptions(relevance=0.5, window_days=7, deadline=dt.timedelta(hours=20))
#: A reader who has voted for a month.
LIKED, DISLIKED = 60, 20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--papers", type=int, default=1000)
    parser.add_argument("--library", type=int, default=20_000)
    parser.add_argument("--times", type=int, default=200)
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    file = Path(os.environ["DAILYPAPERS_RECORDINGS"]) / "arxiv" / "first_seen_2025-12_2026-04.jsonl.gz"
    items = sorted(read_papers(file, now=NOW).announcements, key=lambda item: (item.day, str(item.paper.id)))
    today, library = items[-asked.papers :], items[: -asked.papers][-asked.library :]
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {machine}")
    print(f"{len(today):,} papers, a library of {len(library):,}, {asked.times} of each")
    with tempfile.TemporaryDirectory() as folder:
        previews = opened(Path(folder) / "papers.db", today, library)
        started = time.perf_counter()
        previews.load(now=NOW)
        print(f"{'loading, in the background':<34}{time.perf_counter() - started:>8.1f} s")
        measure(previews, made_topics(library), [str(item.paper.id) for item in library], asked.times)


def opened(file: Path, today: Sequence[Announcement], library: Sequence[Announcement]) -> Previews:
    """A database with the day's edition, learned for."""
    engine = connect(f"sqlite:///{file}")
    migrate(engine)
    with writing(engine) as tx:
        papers.keep(tx, [item.paper for item in library], now=NOW - dt.timedelta(days=1))
        papers.add(tx, today, now=NOW)
        edition = editions.close(tx, NOW.date(), now=NOW)
    learn(engine, edition.id, now=NOW)
    return Previews(engine, HOW)


def measure(previews: Previews, topics: Callable[[int], list[Interest]], keys: Sequence[str], times: int) -> None:
    """Ask in different ways and print how long each took."""
    chance = random.Random(2)  # noqa: S311 - made-up votes, the same in every run
    ones, tens = [topics(1) for _ in range(times)], [topics(10) for _ in range(times)]
    cast = [Votes(tuple(chance.sample(keys, LIKED)), tuple(chance.sample(keys, DISLIKED))) for _ in range(times)]
    voted = [ReaderContext(Amount(10), tuple(topics(3)), votes) for votes in cast]
    another = [ReaderContext(Amount(10), (*asking.interests, *topics(1)), asking.votes) for asking in voted]
    line("nothing named", [asked(previews, ReaderContext(Amount(10))) for _ in range(times)])
    for name, many in (("one topic", ones), ("ten topics", tens)):
        wanted = [ReaderContext(Amount(10), tuple(named)) for named in many]
        both = [(asked(previews, asking), asked(previews, asking)) for asking in wanted]
        line(f"{name}, cold", [cold for cold, _ in both])
        line(f"{name}, warm", [warm for _, warm in both])
    both = [(asked(previews, first), asked(previews, then)) for first, then in zip(voted, another, strict=True)]
    line(f"three topics and {LIKED + DISLIKED} votes, cold", [cold for cold, _ in both])
    line("and one topic more", [warm for _, warm in both])


def asked(previews: Previews, asking: ReaderContext) -> tuple[float, float]:
    """Return how long one preview takes, by the clock and of the processor, in milliseconds."""
    started = time.perf_counter(), time.process_time()
    if previews.of(asking, now=NOW) is None:
        raise RuntimeError("The papers are not loaded.")
    return 1000 * (time.perf_counter() - started[0]), 1000 * (time.process_time() - started[1])


def line(what: str, took: Sequence[tuple[float, float]]) -> None:
    """Print one row."""
    middle, late = np.percentile(took, [50, 99], axis=0)
    print(f"{what:<34}{middle[0]:>8.1f} ms{late[0]:>8.1f} ms (p50, p99)", end="")
    print(f"{middle[1]:>8.1f} ms{late[1]:>8.1f} ms of the processor")


def made_topics(library: Sequence[Announcement]) -> Callable[[int], list[Interest]]:
    """Topics by lot, each as good as new."""
    chance = random.Random(1)  # noqa: S311 - made-up topics, the same in every run
    titles = [item.paper.title.split() for item in library]

    def topics(many: int) -> list[Interest]:
        made = []
        for words in chance.choices(titles, k=many):
            length = min(chance.randint(2, 4), len(words))
            start = chance.randrange(len(words) - length + 1)
            made.append(Interest(InterestKind.TOPIC, " ".join(words[start : start + length])))
        return made

    return topics


if __name__ == "__main__":
    main()
