"""Files somebody has, as a study or a forecast: papers with their days, readers with their likes, and later counts."""

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.source import Skipped
from dailypapers.errors import BadInput
from dailypapers.evaluation.forecast import Listing, Reading
from dailypapers.evaluation.protocol import Reader, Study
from dailypapers.sources.file import id_of, load, read_papers, read_text
from dailypapers.sources.huggingface import read_entry


@dataclass(frozen=True, slots=True)
class Files:
    """What a study is read from: papers with their days, readers with their likes, and the days to test."""

    papers: Path
    users: Path
    test_days: Path


def read_study(files: Files) -> tuple[Study, tuple[Skipped, ...]]:
    """Return a study, and what of its papers could not be read.

    Raises `BadInput` where a file is missing or is not what it should be.

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
    topic = topic_of(_words(entry, "list", where), _words(entry, "topic", where))
    interests = (Interest(InterestKind.TOPIC, topic),) if topic else ()
    return Reader(_words(entry, "user", where), interests, frozenset(str(id_of(key)[0]) for key in likes if key))


def _words(entry: Mapping[str, Any], key: str, where: str) -> str:
    value = entry.get(key)
    if value is not None and not isinstance(value, str | int):
        raise BadInput(f"{where}: {key} must be text.")
    return "" if value is None else str(value)


#: What the name of a list says of being a list, not of its subject.
_BOOKKEEPING = re.compile(r"\b(?:awesome|lists?|papers?|collections?|resources?|latest)\b", re.IGNORECASE)


def topic_of(list_name: str, section: str) -> str:
    """Return what a reader would type: the name of their list (of `owner/name`), a colon, and the section's title.

    The tables call it the heading. All methods are given the same words.
    """
    names = (re.sub(r"[-_]+", " ", list_name.rpartition("/")[2]), section)
    return ": ".join(filter(None, (" ".join(_BOOKKEEPING.sub(" ", name).split()) for name in names)))


def _days(path: Path) -> tuple[str, ...]:
    days = _json(read_text(path), path.name)
    try:
        dates = {dt.date.fromisoformat(day[:10]).isoformat() for day in days}
    except (TypeError, ValueError):
        dates = set()
    if not isinstance(days, list) or not dates:
        raise BadInput(f"{path.name} must be a list of days such as [“2026-05-01”, “2026-05-04”].")
    return tuple(sorted(dates))


def read_listings(path: Path) -> Iterator[Listing]:
    """Yield daily papers as Hugging Face lists them, JSON Lines, each with its `day`.

    Raises `BadInput` for another file.
    """
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            day = dt.date.fromisoformat(str(entry["day"]))
            item = read_entry(entry, day=day)
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput(f"{path.name} line {number} is not a listed paper with its day: {error}.") from error
        if item.signals:
            yield Listing(item.paper, day, item.signals)


def read_readings(path: Path) -> Iterator[Reading]:
    """Yield later counts, tab-separated: arxiv_id, observed_at (UTC without an offset), upvotes.

    Raises `BadInput` for another file.
    """
    rows = csv.DictReader(io.StringIO(read_text(path)), delimiter="\t")
    for row in rows:
        try:
            at = dt.datetime.fromisoformat(row["observed_at"])
            observed_at = at if at.tzinfo else at.replace(tzinfo=dt.UTC)
            yield Reading(str(PaperId.parse(row["arxiv_id"])), observed_at, int(row["upvotes"]))
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput(
                f"{path.name} line {rows.line_num} is not a reading (arxiv_id, observed_at, upvotes): {error}."
            ) from error


def _json(text: str, where: str) -> Any:
    try:
        return load(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{where} is not valid JSON: {error}.") from error
