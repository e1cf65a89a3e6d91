"""Evaluate: measure how well papers are ranked, ours beside the peers, on files somebody has."""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper
from dailypapers.domain.source import Skipped
from dailypapers.errors import BadInput
from dailypapers.evaluation import peers
from dailypapers.evaluation.ours import Ours
from dailypapers.evaluation.protocol import Method, Outcome, Reader, Study, Task, run
from dailypapers.ranking.encoder import Encoder
from dailypapers.ranking.score import WORDS
from dailypapers.sources.file import read_papers

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


def evaluate(
    files: Files,
    methods: Sequence[str],
    tasks: Sequence[Task],
    *,
    encoder: Encoder | None = None,
    until: dt.date | None = None,
    told: Callable[[int], None] = lambda _: None,
) -> Evaluated:
    """Measure methods at tasks. What is learned in general comes from papers before `until`, else before the first day.

    Raises `BadInput` for files that cannot be read, unknown methods, and a study in which nobody can be tested.
    """
    study, skipped = read_study(files)
    chosen = [_making(name) for name in methods]
    background = study.before(str(until or study.days[0]))
    if not background:
        raise BadInput(f"No paper is older than {until or study.days[0]}; there is nothing to learn from.")
    outcomes = run(study, [make(background, encoder) for make in chosen], tasks, told=told)
    if not any(outcome.lists for outcome in outcomes):
        raise BadInput(
            "Nobody can be tested: a reader needs a like on one of the test days and three likes on earlier days."
        )
    return Evaluated(study, tuple(outcomes), len(background), skipped)


def _making(name: str) -> Making:
    if name not in METHODS:
        raise BadInput(f"There is no method “{name}”; there are {', '.join(METHODS)}.")
    return METHODS[name]


def read_study(files: Files) -> tuple[Study, tuple[Skipped, ...]]:
    """Read a study. Raises `BadInput` where a file is missing or is not what it should be."""
    fetched = read_papers(files.papers, now=dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
    papers = {str(item.paper.id): item.paper for item in fetched.announcements}
    day_of = {str(item.paper.id): item.day.isoformat() for item in fetched.announcements}
    readers = tuple(_readers(files.users))
    return Study(papers, day_of, readers, _days(files.test_days)), fetched.skipped


def _readers(path: Path) -> Iterator[Reader]:
    for number, line in enumerate(_text(path).splitlines(), 1):
        where = f"{path.name} line {number}"
        if line.strip():
            yield _reader(_json(line, where), where)


def _reader(entry: Any, where: str) -> Reader:
    if not isinstance(entry, dict):
        raise BadInput(f"{where}: a reader is an object with user, topic and likes.")
    likes = entry.get("likes")
    if not isinstance(likes, list) or not all(isinstance(key, str) for key in likes):
        raise BadInput(f"{where}: likes must be a list of papers' ids.")
    said = heading(str(entry.get("list") or ""), str(entry.get("topic") or ""))
    interests = (Interest(InterestKind.TOPIC, said),) if said else ()
    return Reader(str(entry.get("user") or number_of(where)), interests, frozenset(likes))


def number_of(where: str) -> str:
    """The line a reader without a name stands in."""
    return where.rsplit(" ", 1)[-1]


#: What the name of a list says of being a list, not of its subject.
_BOOKKEEPING = re.compile(r"\b(?:awesome|lists?|papers?|collections?|resources?|latest)\b", re.IGNORECASE)


def heading(name: str, topic: str) -> str:
    """What a reader would type: the name of their list (of `owner/name`), and the section's topic.

    All methods are told the same words.
    """
    named = re.sub(r"[-_]+", " ", name.rpartition("/")[2])
    return " ".join(_BOOKKEEPING.sub(" ", f"{named} {topic}").split())


def _days(path: Path) -> tuple[str, ...]:
    days = _json(_text(path), path.name)
    if not isinstance(days, list) or not days or not all(isinstance(day, str) for day in days):
        raise BadInput(f"{path.name} must be a list of days such as [“2026-05-01”, “2026-05-04”].")
    return tuple(sorted(days))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The file {path} cannot be read: {error}.") from error


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{where} is no JSON: {error}.") from error
