"""How well silence and speech are told apart: what is picked for topics that a day has, and for those it has not.

    DAILYPAPERS_RECORDINGS=… python -m benchmarks.relevance [--cache FOLDER] [--held-out] [--model NAME] [--only PART …]

By the ranking's public door with the settings a service begins with; what is learned in general comes from papers
before 2025-06-01. Four parts: `topics` of `ranking/topics.json` on every fourth test day; the judged pairs of
`data/relevance.tsv` (`labels`), beside BM25 and tf-idf; those of `data/partial.tsv`, papers that hold a part of a topic
or its words apart (`partial`); and the curated `lists`, whose likes must not be lost to silence. The held-out part of
the labels is looked at only where `--held-out` says so. `--cache` keeps the background and an encoder's vectors, which
cost most, for as long as the code that makes them is the same.
"""

import argparse
import datetime as dt
import hashlib
import json
import os
import platform
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from benchmarks.draw_partial import partial_windows
from benchmarks.draw_relevance import FIELDS, NOW, holds, recorded_windows
from benchmarks.label_relevance import DATA, PARTS, SETS, read_rows
from sklearn.metrics import roc_auc_score

import dailypapers.ranking
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper
from dailypapers.evaluation.files import Files, read_study
from dailypapers.evaluation.measures import (
    best_threshold,
    brier_score,
    calibration_error,
    f1,
    interval,
    precision,
    recall_of,
)
from dailypapers.evaluation.peers import Bm25, TfIdf
from dailypapers.evaluation.protocol import Evidence, Method, Study, Task, tested
from dailypapers.ranking.calibration import Calibration
from dailypapers.ranking.corpus.background import Background, fit
from dailypapers.ranking.corpus.frequencies import Matrix, Vector
from dailypapers.ranking.corpus.serialization import pack_background, unpack_background
from dailypapers.ranking.embeddings.encoder import Encoder, Vectors, encoded, kept_as
from dailypapers.ranking.embeddings.models import load
from dailypapers.ranking.features import build
from dailypapers.ranking.rank import Known, Matcher, Reader, choose, rank
from dailypapers.ranking.text.words import terms, units
from dailypapers.settings import DigestDefaults
from dailypapers.sources.file import read_papers

UNTIL = "2025-06-01"
EVERY_DAY = 4
PLACES = 10
#: How likely a paper must be for what a service sends unless it is set up otherwise.
RELEVANCE = DigestDefaults().relevance
TASKS = (Task(0, topics=True), Task(3, topics=True), Task(None))
REPORTS = ("topics", "labels", "partial", "lists")
ABOUT = 2
SAMPLES = 500
#: So many papers are encoded before what is done is kept.
ENCODED_AT_A_TIME = 500

Flags = npt.NDArray[np.bool_]


