"""How well papers are ranked for readers whose likes are known, beside the methods others use, in the same run.

    DAILYPAPERS_RECORDINGS=… python benchmarks/ranking.py [--readers N]

For a reader and a day with one of their likes on it and at least three on earlier days, the day's whole pool is ranked
knowing the earlier likes, or the reader's heading alone. nDCG@10, recall@10 and MRR per day, mean per reader, then mean
over readers with a 95 % bootstrap interval. Background statistics are of papers before 2025-06-01. Equal scores fall in
a fixed pseudo-random order. The peers: tf-idf of words (mean of likes), BM25 (all words of the likes or of the heading
as a query), and the linear SVM of arxiv-sanity-lite (tf-idf of words and pairs, C = 0.01, balanced, likes against a
fixed sample of background papers).
"""

import argparse
import datetime as dt
import gzip
import hashlib
import json
import os
import platform
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.svm import LinearSVC

from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.ranking.evaluate import interval, ndcg, recall, reciprocal_rank
from dailypapers.ranking.features import Background, Features, Vector, build
from dailypapers.ranking.profile import profile
from dailypapers.ranking.score import score, values
from dailypapers.ranking.words import terms

BACKGROUND_UNTIL = "2025-06-01"
LEAST_LIKES = 3
NEGATIVES = 3000


@dataclass(frozen=True)
class World:
    """The papers by day and by id, the readers, and the days that are tested."""

    papers: dict[str, Paper]
    day_of: dict[str, str]
    by_day: dict[str, list[Paper]]
    readers: list[dict[str, list[str]]]
    days: list[str]

    @property
    def earlier(self) -> list[Paper]:
        """Papers that are background only."""
        return [self.papers[key] for key, day in self.day_of.items() if day < BACKGROUND_UNTIL]


@dataclass
class Pool:
    """One day's papers as each method sees them."""

    keys: tuple[str, ...]
    features: Features
    unigrams: sp.csr_matrix
    pairs: sp.csr_matrix
    counts: sp.csr_matrix
    lengths: Vector


Method = Callable[[Pool, str, list[str]], Vector]


def load(folder: Path, limit: int) -> World:
    """Read the recordings."""
    papers, day_of, by_day = {}, {}, defaultdict(list)
    with gzip.open(folder / "papers.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            paper = Paper(
                PaperId.parse(entry["id"]),
                entry["title"],
                entry["abstract"],
                tuple(entry["authors"]),
                tuple(entry["categories"]),
            )
            papers[entry["id"]], day_of[entry["id"]] = paper, entry["day"]
            by_day[entry["day"]].append(paper)
    readers = [json.loads(line) for line in (folder / "users.jsonl").read_text("utf-8").splitlines()]
    return World(papers, day_of, dict(by_day), readers[:limit], json.loads((folder / "test_days.json").read_text()))


@dataclass
class Methods:
    """Ours and the peers, fitted on the background."""

    world: World
    background: Background = field(init=False)

    def __post_init__(self) -> None:
        earlier = self.world.earlier
        held = Counter(term for paper in earlier for term in set(terms(f"{paper.title} . {paper.abstract}")))
        self.background = Background(len(earlier), held)
        texts = [text(paper) for paper in earlier]
        self.unigrams = TfidfVectorizer(stop_words="english").fit(texts)
        self.pairs = TfidfVectorizer(
            stop_words="english", sublinear_tf=True, ngram_range=(1, 2), max_features=20_000, min_df=5, max_df=0.1
        ).fit(texts)
        self.counter = CountVectorizer(stop_words="english").fit(texts)
        counts = self.counter.transform(texts)
        held_by = np.bincount(counts.indices, minlength=counts.shape[1])
        self.bm25_idf = np.log(1 + (len(texts) - held_by + 0.5) / (held_by + 0.5))
        self.mean_length = counts.sum() / len(texts)
        chosen = sorted(texts, key=order_of)[:NEGATIVES]
        self.negatives = self.pairs.transform(chosen)

    def pool(self, day: str) -> Pool:
        """One day, seen by everybody."""
        features = build(self.world.by_day[day], background=self.background)
        texts = [text(paper) for paper in features.papers]
        counts = self.counter.transform(texts)
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        return Pool(
            features.keys, features, self.unigrams.transform(texts), self.pairs.transform(texts), counts, lengths
        )

    def ours(self, pool: Pool, heading: str, likes: list[str]) -> Vector:
        """The product's own score."""
        interests = [Interest(InterestKind.PAPER, key) for key in likes]
        interests += [Interest(InterestKind.TOPIC, heading)] if heading else []
        stated = profile(interests, examples=self.world.papers)
        matched = values(pool.features, [stated], examples=self.world.papers)
        return np.asarray(score(matched, [stated], trend=np.zeros(len(pool.keys)))[0])

    def tf_idf(self, pool: Pool, heading: str, likes: list[str]) -> Vector:
        """Cosine with the mean of the likes, words alone."""
        asked = self.unigrams.transform(self._asked(heading, likes))
        return np.asarray((pool.unigrams @ asked.T).mean(axis=1)).ravel()

    def bm25(self, pool: Pool, heading: str, likes: list[str]) -> Vector:
        """Okapi BM25 (k1 = 1.2, b = 0.75), each word as often as the profile holds it."""
        query = self.counter.transform([" ".join(self._asked(heading, likes))]).toarray().ravel()
        counts = pool.counts.astype(np.float64)
        norm = 1.2 * (0.25 + 0.75 * pool.lengths / self.mean_length)
        counts.data = counts.data * 2.2 / (counts.data + np.repeat(norm, np.diff(counts.indptr)))
        return np.asarray(counts @ (self.bm25_idf * query)).ravel()

    def svm(self, pool: Pool, heading: str, likes: list[str]) -> Vector:
        """A linear SVM per reader and day."""
        positive = self.pairs.transform(self._asked(heading, likes))
        labels = np.r_[np.ones(positive.shape[0]), np.zeros(self.negatives.shape[0])]
        fitted = LinearSVC(class_weight="balanced", C=0.01, max_iter=10_000, tol=1e-6, dual=True, random_state=1)
        fitted.fit(sp.vstack([positive, self.negatives]), labels)
        return np.asarray(fitted.decision_function(pool.pairs))

    def _asked(self, heading: str, likes: list[str]) -> list[str]:
        return [*([heading] if heading else []), *(text(self.world.papers[key]) for key in likes)]


