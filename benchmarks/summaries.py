"""How often one sentence says what a paper did or found: ours, the first, the last, by chance, and TextRank's.

    DAILYPAPERS_RECORDINGS=… python -m benchmarks.summaries [--half fit|held] [--misses]

`data/summaries.tsv` holds, for abstracts drawn by chance from recorded days (arXiv's computer science and statistics,
bioRxiv), which of their sentences say by themselves what was done or found, the best first: judged by a language model
that read title and sentences, before there was a scorer. The weights were chosen on the half “fit”; “held” is for
looking at once. A chosen sentence is right where it is among them, and best where it is the first.
"""

import argparse
import csv
import datetime as dt
import os
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dailypapers.domain.paper import Paper
from dailypapers.rendering.sentences import sentences
from dailypapers.rendering.summary import best_of
from dailypapers.rendering.text import one_line
from dailypapers.sources import arxiv, feed
from dailypapers.sources.file import read_papers

LABELS = Path(__file__).with_name("data") / "summaries.tsv"
NOW = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
Chooser = Callable[[Sequence[str]], int]


@dataclass(frozen=True)
class Labelled:
    """An abstract's sentences, and which of them say what was done or found, the best first."""

    sentences: tuple[str, ...]
    best: tuple[int, ...]
    half: str


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--half", choices=("fit", "held"), default="fit")
    parser.add_argument("--misses", action="store_true", help="print what was chosen wrongly")
    asked = parser.parse_args()
    recordings = Path(os.environ["DAILYPAPERS_RECORDINGS"])
    labelled = [each for each in read(recordings) if each.half == asked.half]
    print(f"{len(labelled)} abstracts of the half “{asked.half}”")
    print(f"{'chosen':10} {'right':>6} {'best':>6} {'ms each':>8}")
    for name, chooser in CHOOSERS.items():
        begun = time.process_time()
        chosen = [chooser(each.sentences) for each in labelled]
        spent = 1000 * (time.process_time() - begun) / len(labelled)
        right = np.mean([choice in each.best for choice, each in zip(chosen, labelled, strict=True)])
        best = np.mean([choice == each.best[0] for choice, each in zip(chosen, labelled, strict=True)])
        print(f"{name:10} {right:6.3f} {best:6.3f} {spent:8.3f}")
    if asked.misses:
        for each in labelled:
            if (choice := ours(each.sentences)) not in each.best:
                print(f"\n- {each.sentences[choice]}\n+ {each.sentences[each.best[0]]}")


def read(recordings: Path) -> Iterator[Labelled]:
    """Yield the labelled abstracts; one whose sentences are counted otherwise than when it was judged is named."""
    abstracts = {str(paper.id): one_line(paper.abstract) for paper in papers(recordings)}
    with LABELS.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            split = sentences(abstracts[row["paper"]])
            if len(split) != int(row["sentences"]):
                print(f"{row['paper']}: {len(split)} sentences, {row['sentences']} when it was judged")
                continue
            yield Labelled(split, tuple(map(int, row["best"].split(","))), row["half"])


def papers(recordings: Path) -> Iterator[Paper]:
    """Yield the recorded papers that abstracts were drawn from."""
    first_seen = read_papers(recordings / "arxiv" / "first_seen_2025-12_2026-04.jsonl.gz", now=NOW)
    yield from (item.paper for item in first_seen.announcements)
    for name in ("atom_cs.AI_2025-08-20_repaired.xml", "rss_stat_2024-03-26.xml"):
        content = (recordings / "arxiv" / "arxiv_rss" / name).read_bytes()
        yield from (item.paper for item in arxiv.read_feed(content, category=name, day=NOW.date()).announcements)
    for file in sorted((recordings / "biorxiv").glob("*.rdf")):
        reading = feed.read_feed(file.read_bytes(), url="https://connect.biorxiv.org/", day=NOW.date())
        yield from (item.paper for item in reading.announcements)


def ours(candidates: Sequence[str]) -> int:
    """Return what a mail shows."""
    return best_of(tuple(candidates))


def textrank(candidates: Sequence[str]) -> int:
    """Return the sentence most like the others (Mihalcea and Tarau, 2004), by the words they share."""
    words = [set(re.findall(r"\w{3,}", sentence.lower())) for sentence in candidates]
    size = [np.log(len(each) + 1) + 1e-9 for each in words]
    shared = np.array(
        [[len(a & b) / (size[i] + size[j]) if i != j else 0 for j, b in enumerate(words)] for i, a in enumerate(words)]
    )
    transition = shared / np.maximum(shared.sum(axis=1, keepdims=True), 1e-9)
    rank = np.full(len(words), 1 / len(words))
    for _ in range(50):
        rank = 0.15 / len(words) + 0.85 * transition.T @ rank
    return int(np.argmax(rank))


CHANCE = random.Random(1)  # noqa: S311 - a draw that can be repeated
CHOOSERS: dict[str, Chooser] = {
    "ours": ours,
    "first": lambda _: 0,
    "last": lambda candidates: len(candidates) - 1,
    "second": lambda candidates: min(1, len(candidates) - 1),
    "chance": lambda candidates: CHANCE.randrange(len(candidates)),
    "TextRank": textrank,
}

if __name__ == "__main__":
    main()