def main() -> None:
    """Run what is asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cache", type=Path, default=None)
    parser.add_argument("--model", default="")
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--only", nargs="*", choices=REPORTS, default=REPORTS)
    options = parser.parse_args()
    recordings = Path(os.environ["DAILYPAPERS_RECORDINGS"])
    folder = recordings / "ranking"
    study, _ = read_study(Files(folder / "papers.jsonl.gz", folder / "users.jsonl", folder / "test_days.json"))
    library = study.before(UNTIL)
    ours = Product.learned(library, load(options.model) if options.model else None, options.cache)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {machine}, {options.model or 'no model'}")
    print(f"learned from {len(library)} papers before {UNTIL}; relevance at least {RELEVANCE}")
    if "topics" in options.only:
        report_topics(ours, study, json.loads((folder / "topics.json").read_text("utf-8")))
    if "labels" in options.only:
        report_labels(ours, library, recordings, PARTS if options.held_out else PARTS[:1])
    if "partial" in options.only:
        report_partial(ours, recordings, PARTS if options.held_out else PARTS[:1])
    if "lists" in options.only:
        report_lists(ours, study)
    print(f"processor time {time.process_time():.0f} s")


@dataclass(frozen=True)
class Product:
    """The ranking as a service runs it, with its first settings and no votes."""

    background: Background
    vectors: Vectors | None
    cache: Path | None

    @classmethod
    def learned(cls, library: Sequence[Paper], encoder: Encoder | None, cache: Path | None) -> "Product":
        """Learn from papers, or take what has been learned from them before."""
        ordered = sorted(library, key=lambda paper: str(paper.id))
        background = learned_background(ordered, cache)
        if encoder is None:
            return cls(background, None, cache)
        vectors = Vectors(encoder, kept_vectors(encoder, cache))
        return cls(background.with_dense(rows_of(vectors, ordered, cache)), vectors, cache)

    def matcher(self, papers: Sequence[Paper]) -> Matcher:
        """Return what matches interests against these papers."""
        dense = rows_of(self.vectors, papers, self.cache) if self.vectors else None
        encoder = self.vectors.encoder if self.vectors else None
        return Matcher(build(papers, background=self.background, dense=dense), encoder)

    def known(self, examples: Iterable[Paper] = ()) -> Known:
        """Return what is known of the papers that somebody liked."""
        by_key = {str(paper.id): paper for paper in examples}
        if self.vectors and by_key:
            rows_of(self.vectors, list(by_key.values()), self.cache)
        return Known(examples=by_key, vectors=self.vectors.by_key if self.vectors else {})

    def picked(self, matcher: Matcher, readers: Sequence[Reader], known: Known) -> list[list[str]]:
        """Return the ids of the papers that each reader gets, best first."""
        return [[pick.paper for pick in picks] for picks in rank(matcher, readers, known, now=NOW)]

    def relevance(self, matcher: Matcher, readers: Sequence[Reader]) -> Matrix:
        """Return readers × papers of the matcher, as columns of its features: what thresholds are about."""
        return np.vstack([part.relevance for part in choose(matcher, readers, self.known(), now=NOW)])


def probability(relevance: float) -> float:
    """Return the chances that a paper of this relevance is about the topic, before anybody has voted."""
    return Calibration().probability(relevance)


def reader_of(topic: str) -> Reader:
    """Return who has typed a topic and nothing else."""
    return Reader((topic_interest(topic),), limit=PLACES, threshold=Calibration().score_at(RELEVANCE))


def topic_interest(topic: str) -> Interest:
    """Return the interest of a topic that is wanted."""
    return Interest(InterestKind.TOPIC, topic)


def learned_background(ordered: Sequence[Paper], cache: Path | None) -> Background:
    """Return what is learned from papers, as a service reads it back from its store."""
    file = cache / f"background-{fingerprint(ordered)}.npz" if cache else None
    if file and file.exists():
        return unpack_background(file.read_bytes())
    packed = pack_background(fit(ordered))
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(packed)
    return unpack_background(packed)


def fingerprint(papers: Sequence[Paper]) -> str:
    """Return what changes with the papers and with the code that learns from them."""
    told = hashlib.sha256(" ".join(str(paper.id) for paper in papers).encode())
    for folder in ("text", "corpus"):
        for file in sorted((Path(dailypapers.ranking.__path__[0]) / folder).glob("*.py")):
            told.update(file.read_bytes())
    return told.hexdigest()[:16]


def vectors_file(encoder: Encoder, cache: Path) -> Path:
    """Return where an encoder's vectors are kept."""
    return cache / f"vectors-{hashlib.sha256(kept_as(encoder).encode()).hexdigest()[:16]}.npz"


def kept_vectors(encoder: Encoder, cache: Path | None) -> Mapping[str, Vector]:
    """Return the vectors that have been kept, by the papers' ids."""
    if not cache or not vectors_file(encoder, cache).exists():
        return {}
    with np.load(vectors_file(encoder, cache)) as kept:
        return dict(zip(kept["keys"].tolist(), kept["rows"].astype(np.float64), strict=True))


