"""Reasons: the very terms a score is the sum of, with the words that made them.

    picks × subjects that brought them | parts, all at a time | topics, nearest papers and the rest | words

The numbers of a whole batch are arrays; the words are found out once for each interest and paper.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dailypapers.domain.category import is_cross_list
from dailypapers.domain.digest import Reason, Term, TermKind
from dailypapers.domain.institution import institution_key
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper, Signals
from dailypapers.domain.person import is_same_person
from dailypapers.ranking import trending
from dailypapers.ranking.corpus.frequencies import Columns, Vector, places_in_groups
from dailypapers.ranking.profile import Profile
from dailypapers.ranking.scoring import PairDecomposition, ProfileBatch, Scorer, SubjectScores
from dailypapers.ranking.text.highlighting import Flags, Highlighter

_FACTS = {
    InterestKind.PHRASE: TermKind.PHRASE,
    InterestKind.CATEGORY: TermKind.CATEGORY,
    InterestKind.AUTHOR: TermKind.AUTHOR,
    InterestKind.INSTITUTION: TermKind.INSTITUTION,
}
#: Sums of floats differ in their last bits with the size of the batch; reasons must not.
_DIGITS = 9


@dataclass(frozen=True)
class Scored:
    """Some readers with what they were scored by."""

    profiles: Sequence[Profile]
    profile_batch: ProfileBatch
    subjects: SubjectScores


@dataclass(frozen=True)
class Explainer:
    """What reasons are made from."""

    scorer: Scorer
    trend: Vector
    signals: Mapping[str, Signals]
    examples: Mapping[str, Paper]
    #: Readers who share an interest share its words, those of later batches too.
    wording: Highlighter

    def reasons(self, scored: Scored, reader: Columns, column: Columns) -> list[Reason]:
        """Return why each of these readers gets this paper: each term that added or took something, strongest first."""
        terms_by_pick = self._of_subjects(scored, reader, column)
        return [
            self._whole(scored.profiles[who], terms_by_pick[pick], paper)
            for pick, (who, paper) in enumerate(zip(reader.tolist(), column.tolist(), strict=True))
        ]

    def _whole(self, reader_profile: Profile, terms: list[Term], column: int) -> Reason:
        if reader_profile.facts:
            terms += self._of_facts(reader_profile, column)
        if reader_profile.trending and (reader_profile.empty or sum(term.weight for term in terms) > 0):
            terms.append(self._of_trend(reader_profile, column))
        if len(terms) > 1:
            terms.sort(key=lambda term: (-term.weight, term.kind, term.interest))
        return Reason(tuple(terms))

    def _of_subjects(self, scored: Scored, reader: Columns, column: Columns) -> Mapping[int, list[Term]]:
        """Return by pick: a term for each topic, one for a subject's nearest paper, and one for all the others."""
        pick, subject = _bringing(scored, reader, column)
        apart = PairDecomposition.of(scored.profile_batch.shares, subject, column[pick])
        weight = scored.profile_batch.weight[subject]
        normalisation = self.scorer.normalisation(scored.profile_batch.shares)
        added = np.round(self.scorer.parts(normalisation, apart) * weight[apart.pair], _DIGITS)
        interests = list(self.scorer.matches.rows)
        is_topic = np.array([interest.kind is InterestKind.TOPIC for interest in interests], np.bool_)[apart.row]
        nearest, others = _nearest(apart, added * weight[apart.pair], ~is_topic)
        terms_by_pick: dict[int, list[Term]] = defaultdict(list)
        named_columns = np.sort(np.concatenate([np.flatnonzero(is_topic), nearest]))
        place = pick[apart.pair[named_columns]]
        named = [interests[row] for row in apart.row[named_columns].tolist()]
        terms = self._terms(named, column[place], added[named_columns], weight[apart.pair[named_columns]] < 0)
        for n, term in zip(place.tolist(), terms, strict=True):
            terms_by_pick[n].append(term)
        for pair, term in _of_others(apart.pair[others], added[others]):
            terms_by_pick[int(pick[pair])].append(term)
        return terms_by_pick

    def _terms(
        self, interests: Sequence[Interest], column: Columns, worth: Vector, is_avoided: Flags
    ) -> Iterator[Term]:
        """Yield a term of each of these interests and papers, with what they share in words."""
        words = self.wording.said(interests, column.tolist(), self.scorer.matches.sources)
        for interest, (text, kind), added, avoided in zip(
            interests, words, worth.tolist(), is_avoided.tolist(), strict=True
        ):
            named, is_paper = interest.text, interest.kind is InterestKind.PAPER
            term_kind = TermKind.AVOIDED if avoided else TermKind.PAPER if is_paper else kind
            yield Term(term_kind, text, added, self.examples[named].title if is_paper else named)

    def _of_facts(self, reader_profile: Profile, column: int) -> Iterator[Term]:
        for fact, weight in reader_profile.facts:
            if column in self.scorer.matches.true_of[fact]:
                name = fact.text
                if fact.kind is InterestKind.AUTHOR:
                    authors = self.scorer.features.papers[column].authors
                    name = next(author for author in authors if is_same_person(fact.text, author))
                if fact.kind is InterestKind.INSTITUTION:
                    name = dict(self.scorer.features.by_institution[institution_key(fact.text)])[column]
                yield Term(self._kind(reader_profile, fact, weight, column), name, weight, fact.text)

    def _kind(self, reader_profile: Profile, fact: Interest, weight: float, column: int) -> TermKind:
        if weight < 0:
            return TermKind.AVOIDED
        if fact.kind is InterestKind.CATEGORY:
            same_kind = (other.text for other, worth in reader_profile.facts if other.kind is fact.kind and worth > 0)
            if is_cross_list(self.scorer.features.papers[column].categories, same_kind):
                return TermKind.CROSS_LIST
        return _FACTS[fact.kind]

    def _of_trend(self, reader_profile: Profile, column: int) -> Term:
        counts = self.popularity(column)
        weight = round(reader_profile.trending * float(self.trend[column]), _DIGITS)
        return Term(TermKind.TRENDING if counts else TermKind.NEW, "", weight, counts=counts)

    def popularity(self, column: int) -> tuple[tuple[str, int], ...]:
        """Return what the world makes of a paper, counted; nothing where nobody has said anything."""
        return trending.told(self.signals.get(self.scorer.features.keys[column], Signals()))


