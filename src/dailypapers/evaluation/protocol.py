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
class Asked:
    """What a method is told of a reader: what they stated, and the papers they liked and disliked, oldest first."""

    interests: tuple[Interest, ...] = ()
    likes: tuple[Paper, ...] = ()
    dislikes: tuple[Paper, ...] = ()

    @property
    def heading(self) -> str:
        """What was stated in words, as one text."""
        return " . ".join(interest.text for interest in self.interests)


#: Readers × papers, for all who ask on one day.
Scores = Callable[[Sequence[Asked]], Matrix]


class Method(Protocol):
    """A way of ranking, which has learned what it needs before the first day."""

    @property
    def name(self) -> str:
        """What the table calls it."""

    def day(self, pool: Sequence[Paper]) -> Scores:
        """Open a day; gives what scores its papers, in the pool's order, for those who ask."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody with interests and votes; `likes` and `dislikes` are papers' keys."""

    name: str
    interests: tuple[Interest, ...]
    likes: frozenset[str]
    dislikes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Task:
    """What methods are told: the `likes` newest earlier likes (all of them for `None`), and the interests or not."""

    likes: int | None = None
    heading: bool = False

    @property
    def name(self) -> str:
        """What the table calls it."""
        likes = "all likes" if self.likes is None else f"{self.likes} like{'s' * (self.likes != 1)}"
        return "heading only" if not self.likes and self.likes is not None else "heading, " * self.heading + likes


@dataclass(frozen=True)
class Study:
    """Papers with the day each came on, the readers, and the days that are tested, in order."""

    papers: Mapping[str, Paper]
    day_of: Mapping[str, str]
    readers: tuple[Reader, ...]
    days: tuple[str, ...]

    def pools(self) -> Iterator[tuple[str, tuple[Paper, ...]]]:
        """The tested days with all their papers."""
        found = defaultdict(list)
        for key, day in self.day_of.items():
            found[day].append(self.papers[key])
        for day in self.days:
            yield day, tuple(found[day])

    def before(self, day: str) -> tuple[Paper, ...]:
        """The papers of earlier days."""
        return tuple(self.papers[key] for key, its in self.day_of.items() if its < day)

    def asked(self, reader: Reader, day: str, task: Task) -> Asked:
        """What a method is told of a reader on the morning of a day."""
        likes = self._earlier(reader.likes, day)
        kept = likes if task.likes is None else likes[len(likes) - min(task.likes, len(likes)) :]
        dislikes = self._earlier(reader.dislikes, day) if task.likes is None else ()
        return Asked(reader.interests if task.heading else (), kept, dislikes)

    def _earlier(self, keys: frozenset[str], day: str) -> tuple[Paper, ...]:
        known = sorted((self.day_of[key], key) for key in keys if self.day_of.get(key, day) < day)
        return tuple(self.papers[key] for _, key in known)


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
        """A measure's mean over the days of each reader, in the order of their names."""
        days = (self.by_reader[name] for name in sorted(self.by_reader))
        return np.array([np.mean([getattr(day, measure) for day in measured]) for measured in days])

    def over(self, other: "Outcome") -> tuple[float, float, float]:
        """By how much its nDCG@10 is above another's of the same task, and the 95 % interval over readers."""
        differences = self.means() - other.means()
        return float(differences.mean()), *interval(differences.tolist())


def run(
    study: Study,
    methods: Sequence[Method],
    tasks: Sequence[Task],
    *,
    on_progress: Callable[[int], None] = lambda _: None,
) -> list[Outcome]:
    """Measure every method at every task; `on_progress` hears of each day. Tasks first, methods in their order.

    Readers who have no day to be tested on are left out.
    """
    found: dict[tuple[Task, int], dict[str, list[Measured]]] = {
        (task, n): defaultdict(list) for task in tasks for n in range(len(methods))
    }
    taken: dict[tuple[Task, int], float] = defaultdict(float)
    for day, pool in study.pools():
        keys = [str(paper.id) for paper in pool]
        asking = list(tested(study, day, pool))
        for number, method in enumerate(methods if asking else ()):
            scores = method.day(pool)
            for task in tasks:
                asked = [study.asked(reader, day, task) for reader, _ in asking]
                started = time.perf_counter()
                given = scores(asked)
                taken[task, number] += time.perf_counter() - started
                for (reader, relevant), row in zip(asking, given, strict=True):
                    found[task, number][reader.name].append(_measured(keys, row, relevant))
        on_progress(1)
    return [
        Outcome(task, methods[n].name, {name: tuple(days) for name, days in measured.items()}, taken[task, n])
        for (task, n), measured in found.items()
    ]


def tested(study: Study, day: str, pool: Sequence[Paper]) -> Iterator[tuple[Reader, frozenset[str]]]:
    """Who can be tested on a day, with what of it they liked."""
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
    """Keys, best first; equal scores in a fixed pseudo-random order that the papers' ids do not tell."""
    places = sorted(range(len(keys)), key=lambda n: (-round(float(scores[n]), 9), lot(keys[n])))
    return [keys[n] for n in places]


def lot(key: str) -> str:
    """A fixed pseudo-random place."""
    return hashlib.sha256(key.encode()).hexdigest()