def rows_of(vectors: Vectors, papers: Sequence[Paper], cache: Path | None) -> Matrix:
    """Return papers × dimensions; what is not known yet is encoded, and kept."""
    new = [paper for paper in papers if str(paper.id) not in vectors.by_key]
    for start in range(0, len(new), ENCODED_AT_A_TIME):
        some = new[start : start + ENCODED_AT_A_TIME]
        made = encoded(vectors.encoder, some).astype(np.float64)
        vectors.by_key.update(zip((str(paper.id) for paper in some), made, strict=True))
        if cache:
            cache.mkdir(parents=True, exist_ok=True)
            rows = np.array(list(vectors.by_key.values()), np.float32)
            np.savez(vectors_file(vectors.encoder, cache), keys=np.array(list(vectors.by_key)), rows=rows)
    return vectors.rows(papers)


# Topics that recorded days have, and topics they have not.


@dataclass(frozen=True, slots=True)
class TopicDay:
    """What a topic got on a day: picks, those of them without its words, and papers that have it in their title."""

    picks: int
    without_words: int
    titles: int
    picked_titles: int
    #: Whether a paper of the day holds the topic's words.
    has_words: bool


def report_topics(ours: Product, study: Study, topics: Mapping[str, Sequence[str]]) -> None:
    """Print what absent and present topics get on every fourth test day."""
    chosen = set(study.days[::EVERY_DAY])
    days = [papers for day, papers in study.pools() if day in chosen]
    print(f"\n{'topics':<10}{'topics × days':>14}{'picks':>8}{'without words':>15}{'no pick':>9}", end="")
    print(f"{'no pick, words absent':>23}{'title holds it':>16}{'picked':>8}")
    for kind in ("absent", "present"):
        print_topics(kind, [one for papers in days for one in topic_days(ours, papers, topics[kind])])


def topic_days(ours: Product, papers: Sequence[Paper], topics: Sequence[str]) -> Iterator[TopicDay]:
    """Yield what each topic gets of a day."""
    matcher = ours.matcher(papers)
    words = {str(paper.id): frozenset(terms(f"{paper.title}. {paper.abstract}")) for paper in papers}
    picked = ours.picked(matcher, [reader_of(topic) for topic in topics], ours.known())
    for topic, keys in zip(topics, picked, strict=True):
        with_words = {key for key, held in words.items() if holds_words(held, topic)}
        titles = {str(paper.id) for paper in papers if holds(paper.title, topic)}
        yield TopicDay(
            picks=len(keys),
            without_words=sum(key not in with_words for key in keys),
            titles=len(titles),
            picked_titles=len(titles.intersection(keys)),
            has_words=bool(with_words),
        )


def holds_words(held: frozenset[str], topic: str) -> bool:
    """Tell whether these terms of a paper hold every content word of a topic, as the ranking compares words."""
    return all(held.intersection(unit) for unit in units(topic))


def print_topics(kind: str, days: Sequence[TopicDay]) -> None:
    """Print the row of a kind of topics; shares of what there is none of are left out."""
    absent = [one for one in days if not one.has_words]
    silent, rightly = (sum(not one.picks for one in some) / max(len(some), 1) for some in (days, absent))
    titles = sum(one.titles for one in days)
    print(f"{kind:<10}{len(days):>14}{mean(one.picks for one in days):>8.2f}", end="")
    print(f"{mean(one.without_words for one in days):>15.3f}{silent:>9.3f}", end="")
    print(f"{rightly:>15.3f} of{len(absent):>5}{titles:>16}", end="")
    print(f"{sum(one.picked_titles for one in days) / titles:>8.3f}" if titles else "")


def mean(values: Iterable[float]) -> float:
    """Return the mean of at least one value."""
    return float(np.mean(list(values)))


# Pairs that somebody has judged.


@dataclass(frozen=True)
class Pairs:
    """Judged pairs as columns, those of one window after another."""

    topic_id: npt.NDArray[np.str_]
    kind: npt.NDArray[np.str_]
    part: npt.NDArray[np.str_]
    #: Whether the topic is one of the window's field, and is not known to be absent.
    present: Flags
    about: Flags
    weight: Vector
    #: By method.
    scores: Mapping[str, Vector]
    #: What a reader of the topic gets of the window, in ten places and without a limit.
    picked: Flags
    picked_all: Flags

    def of(self, chosen: Flags) -> "Pairs":
        """Return some of them."""
        arrays = {name: value[chosen] for name, value in vars(self).items() if name != "scores"}
        return replace(self, **arrays, scores={name: row[chosen] for name, row in self.scores.items()})


