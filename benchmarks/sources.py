"""How long the recorded answers of the sources take to be read: processor time a paper, the least of several runs.

    DAILYPAPERS_RECORDINGS=… python benchmarks/sources.py [--repeat 5]

Each row reads the same bytes anew each time, from the answer to papers with clean text. Nothing is fetched or stored.
"""

import argparse
import datetime as dt
import gzip
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from dailypapers.sources import arxiv, feed, huggingface
from dailypapers.sources.file import read_papers

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
DAY = NOW.date()
URL = "https://journal.example/feed"


def cases(recordings: Path) -> Iterator[tuple[str, Callable[[], int]]]:
    """What is read, each with a function that reads it and counts the papers."""
    rss = (recordings / "arxiv/arxiv_rss/rss_stat_2024-03-26.xml").read_bytes()
    yield "arXiv, RSS", lambda: len(arxiv.read_feed(rss, category="stat", day=DAY).announcements)
    atom = (recordings / "arxiv/arxiv_rss/atom_cs.AI_2025-08-20_repaired.xml").read_bytes()
    yield "arXiv, Atom", lambda: len(arxiv.read_feed(atom, category="cs.AI", day=DAY).announcements)
    answers = [
        json.loads(path.read_text())["body"].encode()
        for path in sorted((recordings / "arxiv/arxiv_api/arxiv.py-2026").glob("q_*.json"))
    ]
    yield "arXiv, API, as a feed", lambda: sum(_items(answer) for answer in answers)
    papers = recordings / "arxiv/first_seen_2025-12_2026-04.jsonl.gz"
    yield "arXiv, 22,799 from a file", lambda: len(read_papers(papers, now=NOW).announcements)
    rdf = [path.read_bytes() for path in sorted((recordings / "biorxiv").glob("*.rdf"))]
    yield "bioRxiv, RDF", lambda: sum(_items(content) for content in rdf)
    journals = [path.read_bytes() for path in sorted((recordings / "feeds").glob("*.*s*")) if path.suffix != ".gz"]
    yield "Nature, NBER, IACR", lambda: sum(_items(content) for content in journals)
    days = gzip.decompress((recordings / "huggingface/daily_papers_2024-05_2026-05.jsonl.gz").read_bytes())
    entries = [json.loads(line) for line in days.splitlines()[:2000]]
    yield "Hugging Face, 2,000 entries", lambda: len([huggingface.read_entry(entry, day=DAY) for entry in entries])


def _items(content: bytes) -> int:
    return feed.read_feed(content, url=URL, day=DAY).items


def least(read: Callable[[], int], repeat: int) -> tuple[int, float]:
    """How many papers, and the least processor time in seconds of so many runs."""
    times = []
    papers = 0
    for _ in range(repeat):
        started = time.process_time()
        papers = read()
        times.append(time.process_time() - started)
    return papers, min(times)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    recordings = os.environ.get("DAILYPAPERS_RECORDINGS")
    if not recordings:
        sys.exit("Set DAILYPAPERS_RECORDINGS to the folder of recordings.")
    print(f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, Python {platform.python_version()}, {platform.machine()}")
    print(f"{'':30}{'papers':>8}{'µs a paper':>12}")
    for name, read in cases(Path(recordings)):
        papers, seconds = least(read, arguments.repeat)
        print(f"{name:30}{papers:>8,}{seconds / max(papers, 1) * 1e6:>12,.0f}", flush=True)


if __name__ == "__main__":
    main()
