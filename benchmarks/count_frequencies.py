"""Counts in how many papers each term stands, for `ranking/corpus/usual.py`.

    DAILYPAPERS_RECORDINGS=… python -m benchmarks.count_frequencies

From the recordings of papers before 2025-06-01, of which the benchmarks learn as well, so that what they measure on is
not among it: arXiv's (`ranking/papers.jsonl.gz`, since 2025-03-18) and what Hugging Face listed since 2024-05-27. The
first line is the number of papers; a term in fewer than `LEAST` of them is left out. The same recordings and the same
words give the same file.
"""

import datetime as dt
import gzip
import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from dailypapers.domain.paper import Paper
from dailypapers.ranking.corpus.usual import TABLE
from dailypapers.ranking.text.words import terms
from dailypapers.sources import huggingface
from dailypapers.sources.file import read_papers

UNTIL = dt.date(2025, 6, 1)
NOW = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
LEAST = 8


def main() -> None:
    """Count, and write the table into the package."""
    papers = recorded(Path(os.environ["DAILYPAPERS_RECORDINGS"]))
    TABLE.write_bytes(gzip.compress(table(papers).encode(), mtime=0))
    print(f"{len(papers)} papers, {TABLE.stat().st_size} bytes")


def table(papers: Iterable[Paper]) -> str:
    """Return how many papers there are, and of each term that is not rare in how many it stands."""
    texts = [f"{paper.title} . {paper.abstract}" for paper in papers]
    held = Counter(term for text in texts for term in set(terms(text)))
    rows = sorted(f"{term}\t{count}" for term, count in held.items() if count >= LEAST)
    return "\n".join((str(len(texts)), *rows))


def recorded(recordings: Path) -> list[Paper]:
    """Return the recorded papers before `UNTIL`, each once."""
    listed = read_papers(recordings / "ranking" / "papers.jsonl.gz", now=NOW).announcements
    lines = gzip.decompress((recordings / "huggingface" / "daily_papers_2024-05_2026-05.jsonl.gz").read_bytes())
    entries = [json.loads(line) for line in lines.splitlines()]
    more = [huggingface.read_entry(entry, day=dt.date.fromisoformat(entry["day"])) for entry in entries]
    return list({item.paper.id: item.paper for item in (*more, *listed) if item.day < UNTIL}.values())


if __name__ == "__main__":
    main()