def report_labels(ours: Product, library: Sequence[Paper], recordings: Path, parts: Sequence[str]) -> None:
    """Print what is picked of the judged pairs, how good probabilities are, and how peers do."""
    pairs = judged_pairs(ours, (Bm25(library), TfIdf(library)), recordings, SETS[0])
    for part in parts:
        report_picked(part, pairs.of(pairs.part == part))
    print(f"\n{'calibration':<12}{'pairs':>6}{'ECE':>7}{'Brier':>7}{'ECE, weighted':>15}{'Brier, weighted':>17}")
    for part in parts:
        print_calibration(part, pairs.of(pairs.part == part))
    thresholds = {
        name: best_threshold(row[pairs.part == PARTS[0]], pairs.about[pairs.part == PARTS[0]])
        for name, row in pairs.scores.items()
    }
    for part in parts:
        report_methods(part, pairs.of(pairs.part == part), thresholds)


def report_partial(ours: Product, recordings: Path, parts: Sequence[str]) -> None:
    """Print what is picked of the papers that hold a part of a topic, or all its words but not as its title."""
    pairs = judged_pairs(ours, (), recordings, SETS[1])
    for part in parts:
        report_picked(f"partial, {part}", pairs.of(pairs.part == part))


def judged_pairs(ours: Product, peers: Sequence[Method], recordings: Path, name: str) -> Pairs:
    """Return the judged pairs of a set with every method's scores."""
    listed = read_papers(recordings / "ranking" / "papers.jsonl.gz", now=NOW).announcements
    by_window: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for row in read_rows(DATA / f"{name}.tsv"):
        by_window[row["window"]].append(row)
    topics = {row["topic_id"]: row for row in read_rows(DATA / f"{name}_topics.tsv")}
    windows = (recorded_windows if name == SETS[0] else partial_windows)(recordings, listed)
    rows = [row for name in windows for row in by_window[name]]
    of_topics = [topics[row["topic_id"]] for row in rows]
    columns = [scored(ours, peers, windows[name], by_window[name], topics) for name in windows if by_window[name]]
    joined = {name: np.concatenate([column[name] for column in columns]) for name in columns[0]}
    return Pairs(
        topic_id=np.array([row["topic_id"] for row in rows]),
        kind=np.array([topic["kind"] for topic in of_topics]),
        part=np.array([topic["part"] for topic in of_topics]),
        present=np.array([is_present(topic, row["window"]) for topic, row in zip(of_topics, rows, strict=True)]),
        about=np.array([int(row["label"]) == ABOUT for row in rows]),
        weight=np.array([float(row["weight"]) for row in rows]),
        picked=joined.pop("picked") > 0,
        picked_all=joined.pop("picked without a limit") > 0,
        scores=joined,
    )


def is_present(topic: Mapping[str, str], window: str) -> bool:
    """Tell whether a topic is asked among papers of its own field, and is not there to be absent."""
    return topic["kind"] != "absent" and (window == FIELDS) == (topic["window"] == FIELDS)


