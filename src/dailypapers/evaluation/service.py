"""Evaluate what the service itself has seen: its ledger and votes, recipes in comparison, and trends in files."""

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from dailypapers.domain.paper import PaperId
from dailypapers.errors import BadInput
from dailypapers.evaluation.files import making
from dailypapers.evaluation.measures import interval
from dailypapers.evaluation.protocol import Outcome, Reader, Study, Task, run, tested
from dailypapers.evaluation.trends import Foretold, Listing, Reading, study
from dailypapers.ranking.embeddings.encoder import Encoder
from dailypapers.sources.file import read_text
from dailypapers.sources.huggingface import read_entry
from dailypapers.store import editions, papers, subscribers, votes
from dailypapers.store.database import reading

_NEVER_ANNOUNCED = "0000-00-00"
_ALL_KNOWN = Task(None, heading=True)


def replay(
    engine: sa.Engine, methods: Sequence[str], *, task: Task = _ALL_KNOWN, encoder: Encoder | None = None
) -> list[Outcome]:
    """Rank past editions again for the readers who voted on them, knowing only what was known before.

    Readers vote on what they are shown, so that an order like the one they were sent is favoured; among orders that
    differ from it alike, the comparison is fair. Raises `BadInput` for unknown methods and where nobody can be tested.
    """
    chosen = [making(name) for name in methods]
    seen = _study(engine)
    first = next((day for day, pool in seen.pools() if any(tested(seen, day, pool))), None)
    if first is None:
        raise BadInput("Nobody can be tested yet: a reader needs three votes and another one on a later edition.")
    background = seen.before(first)
    return run(seen, [make(background, encoder) for make in chosen], [task])


def _study(engine: sa.Engine) -> Study:
    with reading(engine) as tx:
        known = list(subscribers.every(tx))
        ids = [reader.id for reader in known]
        stated, cast = subscribers.interests_of(tx, ids), votes.of_subscribers(tx, ids)
        days = {edition.id: edition.day.isoformat() for edition in editions.every(tx)}
        first = papers.first_editions(tx)
        loaded = papers.every(tx)
    day_of = {str(paper.id): days.get(first.get(n, 0), _NEVER_ANNOUNCED) for n, paper in loaded.items()}
    readers = tuple(
        Reader(str(n), stated[n], frozenset(cast[n].liked), frozenset(cast[n].disliked)) for n in ids if n in cast
    )
    return Study({str(paper.id): paper for paper in loaded.values()}, day_of, readers, tuple(sorted(days.values())))


@dataclass(frozen=True, slots=True)
class Side:
    """One recipe in a comparison: how many of its picks were voted for and against."""

    recipe: str
    liked: int
    disliked: int
    #: Its part of all votes for papers, with the 95 % interval over votes.
    share: float
    low: float
    high: float


def interleaved(engine: sa.Engine, *, now: dt.datetime, days: int) -> list[Side]:
    """What readers voted for where their lists were woven of two recipes. Raises `BadInput` where there is no vote."""
    with reading(engine) as tx:
        cast = [vote for vote in votes.on_picks(tx, since=now - dt.timedelta(days=days), limit=1_000_000) if vote[2]]
    if not any(liked for _, liked, _ in cast):
        raise BadInput("Nobody has voted on a paper from an interleaved list yet: set ranking.interleave, and wait.")
    return [_side(recipe, cast) for recipe in sorted({recipe for _, _, recipe in cast})]


def _side(recipe: str, cast: Sequence[tuple[float, bool, str]]) -> Side:
    own = [float(whose == recipe) for _, liked, whose in cast if liked]
    against = sum(1 for _, liked, whose in cast if not liked and whose == recipe)
    return Side(recipe, int(sum(own)), against, sum(own) / len(own), *interval(own))


def trends(listings: Path, readings: Path) -> list[Foretold]:
    """Compare early signals with later ones: daily papers as Hugging Face lists them, with their day; later readings.

    Readings are tab-separated: arxiv_id, observed_at, upvotes. Raises `BadInput` for files that hold something else.
    """
    found = study(list(_listings(listings)), list(_readings(readings)))
    if not found:
        raise BadInput("No day has eight papers with a reading on the next morning and one a week later.")
    return found


def _listings(path: Path) -> Iterator[Listing]:
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


def _readings(path: Path) -> Iterator[Reading]:
    rows = csv.DictReader(io.StringIO(read_text(path)), delimiter="\t")
    for row in rows:
        try:
            at = dt.datetime.fromisoformat(row["observed_at"])
            known = at if at.tzinfo else at.replace(tzinfo=dt.UTC)
            yield Reading(str(PaperId.parse(row["arxiv_id"])), known, int(row["upvotes"]))
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput(
                f"{path.name} line {rows.line_num} is not a reading (arxiv_id, observed_at, upvotes): {error}."
            ) from error
