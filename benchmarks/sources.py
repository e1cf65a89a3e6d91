"""How fast the recorded answers of the sources are read, against feedparser alone, and in how much memory.

    DAILYPAPERS_RECORDINGS=… python benchmarks/sources.py [--repeat 5]

Each row reads the same bytes anew each time, from the answer to papers with clean text: processor time, the least of
several runs. Nothing is fetched or stored.
"""

import argparse
import datetime as dt
import gzip
import html
import io
import itertools
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import feedparser

from dailypapers.errors import FetchFailed
from dailypapers.sources import arxiv, arxiv_api, biorxiv, feed, huggingface
from dailypapers.sources.file import read_papers
from dailypapers.sources.parsing.bounds import MAX_BYTES

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
DAY = NOW.date()
URL = "https://journal.example/feed"
#: Megabytes of a feed that is read, and of one that is refused unless the limit is raised.
LARGE, TOO_LARGE = 24, 50
_ITEM = (
    "<item><title>{title}</title><link>https://journal.example/{id}</link><dc:creator>{authors}</dc:creator>"
    "<description>{abstract}</description><guid isPermaLink='false'>{id}</guid>{categories}"
    "<pubDate>Mon, 20 Apr 2026 00:00:00 -0400</pubDate></item>"
)


@dataclass(frozen=True, slots=True)
class Case:
    """What is read: a function that reads it and counts the papers, and the feeds among it."""

    name: str
    read: Callable[[], int]
    feeds: Sequence[bytes] = ()


def cases(recordings: Path) -> Iterator[Case]:
    """Yield what is read."""
    rss = (recordings / "arxiv/arxiv_rss/rss_stat_2024-03-26.xml").read_bytes()
    yield Case("arXiv, RSS", lambda: len(arxiv.read_feed(rss, category="stat", day=DAY).announcements), [rss])
    atom = (recordings / "arxiv/arxiv_rss/atom_cs.AI_2025-08-20_repaired.xml").read_bytes()
    yield Case("arXiv, Atom", lambda: len(arxiv.read_feed(atom, category="cs.AI", day=DAY).announcements), [atom])
    answers = [
        json.loads(path.read_text())["body"].encode()
        for path in sorted((recordings / "arxiv/arxiv_api/arxiv.py-2026").glob("q_*.json"))
    ]
    yield _feeds("arXiv, API, as a feed", answers)
    yield Case("arXiv, API", lambda: sum(arxiv_api.read_answer(answer).end for answer in answers), answers)
    papers = recordings / "arxiv/first_seen_2025-12_2026-04.jsonl.gz"
    yield Case("arXiv, 22,799 from a file", lambda: len(read_papers(papers, now=NOW).announcements))
    yield _feeds("bioRxiv, RDF", [path.read_bytes() for path in sorted((recordings / "biorxiv").glob("*.rdf"))])
    journals = [path.read_bytes() for path in sorted((recordings / "feeds").glob("*.*s*")) if path.suffix != ".gz"]
    yield _feeds("Nature, NBER, IACR", journals)
    yield _feeds("10,000 long items, RSS", [large_feed(papers, items=10_000)])
    days = gzip.decompress((recordings / "huggingface/daily_papers_2024-05_2026-05.jsonl.gz").read_bytes())
    entries = [json.loads(line) for line in days.splitlines()[:2000]]
    yield Case(
        "Hugging Face, 2,000 entries", lambda: len([huggingface.read_entry(entry, day=DAY) for entry in entries])
    )
    page = _biorxiv_page(papers)
    yield Case("bioRxiv, API, 1,000 entries", lambda: len(biorxiv.read_page(page, day=DAY).reading.announcements))


def _feeds(name: str, feeds: Sequence[bytes]) -> Case:
    return Case(name, lambda: sum(_items(content) for content in feeds), feeds)