def _bringing(scored: Scored, reader: Columns, column: Columns) -> tuple[Columns, Columns]:
    """Return pairs of a pick and a subject of its reader that added something to it, or took something away."""
    many = np.bincount(scored.profile_batch.reader_index, minlength=scored.profile_batch.readers)
    first = np.cumsum(many) - many
    pick = np.repeat(np.arange(len(reader)), many[reader])
    subject = first[reader][pick] + places_in_groups(many[reader])
    counts = np.round(scored.subjects.of(subject, column[pick]), _DIGITS) != 0
    return pick[counts], subject[counts]


def _of_others(pair: Columns, added: Vector) -> Iterator[tuple[int, Term]]:
    """Yield by pair: one term for all the papers that are not the nearest."""
    rest, many = np.bincount(pair, added), np.bincount(pair)
    for n in np.flatnonzero(many).tolist():
        yield n, Term(TermKind.HISTORY, "", round(float(rest[n]), _DIGITS), counts=(("papers", int(many[n])),))


def _nearest(apart: PairDecomposition, worth: Vector, is_paper: Flags) -> tuple[Columns, Columns]:
    """Return, of each pair's papers, the one that counts most, and all the others; places among the parts."""
    papers = np.flatnonzero(is_paper)
    papers = papers[np.lexsort((apart.row[papers], -worth[papers], apart.pair[papers]))]
    is_first = np.diff(apart.pair[papers], prepend=-1) > 0
    return papers[is_first], np.sort(papers[~is_first])