def scored(
    ours: Product,
    peers: Sequence[Method],
    papers: Sequence[Paper],
    rows: Sequence[Mapping[str, str]],
    topics: Mapping[str, Mapping[str, str]],
) -> dict[str, Vector]:
    """Return the scores of a window's pairs by method, and whether ours picks them."""
    names = list(dict.fromkeys(topics[row["topic_id"]]["topic"] for row in rows))
    places = [names.index(topics[row["topic_id"]]["topic"]) for row in rows]
    keys = [row["paper"] for row in rows]
    matcher, readers = ours.matcher(papers), [reader_of(name) for name in names]
    everything = [replace(reader, limit=len(papers)) for reader in readers]
    some, more = (ours.picked(matcher, asked, ours.known()) for asked in (readers, everything))
    columns = {key: column for column, key in enumerate(matcher.features.keys)}
    scores = {"dailypapers": ours.relevance(matcher, readers)[places, [columns[key] for key in keys]]}
    order = {str(paper.id): column for column, paper in enumerate(papers)}
    for peer in peers:
        asked = [Evidence((topic_interest(name),)) for name in names]
        scores[peer.name] = peer.day(papers)(asked)[places, [order[key] for key in keys]]
    scores["picked"] = np.array([float(key in some[place]) for key, place in zip(keys, places, strict=True)])
    return scores | {
        "picked without a limit": np.array([float(key in more[p]) for key, p in zip(keys, places, strict=True)])
    }


def report_picked(part: str, pairs: Pairs) -> None:
    """Print how much of what is picked is about its topic, and how much that is about it is picked."""
    print(f"\n{f'picked, {part}':<22}{'pairs':>6}{'picked':>8}{'precision, 95 %':>21}{'weighted, 95 %':>21}", end="")
    print(f"{'recall':>8}{'weighted':>10}")
    rows = {"own field": pairs.present, "elsewhere or absent": ~pairs.present, "all": pairs.present | True}
    for name, chosen in rows.items():
        if chosen.any():
            print_picked(name, pairs.of(chosen), pairs.picked_all[chosen])
    print_picked("own field, 10 places", pairs.of(pairs.present), pairs.picked[pairs.present])
    for kind in dict.fromkeys(pairs.kind[pairs.present].tolist()):
        chosen = pairs.present & (pairs.kind == kind)
        print_picked(f"  {kind}", pairs.of(chosen), pairs.picked_all[chosen])


def print_picked(name: str, pairs: Pairs, picked: Flags) -> None:
    """Print one row of precision and recall."""
    print(f"{name:<22}{len(picked):>6}{picked.sum():>8}", end="")
    for weights in (np.ones(len(picked)), pairs.weight):
        low, high = over_topics(pairs.topic_id, partial(precise, pairs, picked, weights))
        shown = f"{precision(picked, pairs.about, weights=weights):.3f} ({low:.3f}-{high:.3f})"
        print(f"{shown if picked.any() else '–':>21}", end="")
    weighted = recall_of(picked, pairs.about, weights=pairs.weight)
    print(f"{recall_of(picked, pairs.about):>8.3f}{weighted:>10.3f}")


def precise(pairs: Pairs, picked: Flags, weights: Vector, rows: npt.NDArray[np.int64]) -> float:
    """Return the precision of some rows, drawn with repetition."""
    return precision(picked[rows], pairs.about[rows], weights=weights[rows])


def over_topics(
    topic_ids: npt.NDArray[np.str_], measure: Callable[[npt.NDArray[np.int64]], float]
) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of a measure of rows over topics, whose pairs stand or fall together."""
    names, topic = np.unique(topic_ids, return_inverse=True)
    groups = [np.flatnonzero(topic == n) for n in range(len(names))]
    draws = np.random.default_rng(1).integers(len(groups), size=(SAMPLES, len(groups)))
    values = [measure(np.concatenate([groups[n] for n in draw])) for draw in draws]
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def print_calibration(part: str, pairs: Pairs) -> None:
    """Print how far probabilities are from what was judged."""
    given = np.array([probability(score) for score in pairs.scores["dailypapers"].tolist()])
    print(f"{part:<12}{len(given):>6}", end="")
    print(f"{calibration_error(given, pairs.about):>7.3f}{brier_score(given, pairs.about):>7.3f}", end="")
    print(f"{calibration_error(given, pairs.about, weights=pairs.weight):>15.3f}", end="")
    print(f"{brier_score(given, pairs.about, weights=pairs.weight):>17.3f}")


def report_methods(part: str, pairs: Pairs, thresholds: Mapping[str, float]) -> None:
    """Print every method with the threshold that is best on the part to choose on, and ours with its own."""
    print(f"\n{f'all pairs, {part}':<30}{'threshold':>10}{'P':>7}{'R':>7}{'F1':>7}{'AUC':>7}   weighted P, R, F1, AUC")
    print_method("dailypapers, as it is", pairs, pairs.picked_all, pairs.scores["dailypapers"], "")
    for name, threshold in thresholds.items():
        print_method(name, pairs, pairs.scores[name] >= threshold, pairs.scores[name], f"{threshold:.3f}")


def print_method(name: str, pairs: Pairs, picked: Flags, scores: Vector, threshold: str) -> None:
    """Print one method's row."""
    print(f"{name:<30}{threshold:>10}", end="")
    for weights in (np.ones(len(picked)), pairs.weight):
        values = [measure(picked, pairs.about, weights=weights) for measure in (precision, recall_of, f1)]
        auc = float(roc_auc_score(pairs.about, scores, sample_weight=weights))
        print("".join(f"{value:>7.3f}" for value in (*values, auc)), end="  ")
    print()


