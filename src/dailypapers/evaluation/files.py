"""Evaluate: measure how well papers are ranked, ours beside the peers, on files somebody has."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper
from dailypapers.domain.source import Skipped
from dailypapers.errors import BadInput
from dailypapers.evaluation import peers
from dailypapers.evaluation.ours import Ours
from dailypapers.evaluation.protocol import Method, Outcome, Reader, Study, Task, run
from dailypapers.ranking.embeddings.encoder import Encoder
from dailypapers.ranking.scoring import WORDS
from dailypapers.sources.file import id_of, load, read_papers, read_text

Making = Callable[[Sequence[Paper], Encoder | None], Method]


def _zotero(_: Sequence[Paper], encoder: Encoder | None) -> Method:
    if encoder is None:
        raise BadInput("The method zotero needs a model: name one with --model.")
    return peers.Zotero(encoder)


#: By the names the command knows; ours comes first, so that the others are compared with it.
METHODS: Mapping[str, Making] = {
    "dailypapers": lambda papers, encoder: Ours(papers, encoder=encoder),
    "words": lambda papers, _: Ours(papers, recipe=WORDS, name="dailypapers, words alone"),
    "bm25": lambda papers, _: peers.Bm25(papers),
    "tfidf": lambda papers, _: peers.TfIdf(papers),
    "svm": lambda papers, _: peers.Svm(papers),
    "zotero": _zotero,
}


@dataclass(frozen=True, slots=True)
class Files:
    """What a study is read from: papers with their days, readers with their likes, and the days to test."""

    papers: Path
    users: Path
    test_days: Path


@dataclass(frozen=True)
class Evaluated:
    """What came of an evaluation, and of what it was."""

    study: Study
    outcomes: tuple[Outcome, ...]
    background: int
    skipped: tuple[Skipped, ...]

    @property
    def without_papers(self) -> tuple[str, ...]:
        """The days to test that no paper is of."""
        return tuple(day for day, pool in self.study.pools() if not pool)


def evaluate(
    files: Files,
    methods: Sequence[str],
    tasks: Sequence[Task],
    *,
    encoder: Encoder | None = None,
    until: dt.date | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Evaluated:
    """Measure methods at tasks. What is learned in general comes from papers before `until`, else before the first day.

    Raises `BadInput` for files that cannot be read, unknown methods, and a study in which nobody can be tested.
    """
    study, skipped = read_study(files)
    chosen = [making(name) for name in methods]
    background = study.before(str(until or study.days[0]))
    if not background:
        raise BadInput(f"No paper is older than {until or study.days[0]}; there is nothing to learn from.")
    outcomes = run(study, [make(background, encoder) for make in chosen], tasks, on_progress=on_progress)
    if not any(outcome.lists for outcome in outcomes):
        raise BadInput(
            "Nobody can be tested: a reader needs a like on one of the test days and three likes on earlier days."
        )
    return Evaluated(study, tuple(outcomes), len(background), skipped)


def making(name: str) -> Making:
    """What makes a method, by the name the command knows it by. Raises `BadInput` for another name."""
    if name not in METHODS:
        raise BadInput(f"There is no method “{name}”. Choose from {', '.join(METHODS)}.")
    return METHODS[name]


def read_study(files: Files) -> tuple[Study, tuple[Skipped, ...]]:
    """Read a study. Raises `BadInput` where a file is missing or is not what it should be.

    A paper that is there twice came on the first of its days.
    """
    fetched = read_papers(files.papers, now=_UNDATED)
    papers: dict[str, Paper] = {}
    day_of: dict[str, str] = {}
    undated = []
    for item in fetched.announcements:
        key, paper = str(item.paper.id), item.paper
        day = paper.published if item.day == _UNDATED.date() else item.day
        if day is None:
            undated.append(Skipped(f"{files.papers.name}, “{paper.title[:60]}”", "It has no date."))
        elif day.isoformat() < day_of.get(key, "9999"):
            papers[key], day_of[key] = paper, day.isoformat()
    skipped = (*fetched.skipped, *undated)
    if not papers:
        why = f": {skipped[0].where}: {skipped[0].why}" if skipped else "."
        raise BadInput(f"{files.papers.name} has no papers that could be read{why}")
    return Study(papers, day_of, tuple(_readers(files.users)), _days(files.test_days)), skipped


#: Stands for the day of papers that name none.
_UNDATED = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _readers(path: Path) -> Iterator[Reader]:
    names: set[str] = set()
    for number, line in enumerate(read_text(path).split("\n"), 1):
        where = f"{path.name} line {number}"
        if line.strip():
            reader = _reader(_json(line, where), where)
            # Every line is a reader, whatever others are called.
            name = reader.name if reader.name and reader.name not in names else f"{reader.name} (line {number})".strip()
            names.add(name)
            yield replace(reader, name=name)


def _reader(entry: Any, where: str) -> Reader:
    if not isinstance(entry, dict):
        raise BadInput(f"{where}: a reader must be an object with user, topic and likes.")
    likes = entry.get("likes") or []
    if not isinstance(likes, list) or not all(isinstance(key, str) for key in likes):
        raise BadInput(f"{where}: likes must be a list of paper ids.")
    said = heading(_words(entry, "list", where), _words(entry, "topic", where))
    interests = (Interest(InterestKind.TOPIC, said),) if said else ()
    return Reader(_words(entry, "user", where), interests, frozenset(str(id_of(key)[0]) for key in likes if key))


def _words(entry: Mapping[str, Any], key: str, where: str) -> str:
    value = entry.get(key)
    if value is not None and not isinstance(value, str | int):
        raise BadInput(f"{where}: {key} must be text.")
    return "" if value is None else str(value)


#: What the name of a list says of being a list, not of its subject.
_BOOKKEEPING = re.compile(r"\b(?:awesome|lists?|papers?|collections?|resources?|latest)\b", re.IGNORECASE)


def heading(name: str, topic: str) -> str:
    """What a reader would type: the name of their list (of `owner/name`), and the section's topic.

    All methods are told the same words.
    """
    named = re.sub(r"[-_]+", " ", name.rpartition("/")[2])
    return " ".join(_BOOKKEEPING.sub(" ", f"{named} {topic}").split())


def _days(path: Path) -> tuple[str, ...]:
    days = _json(read_text(path), path.name)
    try:
        found = {dt.date.fromisoformat(day[:10]).isoformat() for day in days}
    except (TypeError, ValueError):
        found = set()
    if not isinstance(days, list) or not found:
        raise BadInput(f"{path.name} must be a list of days such as [“2026-05-01”, “2026-05-04”].")
    return tuple(sorted(found))


def _json(text: str, where: str) -> Any:
    try:
        return load(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{where} is not valid JSON: {error}.") from error
