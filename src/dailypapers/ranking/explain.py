"""Reasons: the very terms a score is the sum of, with the words that made them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from dailypapers.domain.digest import Reason, Term, TermKind
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper, Signals
from dailypapers.ranking import trending
from dailypapers.ranking.counts import Vector, column_of
from dailypapers.ranking.matches import meant
from dailypapers.ranking.names import is_same_person
from dailypapers.ranking.profile import Profile, Subject
from dailypapers.ranking.score import Scorer
from dailypapers.ranking.words import counted, telling, terms, words

_FACTS = {
    InterestKind.PHRASE: TermKind.PHRASE,
    InterestKind.CATEGORY: TermKind.CATEGORY,
    InterestKind.AUTHOR: TermKind.AUTHOR,
}
#: So many runs of matching words are shown for one topic.
_SHOWN = 3
#: Sums of floats differ in their last bits with the size of the batch; reasons must not.
_DIGITS = 9
_MOST_REMEMBERED, _MOST_MEANT = 500_000, 5_000


@dataclass(frozen=True)
class Memory:
    """What has been found out already, of one set of papers."""

    matches: dict[tuple[Interest, str], tuple[str, TermKind]] = field(default_factory=dict)
    meant: dict[str, dict[int, float]] = field(default_factory=dict)

    def bounded(self) -> "Memory":
        """Itself, or emptied where it has grown large."""
        if len(self.matches) > _MOST_REMEMBERED:
            self.matches.clear()
        if len(self.meant) > _MOST_MEANT:
            self.meant.clear()
        return self


@dataclass(frozen=True)
class Explainer:
    """What reasons are made from."""

    scorer: Scorer
    trend: Vector
    signals: Mapping[str, Signals]
    examples: Mapping[str, Paper]
    #: Readers who share an interest share its words, those of later batches too.
    memory: Memory = field(default_factory=Memory)

    def reasons(self, stated: Profile, columns: Sequence[int]) -> list[Reason]:
        """Why this reader gets these papers: every term that added or took something, strongest first."""
        made: list[list[Term]] = [[] for _ in columns]
        for subject in stated.subjects:
            added = np.round(self.scorer.terms(subject, columns), _DIGITS)
            pulls = added.sum(axis=0) * subject.weight > 0
            for place, column in enumerate(columns):
                if pulls[place]:
                    made[place] += self._of_subject(subject, added[:, place], column)
        return [self._whole(stated, found, column) for found, column in zip(made, columns, strict=True)]

    def _whole(self, stated: Profile, found: Sequence[Term], column: int) -> Reason:
        terms = [*found, *self._of_facts(stated, column)]
        inside = stated.empty or sum(term.weight for term in terms) > 0
        if stated.trending and inside:
            terms.append(self._of_trend(stated, column))
        return Reason(tuple(sorted(terms, key=lambda term: (-term.weight, term.kind, term.interest))))

    def _of_subject(self, subject: Subject, added: Vector, column: int) -> Iterator[Term]:
        """A term for each topic, one for the nearest paper, and one for all the other papers."""
        paper = self.scorer.features.papers[column]
        liked = [n for n, (interest, _) in enumerate(subject.parts) if interest.kind is InterestKind.PAPER]
        nearest = max(liked, key=lambda n: (added[n] * subject.weight, -n), default=None)
        for n, (interest, _) in enumerate(subject.parts):
            if interest.kind is InterestKind.TOPIC:
                said, kind = self._said(interest, paper)
                yield Term(TermKind.AVOIDED if subject.weight < 0 else kind, said, float(added[n]), interest.text)
            elif n == nearest:
                kind = TermKind.AVOIDED if subject.weight < 0 else TermKind.PAPER
                said = self._said(interest, paper)[0]
                yield Term(kind, said, float(added[n]), self.examples[interest.text].title)
        if others := [n for n in liked if n != nearest]:
            rest = round(float(added[others].sum()), _DIGITS)
            yield Term(TermKind.HISTORY, f"{len(others)} other papers you chose", rest)

    def _of_facts(self, stated: Profile, column: int) -> Iterator[Term]:
        paper, held = self.scorer.features.papers[column], self.scorer.matches
        for fact, weight in stated.facts:
            if held.has(fact, column):
                said = fact.text
                if fact.kind is InterestKind.AUTHOR:
                    said = next(author for author in paper.authors if is_same_person(fact.text, author))
                yield Term(TermKind.AVOIDED if weight < 0 else _FACTS[fact.kind], said, weight, fact.text)

    def _of_trend(self, stated: Profile, column: int) -> Term:
        said = self.popularity(column)
        weight = round(stated.trending * float(self.trend[column]), _DIGITS)
        return Term(TermKind.TRENDING if said else TermKind.NEW, said, weight)

    @property
    def _idf(self) -> Vector:
        return self.scorer.features.background.idf

    def popularity(self, column: int) -> str:
        """What the world makes of a paper, in words; empty where nobody has said anything."""
        return trending.in_words(self.signals.get(self.scorer.features.keys[column], Signals()))

    def _said(self, interest: Interest, paper: Paper) -> tuple[str, TermKind]:
        """What matched, the way it stands in the paper; where no word did, the paper's words that came closest."""
        key = (interest, str(paper.id))
        if key not in self.memory.matches:
            self.memory.matches[key] = self._found(interest, paper)
        return self.memory.matches[key]

    def _found(self, interest: Interest, paper: Paper) -> tuple[str, TermKind]:
        text = interest.text
        if interest.kind is InterestKind.PAPER:
            text = f"{self.examples[text].title} . {self.examples[text].abstract}"
        matching = ", ".join(matching_words(set(terms(text)), paper, self._idf))
        if matching or interest.kind is InterestKind.PAPER:
            return matching, TermKind.WORDS
        return ", ".join(self._closest(interest, paper)), TermKind.CLOSE

    def _closest(self, interest: Interest, paper: Paper) -> list[str]:
        """The words of a paper that count most in what a topic was taken to mean."""
        means = self.memory.meant.get(interest.text) or meant(self.scorer.features, interest.text)
        self.memory.meant[interest.text] = means
        surfaces = {
            part: surface for surface, _ in words(paper.title + " . " + paper.abstract) for part in telling(surface)
        }
        ranked = sorted(surfaces, key=lambda part: (-means.get(column_of(part), 0.0), part))
        return [surfaces[part] for part in ranked[:_SHOWN] if column_of(part) in means]


def matching_words(shared: set[str], paper: Paper, idf: Vector) -> list[str]:
    """Of some terms those a paper holds, as runs from the paper's own text, the most telling first."""
    runs: dict[tuple[str, ...], str] = {}
    for run in _runs(_read(f"{paper.title} . {paper.abstract}"), shared):
        runs.setdefault(tuple(part for word in run.split() for part in counted(word)), run)
    shown: list[str] = []
    told: set[str] = set()
    for key in sorted(runs, key=lambda key: (-sum(float(idf[column_of(word)]) for word in key), key)):
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
