"""Matches: what each different interest of many readers makes of each paper, computed once however many share it.

A topic is taken to mean what it finds in the library (`background`), and what it says itself; a paper means itself.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import scipy.sparse as sp

from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper
from dailypapers.ranking.background import LEAST_PAPERS
from dailypapers.ranking.counts import Floats, Matrix, Vector, count, weigh
from dailypapers.ranking.features import Features
from dailypapers.ranking.names import is_same_person, name_parts
from dailypapers.ranking.words import plain_words

#: What a topic's own words count beside those of the papers it found.
DIRECT = 0.2
#: A topic that is excluded keeps out what matches it this much; other kinds match wholly or not at all.
EXCLUDED_AT = 0.15
_MINUS = re.compile(r"\s+[-−–]\s*|\s*[−–]\s*|\s*\\\s*")


@dataclass(frozen=True)
class Matches:
    """One row for each interest that is a part of a subject, and one for each fact."""

    rows: Mapping[Interest, int]
    #: Interests × papers: cosines of terms; and × the background's sample, which says what is usual.
    near: Floats
    usual: Floats
    #: Interests × dimensions, × categories, × dimensions of the encoder.
    meanings: Matrix
    filed: Matrix
    dense: Matrix
    #: One for a paper; for a topic less, the more papers it is spread over.
    spread: Vector
    #: Interests × columns: the terms each stands for.
    pointing: sp.csr_array
    facts: Mapping[Interest, int]
    #: Facts × papers, ones.
    held: sp.csr_array

    def has(self, fact: Interest, column: int) -> bool:
        """Whether a fact is true of a paper."""
        row = self.facts[fact]
        return column in self.held.indices[self.held.indptr[row] : self.held.indptr[row + 1]]

    def meant(self, interest: Interest) -> dict[int, float]:
        """The columns an interest stands for, with their weights."""
        inside = slice(*self.pointing.indptr[self.rows[interest] : self.rows[interest] + 2])
        return dict(zip(self.pointing.indices[inside].tolist(), self.pointing.data[inside].tolist(), strict=True))


def match(
    features: Features,
    parts: Iterable[Interest],
    facts: Iterable[Interest],
    *,
    examples: Mapping[str, Paper],
    vectors: Mapping[str, Vector] = MappingProxyType({}),
) -> Matches:
    """Match every different interest against every paper, once.

    `examples` are papers by the names interests give them, `vectors` what an encoder makes of them.
    """
    stated = sorted(set(parts))
    topics = [interest for interest in stated if interest.kind is InterestKind.TOPIC]
    papers = [interest for interest in stated if interest.kind is InterestKind.PAPER]
    one = _of_topics(features, [topic.text for topic in topics])
    other = _of_papers(features, [examples[paper.text] for paper in papers], [vectors.get(p.text) for p in papers])
    near, usual, meanings, filed, dense, spread = (
        np.concatenate(pair) for pair in zip(one[1:], other[1:], strict=True)
    )
    checked = sorted(set(facts))
    return Matches(
        rows={interest: row for row, interest in enumerate([*topics, *papers])},
        near=near.astype(np.float32),
        usual=usual.astype(np.float32),
        meanings=meanings,
        filed=filed,
        dense=dense,
        spread=spread,
        pointing=sp.csr_array(sp.vstack([one[0], other[0]])),
        facts={fact: row for row, fact in enumerate(checked)},
        held=_held(features, checked),
    )


_Rows = tuple[sp.csr_array, Matrix, Matrix, Matrix, Matrix, Matrix, Vector]


def _of_topics(features: Features, texts: Sequence[str]) -> _Rows:
    """A topic's own cosine counts by the part of its words that a paper holds.

    Who asks for state space models is not served by every paper that speaks of a space or a model.
    """
    background = features.background
    found = background.found(texts)
    lucky = np.diff(found.indptr) > 0
    own = features.vectors(texts)
    direct = (own @ features.by_term).toarray() * features.coverage(texts)
    meant = sp.csr_array(found @ background.weights)
    # Adding rows whose columns are in order takes a walk along them; otherwise, room for all columns there are.
    meant.sort_indices()
    near = (meant @ features.by_term).toarray() + np.where(lucky, DIRECT, 1.0)[:, None] * direct
    usual = _usual(features, sp.csr_array(meant + sp.diags_array(np.where(lucky, 0.0, 1.0)) @ own))
    spread = np.where(lucky, np.asarray(found.multiply(found).sum(axis=1)).ravel(), 1.0)
    dense = np.asarray(found @ background.placed)
    pointing = sp.csr_array(meant + DIRECT * own)
    return pointing, near, usual, found @ background.meanings, found @ background.filed, dense, spread


def _of_papers(features: Features, papers: Sequence[Paper], vectors: Sequence[Vector | None]) -> _Rows:
    background = features.background
    weights = weigh(count(papers), background.idf)
    meanings = background.meaning.of(weights) if background.meaning else np.zeros((len(papers), 0))
    filed = background.file([paper.categories for paper in papers])
    dense = np.zeros((len(papers), background.placed.shape[1]))
    for row, vector in enumerate(vectors):
        if vector is not None and background.dense_space:
            dense[row] = background.dense_space.of(vector)
    near = (weights @ features.by_term).toarray()
    return weights, near, _usual(features, weights), meanings, filed, dense, np.ones(len(papers))


def _usual(features: Features, rows: sp.csr_array) -> Matrix:
    """What is usual is known where there is a library; without one nothing is."""
    background = features.background
    if background.papers < LEAST_PAPERS:
        return np.zeros((rows.shape[0], 1))
    return np.asarray((rows @ background.sample_by_term).toarray())


def _held(features: Features, facts: Sequence[Interest]) -> sp.csr_array:
    rows, columns = [], []
    for row, fact in enumerate(facts):
        matching = sorted(_matching(features, fact))
        rows += [row] * len(matching)
        columns += matching
    return sp.csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(facts), len(features.papers)))


def _matching(features: Features, fact: Interest) -> set[int]:
    """The papers of which a fact is true."""
    if fact.kind is InterestKind.CATEGORY:
        return _in_category(features, fact.text)
    if fact.kind is InterestKind.AUTHOR:
        named = features.by_family_name.get(name_parts(fact.text)[0], ())
        return {column for column, author in named if is_same_person(fact.text, author)}
    if fact.kind is InterestKind.PHRASE:
        phrase = f" {' '.join(plain_words(fact.text))} "
        return {column for column, text in enumerate(features.texts) if phrase.strip() and phrase in text}
    if fact.kind is InterestKind.TOPIC:
        likeness = (features.vectors([fact.text]) @ features.by_term).toarray() * features.coverage([fact.text])
        return set(np.flatnonzero(likeness[0] > EXCLUDED_AT).tolist())
    return {column for column, key in enumerate(features.keys) if key == fact.text}


def _in_category(features: Features, text: str) -> set[int]:
    """`cs`, `cs.*`, `cs.LG`, and differences of sets such as `cs.LG − cs.CY`."""
    wanted, *taken = (code.casefold().removesuffix(".*") for code in _MINUS.split(text.strip()))
    inside = set(features.by_category.get(wanted, ()))
    return inside.difference(*(features.by_category.get(code, ()) for code in taken))
