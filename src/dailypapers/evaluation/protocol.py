"""The protocol: rank whole days for readers whose later likes are known, by several methods in one run.

For a reader and a test day with at least one of their likes on it and at least three on earlier days, all papers of
that day are ranked knowing only what came before. The measures are taken per reader and day, then their mean per
reader, then the mean over readers, so that a busy reader counts no more than a quiet one.
"""

import hashlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from dailypapers.domain.interest import Interest
from dailypapers.domain.paper import Paper
from dailypapers.evaluation.measures import interval, ndcg, recall, reciprocal_rank
from dailypapers.ranking.corpus.frequencies import Matrix, Vector

LEAST_LIKES = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a method knows of a reader: what they stated, and the papers they liked and disliked, oldest first."""

    interests: tuple[Interest, ...] = ()
    likes: tuple[Paper, ...] = ()
    dislikes: tuple[Paper, ...] = ()

    @property
    def query(self) -> str:
        """What was stated in words, as one text."""
        return " . ".join(interest.text for interest in self.interests)


#: Gives readers × papers, for all who are tested on one day.
Scores = Callable[[Sequence[Evidence]], Matrix]


class Method(Protocol):
    """A way of ranking, which has learned what it needs before the first day."""

    @property
    def name(self) -> str:
        """What the table calls it."""

    def day(self, pool: Sequence[Paper]) -> Scores:
        """Return what scores a day's papers, in the pool's order, for the readers of that day."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody with interests and votes; `likes` and `dislikes` are papers' keys."""

    name: str
    interests: tuple[Interest, ...]
    likes: frozenset[str]
    dislikes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Task:
    """What methods are told: the `likes` newest earlier likes (all of them for `None`), and their topics or not."""

    likes: int | None = None
    topics: bool = False

    @property
    def name(self) -> str:
        """What the tables call it; to them a stated topic is a heading, as it was in the lists that likes are from."""
        likes = "all likes" if self.likes is None else f"{self.likes} like{'s' * (self.likes != 1)}"
        return "heading only" if not self.likes and self.likes is not None else "heading, " * self.topics + likes


@dataclass(frozen=True)
class Study:
    """Papers with the day each came on, the readers, and the days that are tested, in order."""

    papers: Mapping[str, Paper]
    day_of: Mapping[str, str]
    readers: tuple[Reader, ...]
    days: tuple[str, ...]

    def pools(self) -> Iterator[tuple[str, tuple[Paper, ...]]]:
        """Yield the tested days with all their papers."""
        by_day = defaultdict(list)
        for key, day in self.day_of.items():
            by_day[day].append(self.papers[key])
        for day in self.days:
            yield day, tuple(by_day[day])

    def before(self, day: str) -> tuple[Paper, ...]:
        """Return the papers of earlier days."""
        return tuple(self.papers[key] for key, its in self.day_of.items() if its < day)

    def evidence(self, reader: Reader, day: str, task: Task) -> Evidence:
        """Return what a method knows of a reader on the morning of a day."""
        likes = self._earlier(reader.likes, day)
        newest = likes if task.likes is None else likes[len(likes) - min(task.likes, len(likes)) :]
        dislikes = self._earlier(reader.dislikes, day) if task.likes is None else ()
        return Evidence(reader.interests if task.topics else (), newest, dislikes)

    def _earlier(self, keys: frozenset[str], day: str) -> tuple[Paper, ...]:
        earlier = sorted((self.day_of[key], key) for key in keys if self.day_of.get(key, day) < day)
        return tuple(self.papers[key] for _, key in earlier)


@dataclass(frozen=True, slots=True)
class Measured:
    """One list's measures."""

    ndcg: float
    recall: float
    reciprocal_rank: float


@dataclass(frozen=True)
class Outcome:
    """How one method did at one task: by reader, a value for each day; `seconds` is what scoring took in all."""

    task: Task
    method: str
    by_reader: Mapping[str, tuple[Measured, ...]]
    seconds: float

    @property
    def lists(self) -> int:
        """How many lists were measured."""
        return sum(len(days) for days in self.by_reader.values())

    def means(self, measure: str = "ndcg") -> Vector:
        """Return a measure's mean over the days of each reader, in the order of their names."""
        days = (self.by_reader[name] for name in sorted(self.by_reader))
        return np.array([np.mean([getattr(day, measure) for day in measured]) for measured in days])

    def over(self, other: "Outcome") -> tuple[float, float, float]:
        """Return by how much its nDCG@10 is above another's of the same task, and the 95 % interval over readers."""
        differences = self.means() - other.means()
        return float(differences.mean()), *interval(differences.tolist())


def run(
    study: Study,
    methods: Sequence[Method],
    tasks: Sequence[Task],
    *,
    on_progress: Callable[[int], None] = lambda _: None,
) -> list[Outcome]:
    """Measure every method at every task; outcomes are in the order of tasks, then of methods.

    `on_progress` is called after each day.

    Readers who have no day to be tested on are left out.
    """
    measured: dict[tuple[Task, int], dict[str, list[Measured]]] = {
        (task, n): defaultdict(list) for task in tasks for n in range(len(methods))
    }
    seconds: dict[tuple[Task, int], float] = defaultdict(float)
    for day, pool in study.pools():
        keys = [str(paper.id) for paper in pool]
        readers = list(tested(study, day, pool))
        for number, method in enumerate(methods if readers else ()):
            scores = method.day(pool)
            for task in tasks:
                evidence = [study.evidence(reader, day, task) for reader, _ in readers]
                started = time.perf_counter()
                rows = scores(evidence)
                seconds[task, number] += time.perf_counter() - started
                for (reader, relevant), row in zip(readers, rows, strict=True):
                    measured[task, number][reader.name].append(_measured(keys, row, relevant))
        on_progress(1)
    return [
        Outcome(task, methods[n].name, {name: tuple(days) for name, days in by_reader.items()}, seconds[task, n])
        for (task, n), by_reader in measured.items()
    ]


def tested(study: Study, day: str, pool: Sequence[Paper]) -> Iterator[tuple[Reader, frozenset[str]]]:
    """Yield who can be tested on a day, with what of it they liked."""
    keys = frozenset(str(paper.id) for paper in pool)
    for reader in study.readers:
        relevant = reader.likes & keys
        earlier = sum(1 for key in reader.likes if study.day_of.get(key, day) < day)
        if relevant and earlier >= LEAST_LIKES:
            yield reader, relevant


def _measured(keys: Sequence[str], scores: Vector, relevant: frozenset[str]) -> Measured:
    order = ranked(keys, scores)
    return Measured(ndcg(order, relevant), recall(order, relevant), reciprocal_rank(order, relevant))


def ranked(keys: Sequence[str], scores: Vector) -> list[str]:
    """Return keys, best first; equal scores in a fixed pseudo-random order that the papers' ids do not tell."""
    places = sorted(range(len(keys)), key=lambda n: (-round(float(scores[n]), 9), shuffle_key(keys[n])))
    return [keys[n] for n in places]


def shuffle_key(key: str) -> str:
    """Return what to sort by for a pseudo-random order that is always the same."""
    return hashlib.sha256(key.encode()).hexdigest()
