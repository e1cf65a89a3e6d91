"""Trending: what the world makes of a paper, whoever the reader is."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from math import log2

import numpy as np

from dailypapers.domain.paper import Paper, Signals
from dailypapers.ranking.corpus.frequencies import Vector

#: A paper of this age has half the score of a new one with the same counts.
HALF_LIFE_DAYS = 7.0
#: The counts at which a new paper has half of the full score; and what a paper without counts is taken to have.
HALF_AT, PRIOR = 6.0, 0.3
#: Upvotes are taken for what they will be so many days on, at their present velocity; what comments and stars count.
AHEAD_DAYS, ASIDE = 0.5, 0.05
#: However old a paper is, among papers as old the counts still tell.
_LEAST = 1e-4
_YEAR_AND_MONTH = re.compile(r"(\d\d)(0[1-9]|1[0-2])\.")


def trending(papers: Sequence[Paper], signals: Mapping[str, Signals], *, now: dt.datetime) -> Vector:
    """How much each paper is talked about, from 0 to 1, in the order of `papers`.

        s = PRIOR + log2(1 + upvotes + votes + velocity / 2) + (log2(1 + comments) + log2(1 + stars)) / 20
        score = s / (s + HALF_AT) · 2^(-age in days / HALF_LIFE_DAYS)

    Upvotes are the newest reading's, `velocity` what they gained a day since the one before, and votes our own readers'
    own. Each doubling adds the same. Comments and stars break ties: weighed more, they foretell a week's upvotes worse
    (docs/benchmarks.md).
    Papers of unknown age count as new, but for what an arXiv id tells: its first four digits are year and month.
    """
    return np.array([_score(paper, signals.get(str(paper.id), Signals()), now.date()) for paper in papers], np.float64)


def _score(paper: Paper, counted: Signals, today: dt.date) -> float:
    talk = (
        PRIOR
        + log2(1 + max((counted.upvotes or 0) + counted.votes + max(counted.velocity or 0, 0) * AHEAD_DAYS, 0))
        + log2(1 + max(counted.comments or 0, 0)) * ASIDE
        + log2(1 + max(counted.stars or 0, 0)) * ASIDE
    )
    published = paper.published or _month_of(paper)
    age = max((today - published).days, 0) if published else 0
    return float(talk / (talk + HALF_AT) * max(2 ** (-age / HALF_LIFE_DAYS), _LEAST))


def _month_of(paper: Paper) -> dt.date | None:
    """The last day a paper with this arXiv id can have been announced on, where the id tells."""
    match = _YEAR_AND_MONTH.match(paper.id.value) if paper.id.scheme == "arxiv" else None
    if match is None:
        return None
    year, month = 2000 + int(match[1]), int(match[2])
    return dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)


def told(counted: Signals) -> tuple[tuple[str, int], ...]:
    """The counts a reader is told; none where nobody has counted anything."""
    counts = (("upvotes", counted.upvotes), ("comments", counted.comments), ("stars", counted.stars))
    return tuple((name, count) for name, count in counts if count)
