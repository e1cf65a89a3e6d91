"""Search: a digest for a passing interest. The index finds candidates, and the ranking that digests have orders them.

    query | candidates (BM25) | their features | one topic and its phrases matched | scores | reasons of a page

Pure; knows no database.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from dailypapers.domain.digest import Reason
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper
from dailypapers.domain.person import has_family_name, is_same_person, is_single_name
from dailypapers.ranking.corpus.background import Background
from dailypapers.ranking.corpus.frequencies import Vector
from dailypapers.ranking.explain import Explainer, Scored
from dailypapers.ranking.features import build
from dailypapers.ranking.index.inverted import Flags, Found, Index, by, within
from dailypapers.ranking.index.query import Query
from dailypapers.ranking.matching import Matcher, Matches
from dailypapers.ranking.profile import profile
from dailypapers.ranking.rank import Known, matches_of
from dailypapers.ranking.scoring import Scorer, profile_batch, score
from dailypapers.ranking.text.highlighting import Highlighter
from dailypapers.ranking.text.phrases import Phrasebook
from dailypapers.ranking.text.words import plain_words, terms
from dailypapers.ranking.trending import trending

#: So many candidates are ranked; nobody turns more pages.
CANDIDATES = 300
#: What BM25 counts beside the ranking's score. Of 120 papers looked for by three words of their title, alone the one
#: finds a tenth more than the other, and both together more than either; what a heading finds is as good as without.
WORDS = 2.0
_DIGITS, _LEAST = 6, 1e-9
#: So many of the newest papers are the background where nothing has been learned yet.
_NEWEST = 5000
#: A paper with all words of the query in its title is among so many of the first by BM25.
_LOOKED_AT = 20


def candidates(index: Index, query: Query, *, many: int = CANDIDATES, background: Background | None = None) -> Found:
    """What may answer a query: by its words where it has any, else the newest papers its filters let through.

    Where a paper holds all words of its phrases, only such papers come; `ranked` tells whether next to each other. With
    a background, acronyms are looked for together with what they stand for.
    """
    allowed = _allowed(index, query)
    if not terms(query.topic):
        return index.newest(allowed, many) if query.filters else index.newest(np.zeros(len(index), np.bool_), many)
    scores = index.scores(background.acronyms.expanded(query.topic) if background else query.topic)
    scores[~allowed] = 0
    strict = scores.copy()
    for phrase in query.phrases:
        strict[~index.holding(phrase)] = 0
    matches = index.best(strict, many)
    return matches if len(matches.places) else index.best(scores, many)


def _allowed(index: Index, query: Query) -> Flags:
    flags = np.ones(len(index), np.bool_)
    for author in query.authors:
        flags &= index.any_fact(by(author))
    for category in query.categories:
        flags &= index.fact(within(category))
    return flags


def passes(query: Query, paper: Paper) -> bool:
    """Whether a paper is by whom and in what a query says."""
    codes = {code.casefold() for code in paper.categories}
    codes |= {code.partition(".")[0] for code in codes}
    return codes.issuperset(query.categories) and all(
        any(_is_by(name, author) for author in paper.authors) for name in query.authors
    )


def _is_by(family_name: str, author: str) -> bool:
    """A family name alone is enough."""
    return has_family_name(author, family_name) if is_single_name(family_name) else is_same_person(family_name, author)


def holds(paper: Paper, phrases: Sequence[str]) -> bool:
    """Whether a paper holds all phrases word for word."""
    book = Phrasebook([f"{paper.title} . {paper.abstract}"])
    return all(book.holding(phrase) for phrase in phrases)


def untaught(index: Index) -> Background:
    """A background that knows nothing but how rare each term is among the newest papers."""
    start = max(len(index) - _NEWEST, 0)
    return Background(index.counts(range(start, len(index))), ((),) * (len(index) - start))


@dataclass(frozen=True)
class Ranked:
    """Papers in the order of the ranking, best first."""

    papers: tuple[Paper, ...]
    explainer: Explainer
    scored: Scored
    columns: tuple[int, ...]

    def reasons(self, places: Iterable[int]) -> list[Reason]:
        """Why the papers in these places are there."""
        columns = np.array([self.columns[place] for place in places], np.int64)
        return self.explainer.reasons(self.scored, np.zeros(len(columns), np.int64), columns)

    @property
    def ids(self) -> tuple[int, ...]:
        """The papers' internal ids."""
        ids = self.explainer.scorer.features.ids
        return tuple(ids[column] for column in self.columns)


