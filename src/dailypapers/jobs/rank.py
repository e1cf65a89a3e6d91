"""Rank: papers of a file for somebody who is no subscriber; what the ranking does, to look at."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from dailypapers.domain.digest import Pick
from dailypapers.domain.interest import Interest
from dailypapers.domain.paper import Paper, Signals
from dailypapers.domain.source import Skipped
from dailypapers.ranking.ranker import Reader, rank as rank_papers
from dailypapers.sources.file import read_papers


@dataclass(frozen=True, slots=True)
class Ranked:
    """Picks with their papers, best first; how many papers there were; and what could not be used."""

    picks: tuple[tuple[Paper, Pick], ...]
    papers: int
    skipped: tuple[Skipped, ...]
    warnings: tuple[str, ...]
