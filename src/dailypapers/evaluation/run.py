"""What the commands call: read what is known, run a protocol over it, and return what was measured."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from dailypapers.domain.source import Skipped
from dailypapers.errors import BadInput
from dailypapers.evaluation import service
from dailypapers.evaluation.files import Files, read_listings, read_readings, read_study
from dailypapers.evaluation.forecast import ForecastQuality, compare_forecasts
from dailypapers.evaluation.methods import method_named
from dailypapers.evaluation.protocol import Outcome, Study, Task, run, tested
from dailypapers.evaluation.service import VariantVotes, votes_by_variant
from dailypapers.ranking.embeddings.encoder import Encoder

_ALL_KNOWN = Task(None, topics=True)


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
    makers = [method_named(name) for name in methods]
    background = study.before(str(until or study.days[0]))
    if not background:
        raise BadInput(f"No paper is older than {until or study.days[0]}; there is nothing to learn from.")
    outcomes = run(study, [make(background, encoder) for make in makers], tasks, on_progress=on_progress)
    if not any(outcome.lists for outcome in outcomes):
        raise BadInput(
            "Nobody can be tested: a reader needs a like on one of the test days and three likes on earlier days."
        )
    return Evaluated(study, tuple(outcomes), len(background), skipped)


def replay(
    engine: sa.Engine, methods: Sequence[str], *, task: Task = _ALL_KNOWN, encoder: Encoder | None = None
) -> list[Outcome]:
    """Rank past editions again for the readers who voted on them, knowing only what was known before.

    Readers vote on what they are shown, so that an order like the one they were sent is favoured; among orders that
    differ from it alike, the comparison is fair. Raises `BadInput` for unknown methods and where nobody can be tested.
    """
    makers = [method_named(name) for name in methods]
    study = service.read_study(engine)
    first = next((day for day, pool in study.pools() if any(tested(study, day, pool))), None)
    if first is None:
        raise BadInput("Nobody can be tested yet: a reader needs three votes and another one on a later edition.")
    background = study.before(first)
    return run(study, [make(background, encoder) for make in makers], [task])


def interleaved(engine: sa.Engine, *, now: dt.datetime, days: int) -> list[VariantVotes]:
    """Return what readers voted for in the last days where two ranking variants were interleaved.

    Raises `BadInput` where there is no vote for a paper.
    """
    votes = service.read_votes(engine, since=now - dt.timedelta(days=days))
    if not any(liked for _, liked in votes):
        raise BadInput("Nobody has voted on a paper from an interleaved list yet: set ranking.interleave, and wait.")
    return votes_by_variant(votes)


def forecasts(listings: Path, readings: Path) -> list[ForecastQuality]:
    """Compare early signals with later ones: daily papers as Hugging Face lists them, with their day; later readings.

    Readings are tab-separated: arxiv_id, observed_at, upvotes. Raises `BadInput` for files that hold something else.
    """
    compared = compare_forecasts(list(read_listings(listings)), list(read_readings(readings)))
    if not compared:
        raise BadInput("No day has eight papers with a reading on the next morning and one a week later.")
    return compared