@dataclass(frozen=True)
class Candidates:
    """Papers to be ranked, with their counts and what each scored by BM25, all in one order."""

    papers: Sequence[Paper]
    counts: sp.csr_array
    words: Sequence[float]
    #: The papers' internal ids, where they are in a database.
    ids: Sequence[int] = ()


def ranked(query: Query, chosen: Candidates, background: Background, *, now: dt.datetime) -> Ranked:
    """Rank papers for a query, as a digest would for a topic, but that the words somebody typed weigh more.

    First come papers of which the query is the title, then those that hold its phrases or are by whom it names; among
    them

        score, in deviations among these papers, + WORDS · BM25, in deviations

    decides, and then the papers' ids. Where papers hold all phrases, only they come.
    """
    features = build(chosen.papers, background=background, counts=chosen.counts, ids=chosen.ids)
    query_profile = profile(_interests(query), examples={})
    matches = matches_of(Matcher(features), [query_profile], Known())
    scorer, trend = Scorer(features, matches), trending(features.papers, {}, now=now)
    asking = profile_batch([query_profile], matches)
    scores = score(scorer, asking, trend=trend)
    by_words = dict(zip((str(paper.id) for paper in chosen.papers), chosen.words, strict=True))
    word_scores = np.array([by_words[key] for key in features.keys], np.float64)
    both = np.round(_deviations(scores.readers[0]) + WORDS * _deviations(word_scores), _DIGITS)
    fact_counts = np.asarray(matches.held.sum(axis=0)).ravel() if matches.facts else np.zeros(len(both))
    strict = _holding_phrases(query, matches)
    order = np.lexsort((np.arange(len(both)), -both, -fact_counts, ~_named(query, features.papers, word_scores)))
    order = (order[strict[order]] if strict.any() else order).tolist()
    explainer = Explainer(scorer, trend, {}, {}, Highlighter(features))
    scored = Scored([query_profile], asking, scores.subjects)
    return Ranked(tuple(features.papers[column] for column in order), explainer, scored, tuple(order))


def _holding_phrases(query: Query, matches: Matches) -> Flags:
    rows = [matches.facts[Interest(InterestKind.PHRASE, phrase)] for phrase in query.phrases]
    return np.asarray(matches.held[rows].sum(axis=0) == len(rows)).ravel() & bool(rows)


def _deviations(values: Vector) -> Vector:
    return np.asarray((values - values.mean()) / (values.std() + _LEAST)) if len(values) else values


def _named(query: Query, papers: Sequence[Paper], word_scores: Vector) -> Flags:
    """The papers of which a query is the title, among those that hold most of it."""
    query_words, flags = plain_words(query.topic), np.zeros(len(papers), np.bool_)
    for n in np.argsort(-word_scores, kind="stable")[:_LOOKED_AT]:
        flags[n] = plain_words(papers[n].title) == query_words
    return flags


def _interests(query: Query) -> list[Interest]:
    """What a query says, as interests; a family name alone is too little for one."""
    interests = [Interest(InterestKind.PHRASE, phrase) for phrase in query.phrases]
    interests += [Interest(InterestKind.AUTHOR, author) for author in query.authors if not is_single_name(author)]
    return [Interest(InterestKind.TOPIC, query.topic), *interests] if terms(query.topic) else interests