# Curated lists, whose likes must not be lost to silence.


@dataclass(frozen=True)
class ListDay:
    """Of a reader's liked papers of a day the share that is picked, by how much is sent; and how much that is."""

    reader: str
    liked: int
    picked: Mapping[str, int]
    sent: Mapping[str, int]


def report_lists(ours: Product, study: Study) -> None:
    """Print the share of liked papers that are picked, per reader as `protocol` takes means, and of all likes."""
    print(f"\n{'lists':<18}{'sent at most':<22}{'lists':>6}{'share, 95 %':>22}{'of all likes':>14}{'picks a day':>13}")
    by_task: dict[Task, list[ListDay]] = {task: [] for task in TASKS}
    for day, papers in study.pools():
        readers = list(tested(study, day, papers))
        if readers:
            matcher = ours.matcher(papers)
            for task in TASKS:
                evidence = [study.evidence(reader, day, task) for reader, _ in readers]
                named = [(reader.name, relevant) for reader, relevant in readers]
                by_task[task] += list_days(ours, matcher, evidence, named)
    for task, days in by_task.items():
        print_lists(task, days)


def list_days(
    ours: Product, matcher: Matcher, evidence: Sequence[Evidence], named: Sequence[tuple[str, frozenset[str]]]
) -> Iterator[ListDay]:
    """Yield what readers of whom so much is known get of a day."""
    known = ours.known(paper for one in evidence for paper in one.likes)
    threshold = Calibration().score_at(RELEVANCE)
    asked = [Reader(one.interests, liked=tuple(str(paper.id) for paper in one.likes)) for one in evidence]
    ways = {
        "10, any relevance": (PLACES, -np.inf),
        "10": (PLACES, threshold),
        "all": (len(matcher.features.keys), threshold),
    }
    picked = {
        name: ours.picked(matcher, [replace(one, limit=limit, threshold=least) for one in asked], known)
        for name, (limit, least) in ways.items()
    }
    for place, (reader, relevant) in enumerate(named):
        yield ListDay(
            reader=reader,
            liked=len(relevant),
            picked={name: len(relevant.intersection(keys[place])) for name, keys in picked.items()},
            sent={name: len(keys[place]) for name, keys in picked.items()},
        )


def print_lists(task: Task, days: Sequence[ListDay]) -> None:
    """Print a task's rows."""
    for name in days[0].picked:
        by_reader: dict[str, list[float]] = defaultdict(list)
        for one in days:
            by_reader[one.reader].append(one.picked[name] / one.liked)
        means = [mean(shares) for shares in by_reader.values()]
        low, high = interval(means)
        every = sum(one.picked[name] for one in days) / sum(one.liked for one in days)
        sent = mean(one.sent[name] for one in days)
        shown = f"{mean(means):.3f} ({low:.3f}-{high:.3f})"
        print(f"{task.name:<18}{name:<22}{len(days):>6}{shown:>22}{every:>14.3f}{sent:>13.1f}")


if __name__ == "__main__":
    main()