def text(paper: Paper) -> str:
    """Title twice, then the abstract: every method gets the same words."""
    return f"{paper.title} . {paper.title} . {paper.abstract}"


def order_of(key: str) -> str:
    """A fixed pseudo-random place."""
    return hashlib.sha256(key.encode()).hexdigest()


def ranked(keys: Sequence[str], scores: Vector) -> list[str]:
    """Keys, best first; equal scores in the fixed pseudo-random order."""
    return [keys[n] for n in sorted(range(len(keys)), key=lambda n: (-scores[n], order_of(keys[n])))]


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--readers", type=int, default=1000)
    world = load(Path(os.environ["DAILYPAPERS_RECORDINGS"]) / "ranking", parser.parse_args().readers)
    methods = Methods(world)
    ours: dict[str, Method] = {"dailypapers": methods.ours, "tf-idf": methods.tf_idf, "BM25": methods.bm25}
    tasks = {"heading only": ours, "all likes": {**ours, "SVM (arxiv-sanity-lite)": methods.svm}}
    found: dict[tuple[str, str], dict[str, list[tuple[float, float, float]]]] = defaultdict(lambda: defaultdict(list))
    taken: Counter[tuple[str, str]] = Counter()
    for day in world.days:
        pool = methods.pool(day)
        for reader in world.readers:
            relevant = {key for key in reader["likes"] if world.day_of.get(key) == day}
            likes = [key for key in reader["likes"] if world.day_of.get(key, "9") < day]
            if not relevant or len(likes) < LEAST_LIKES:
                continue
            for task, known in tasks.items():
                asked = (str(reader["topic"]), []) if task == "heading only" else ("", likes)
                for name, method in known.items():
                    started = time.perf_counter()
                    order = ranked(pool.keys, method(pool, *asked))
                    taken[task, name] += time.perf_counter() - started  # type: ignore[assignment]
                    measured = (ndcg(order, relevant), recall(order, relevant), reciprocal_rank(order, relevant))
                    found[task, name][str(reader["user"])].append(measured)
    report(world, found, taken)


def report(
    world: World,
    found: dict[tuple[str, str], dict[str, list[tuple[float, float, float]]]],
    taken: Counter[tuple[str, str]],
) -> None:
    """Print a row per task and method."""
    pools = sum(len(world.by_day[day]) for day in world.days) / len(world.days)
    print(f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}")
    print(f"{len(world.papers)} papers, {len(world.days)} days of {pools:.0f} papers, {len(world.readers)} readers")
    print(f"{'task':<14}{'method':<26}{'nDCG@10':>8}  {'95 %':<14}{'recall@10':>10}{'MRR':>7}{'ms':>7}")
    for (task, name), readers in found.items():
        means = np.array([np.mean(days, axis=0) for days in readers.values()])
        low, high = interval(means[:, 0].tolist())
        each = 1000 * taken[task, name] / sum(len(days) for days in readers.values())
        gained, recalled, first = means.mean(axis=0)
        bounds = f"{low:.3f}-{high:.3f}"
        print(f"{task:<14}{name:<26}{gained:>8.3f}  {bounds:<14}{recalled:>10.3f}{first:>7.3f}{each:>7.1f}")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
