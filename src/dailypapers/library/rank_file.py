"""Rank: papers of a file for somebody who is not a subscriber; what the ranking does, to look at."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

from dailypapers.domain.digest import Pick
from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.paper import Paper, Signals
from dailypapers.domain.source import Skipped
from dailypapers.ranking.calibration import Calibration
from dailypapers.ranking.corpus.background import fit
from dailypapers.ranking.embeddings.encoder import Vectors
from dailypapers.ranking.embeddings.models import load
from dailypapers.ranking.features import build
from dailypapers.ranking.hints import hints
from dailypapers.ranking.profile import is_foreign, several, warnings
from dailypapers.ranking.rank import Known, Matcher, Reader
from dailypapers.ranking.rank import rank as rank_papers
from dailypapers.sources.file import read_papers


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants, how many papers at most, and how likely each must be relevant."""

    interests: Sequence[Interest]
    limit: int
    relevance: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """Picks with their papers, best first; how many papers there were; and what could not be used."""

    picks: tuple[tuple[Paper, Pick], ...]
    papers: int
    skipped: tuple[Skipped, ...]
    warnings: tuple[str, ...]


def rank(
    file: Path,
    wanted: Wanted,
    *,
    now: dt.datetime,
    archive: Path | None = None,
    model: str | None = None,
) -> Ranked:
    """Rank the papers of a file; an example paper has to be in it. Raises `BadInput` for no such file or model.

    What is learned in general comes from `archive`, or else from the file itself.
    """
    fetched = read_papers(file, now=now)
    signals = {str(item.paper.id): item.signals or Signals() for item in fetched.announcements}
    papers = {str(item.paper.id): item.paper for item in fetched.announcements}
    earlier = [item.paper for item in read_papers(archive, now=now).announcements] if archive else [*papers.values()]
    vectors = Vectors(load(model)) if model else None
    background = fit(earlier)
    if vectors:
        background = background.with_dense(vectors.rows(sorted(earlier, key=lambda paper: str(paper.id))))
    dense = vectors.rows([*papers.values()]) if vectors else None
    matcher = Matcher(
        build([*papers.values()], background=background, dense=dense), vectors.encoder if vectors else None
    )
    known = Known(signals, papers, vectors.by_key if vectors else {})
    least = Calibration().score_at(wanted.relevance) if wanted.relevance else -inf
    reader = Reader(tuple(wanted.interests), limit=wanted.limit, threshold=least)
    picks = rank_papers(matcher, [reader], known, now=now)[0]
    return Ranked(
        picks=tuple((papers[pick.paper], pick) for pick in picks),
        papers=len(papers),
        skipped=fetched.skipped,
        warnings=(*warnings(wanted.interests, examples=papers), *_hints(matcher, wanted.interests)),
    )


def _hints(matcher: Matcher, interests: Sequence[Interest]) -> list[str]:
    topics = (i for i in several(interests) if i.kind is InterestKind.TOPIC and i.stance is Stance.WANT)
    return [hint.sentence() for hint in hints(matcher.features, [i.text for i in topics if not is_foreign(i)])]
