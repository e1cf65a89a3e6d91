"""Candidates: the papers of a window as the ranking needs them, loaded once for all readers who share it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

import sqlalchemy as sa

from dailypapers.digests.window import Window, Windows, of_edition
from dailypapers.domain.edition import Edition
from dailypapers.library.learn import Learned, features, learn
from dailypapers.ranking.embeddings.encoder import Encoder
from dailypapers.ranking.rank import Matcher, Recent
from dailypapers.store import editions, papers
from dailypapers.store.database import reading


@dataclass(frozen=True, slots=True)
class CandidateSet:
    """Papers to choose from, with what matches interests against them, each once for all readers."""

    listed: tuple[papers.Listed, ...]
    matcher: Matcher
    learned: Learned
    #: Recent papers, from which the threshold of readers who want "about N a day" follows; `None` before the second
    #: edition.
    recent: Callable[[], Recent | None]

    def emptied(self) -> "CandidateSet":
        """Return the same set without the interests that were matched."""
        recent = self.recent()
        emptied = recent and Recent(_matcher(recent.matcher, self.learned), recent.days)
        return replace(self, matcher=_matcher(self.matcher, self.learned), recent=lambda: emptied)


def _matcher(matcher: Matcher, learned: Learned) -> Matcher:
    return Matcher(matcher.features, learned.encoder)


class Candidates:
    """The candidate sets of the readers of one edition, each loaded when it is first asked for."""

    def __init__(self, engine: sa.Engine, windows: Windows, learned: Learned) -> None:
        """Load nothing yet."""
        self.windows = windows
        self._engine, self._learned = engine, learned
        self._sets: dict[Window, CandidateSet] = {}
        self._recent: list[Recent | None] = []

    def of(self, window: Window) -> CandidateSet:
        """Return the papers of a window."""
        if window not in self._sets:
            listed, matcher = self._load(window)
            self._sets[window] = CandidateSet(listed, matcher, self._learned, self.recent)
        return self._sets[window]

    def recent(self) -> Recent | None:
        """Return the papers of the editions before the one to pick from, `None` where there are none."""
        if not self._recent:
            window = self.windows.recent
            listed, matcher = self._load(window)
            with reading(self._engine) as tx:
                recent_editions = editions.by_id(tx, window.editions(self.windows.newest)).values()
            days = sum(1 for edition in recent_editions if edition.papers)
            self._recent.append(Recent(matcher, days) if listed else None)
        return self._recent[0]

    def _load(self, window: Window) -> tuple[tuple[papers.Listed, ...], Matcher]:
        with reading(self._engine) as tx:
            listed = papers.in_editions(tx, after=window.after, upto=window.upto)
        built = features(self._engine, listed, window.editions(self.windows.newest), self._learned)
        return listed, Matcher(built, self._learned.encoder)


class CandidateCache:
    """The candidates of the newest edition, kept while one after the other composes from it: readers, then groups."""

    def __init__(self, engine: sa.Engine, encoder: Encoder | None, *, window_days: int) -> None:
        """Load nothing yet."""
        self._engine, self._encoder, self._window_days = engine, encoder, window_days
        self._newest: tuple[int, Candidates] | None = None

    def of(self, edition: Edition, *, now: dt.datetime) -> Candidates:
        """Return the candidates of an edition; those of another are forgotten."""
        if self._newest is None or self._newest[0] != edition.id:
            with reading(self._engine) as tx:
                windows = of_edition(tx, edition, days=self._window_days)
            learned = learn(self._engine, edition.id, encoder=self._encoder, now=now)
            self._newest = edition.id, Candidates(self._engine, windows, learned)
        return self._newest[1]
