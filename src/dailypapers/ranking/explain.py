"""Reasons: the very terms a score is the sum of, with the words that made them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from dailypapers.domain.digest import Reason, Term, TermKind
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper, Signals
from dailypapers.ranking import trending
from dailypapers.ranking.features import Features, Vector, is_same_person
from dailypapers.ranking.profile import Profile
from dailypapers.ranking.score import Values, text_of
from dailypapers.ranking.words import counted, terms, words

_KINDS = {
    InterestKind.TOPIC: TermKind.WORDS,
    InterestKind.PHRASE: TermKind.PHRASE,
    InterestKind.CATEGORY: TermKind.CATEGORY,
    InterestKind.AUTHOR: TermKind.AUTHOR,
    InterestKind.PAPER: TermKind.PAPER,
}
#: So many runs of matching words are shown for one topic.
_SHOWN = 3


@dataclass(frozen=True)
class Explainer:
    """What reasons are made from."""

    features: Features
    values: Values
    trend: Vector
    signals: Mapping[str, Signals]
    examples: Mapping[str, Paper]
    #: Readers who share an interest share its words.
    _matches: dict[tuple[Interest, str], str] = field(default_factory=dict)

    def reason(self, stated: Profile, column: int) -> Reason:
        """Why this reader gets this paper: every term that added or took something, strongest first."""
        made = [
            self._term(interest, weight * float(self.values.of(interest)[column]), column)
            for interest, weight in stated.weights
            if self.values.of(interest)[column]
        ]
        inside = not stated.weights or sum(term.weight for term in made) > 0
        if stated.trending and inside:
            counted = self.signals.get(self.features.keys[column], Signals())
            said = trending.in_words(counted)
            kind = TermKind.TRENDING if said else TermKind.NEW
            made.append(Term(kind, said, stated.trending * float(self.trend[column])))
        return Reason(tuple(sorted(made, key=lambda term: (-term.weight, term.kind, term.interest))))

    def _term(self, interest: Interest, weight: float, column: int) -> Term:
        paper = self.features.papers[column]
        kind = TermKind.AVOIDED if weight < 0 else _KINDS[interest.kind]
        name = self.examples[interest.text].title if interest.kind is InterestKind.PAPER else interest.text
        return Term(kind, self._matched(interest, paper), weight, name)

    def _matched(self, interest: Interest, paper: Paper) -> str:
        """What matched, the way it stands in the paper."""
        if interest.kind is InterestKind.AUTHOR:
            return next(author for author in paper.authors if is_same_person(interest.text, author))
        text = text_of(interest, self.examples)
        if not text:
            return interest.text
        key = (interest, str(paper.id))
        if key not in self._matches:
            self._matches[key] = ", ".join(matching_words(text, paper, self.features))
        return self._matches[key]


def matching_words(text: str, paper: Paper, features: Features) -> list[str]:
    """The words a text and a paper share, as runs from the paper's own text, the most telling first."""
    shared = {term for term in terms(text) if term in features.vocabulary}
    runs: dict[tuple[str, ...], str] = {}
    for run in _runs(_read(f"{paper.title} . {paper.abstract}"), shared):
        runs.setdefault(tuple(part for word in run.split() for part in counted(word)), run)
    shown: list[str] = []
    told: set[str] = set()
    for key in sorted(runs, key=lambda key: (-sum(_idf(word, features) for word in key), key)):
        if not told.issuperset(key):
            shown.append(runs[key])
            told.update(key)
    return shown[:_SHOWN]


@lru_cache(maxsize=20_000)
def _read(text: str) -> tuple[tuple[str, bool, tuple[str, ...]], ...]:
    """A paper's words, whether each follows on the one before, and what it counts as: read once, not once a reader."""
    return tuple((surface, follows, tuple(counted(surface))) for surface, follows in words(text))


def _runs(text: tuple[tuple[str, bool, tuple[str, ...]], ...], shared: set[str]) -> list[str]:
    """Unbroken runs of words that are shared, the way they stand in the text."""
    found: list[list[str]] = [[]]
    for surface, follows, forms in text:
        is_shared = not shared.isdisjoint(forms)
        if not (is_shared and follows and found[-1]):
            found.append([])
        if is_shared:
            found[-1].append(surface)
    return [" ".join(run) for run in found if run]


def _idf(word: str, features: Features) -> float:
    column = features.vocabulary.get(word)
    return float(features.idf[column]) if column is not None else float(np.mean(features.idf))