def large_feed(papers: Path, *, items: int = 1_000_000, megabytes: float = 1_000_000) -> bytes:
    """Make a feed of so many recorded papers, or so large a one; the papers come again and again under other ids."""
    parts, size = ["<rss xmlns:dc='http://purl.org/dc/elements/1.1/' version='2.0'><channel><title>t</title>"], 0
    for number, record in enumerate(itertools.islice(itertools.cycle(_records(papers, 10_000)), items)):
        written = {name: html.escape(text) for name, text in record.items()}
        categories = f"<category>{written['category']}</category>"
        parts.append(_ITEM.format(**written, id=f"{number:08}", categories=categories))
        size += len(parts[-1].encode())
        if size > megabytes * 1_000_000:
            break
    return "".join([*parts, "</channel></rss>"]).encode()


def _records(papers: Path, count: int) -> list[dict[str, str]]:
    with gzip.open(papers, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in itertools.islice(lines, count)]
    return [
        {
            "title": each["title"],
            "abstract": each["abs"],
            "authors": ", ".join(each["authors"]),
            "category": each["cats"][0],
        }
        for each in records
    ]


def _biorxiv_page(papers: Path) -> bytes:
    entries = [
        {**record, "doi": f"10.1101/2026.04.20.{number:06}", "version": "1", "date": "2026-04-20", "published": "NA"}
        for number, record in enumerate(_records(papers, 1000))
    ]
    return json.dumps({"messages": [{"status": "ok", "count": 1000, "total": 1000}], "collection": entries}).encode()


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


def _by_feedparser(feeds: Sequence[bytes]) -> int:
    return sum(len(feedparser.parse(io.BytesIO(content)).entries) for content in feeds)


def peak(recordings: Path, megabytes: int, max_bytes: int, is_unusual: int) -> None:
    """Read one large feed, and print what came of it and the most memory that this process had.

    An unusual one has an element in its first item that leaves all of it to feedparser.
    """
    content = large_feed(recordings / "arxiv/first_seen_2025-12_2026-04.jsonl.gz", megabytes=megabytes)
    if is_unusual:
        content = content.replace(b"<item>", b"<item><author>ann@example.org (Ann Lee)</author>", 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    try:
        outcome = f"{feed.read_feed(content, url=URL, day=DAY, max_bytes=max_bytes).items:,} items"
    except FetchFailed as error:
        outcome = str(error).rpartition(": ")[2]
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    how = ", by feedparser" if is_unusual else ""
    print(f"{f'{megabytes} MB: {outcome}{how}':50}{before:>6} MB before, {most:>6} MB at most")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--only", default="", help="Read only what has this in its name.")
    parser.add_argument("--memory", action="store_true", help="Measure the memory that large feeds take, and no time.")
    parser.add_argument("--peak", type=int, nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    recordings = os.environ.get("DAILYPAPERS_RECORDINGS")
    if not recordings:
        sys.exit("Set DAILYPAPERS_RECORDINGS to the folder of recordings.")
    if arguments.peak:
        peak(Path(recordings), *arguments.peak)
        return
    print(f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, Python {platform.python_version()}, {platform.machine()}")
    print(f"{'':30}{'papers':>8}{'µs a paper':>12}{'papers/s':>10}{'feedparser alone/s':>20}")
    for case in () if arguments.memory else cases(Path(recordings)):
        if arguments.only in case.name:
            papers, seconds = least(case.read, arguments.repeat)
            alone = f"{_rate(*least(lambda: _by_feedparser(case.feeds), arguments.repeat)):,.0f}" if case.feeds else ""  # noqa: B023 - called at once
            each = seconds / max(papers, 1) * 1e6
            print(f"{case.name:30}{papers:>8,}{each:>12,.0f}{_rate(papers, seconds):>10,.0f}{alone:>20}", flush=True)
    if not arguments.only:
        raised = 2 * TOO_LARGE * 1_000_000
        for row in ((LARGE, MAX_BYTES, 0), (TOO_LARGE, MAX_BYTES, 0), (TOO_LARGE, raised, 0), (TOO_LARGE, raised, 1)):
            numbers = map(str, row)
            subprocess.run([sys.executable, __file__, "--peak", *numbers], check=True)  # noqa: S603 - ourselves


def _rate(papers: int, seconds: float) -> float:
    return papers / max(seconds, 1e-9)


if __name__ == "__main__":
    main()
