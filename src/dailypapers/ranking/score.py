"""Scores: every reader against every paper, as matrix products.

    readers × papers  =  readers × interests (weights, sparse)  @  interests × papers (values)

A score is a sum of terms, one per interest and one for what is trending; `explain` prints those very terms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper
from dailypapers.ranking.features import Features, Vector, is_same_person, name_parts
from dailypapers.ranking.profile import Profile
from dailypapers.ranking.words import plain_words

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Values:
    """How much each different interest matches each paper, from 0 to 1: interests × papers."""

    interests: Mapping[Interest, int]
    rows: Matrix

    def of(self, interest: Interest) -> Vector:
        """One interest's value for every paper."""
        return np.asarray(self.rows[self.interests[interest]])


def values(features: Features, profiles: Sequence[Profile], *, examples: Mapping[str, Paper]) -> Values:
    """Score every different interest of these readers against every paper, once."""
    different = {i for p in profiles for i in (*(stated for stated, _ in p.weights), *p.excluded)}
    ordered = {interest: row for row, interest in enumerate(sorted(different))}
    rows = np.zeros((len(ordered), len(features.papers)))
    _match_words(features, ordered, rows, examples=examples)
    for interest, row in ordered.items():
        rows[row, _matching(features, interest)] = 1.0
    return Values(ordered, rows)


def _match_words(
    features: Features, ordered: Mapping[Interest, int], rows: Matrix, *, examples: Mapping[str, Paper]
) -> None:
    """Topics and example papers match by cosine, all of them in one product.

    A topic's cosine is multiplied with the part of its words (weighed by idf) that the paper holds: who asks for state
    space models is not served by every paper that speaks of a space or a model.
    """
    texts = {interest: text_of(interest, examples) for interest in ordered if text_of(interest, examples)}
    if not texts:
        return
    vectors = features.vectors(texts.values())
    rows[[ordered[interest] for interest in texts]] = (vectors @ features.by_term).toarray()
    topics = [interest for interest in texts if interest.kind is InterestKind.TOPIC]
    if topics:
        rows[[ordered[interest] for interest in topics]] *= features.coverage([texts[topic] for topic in topics])


def text_of(interest: Interest, examples: Mapping[str, Paper]) -> str:
    """The words that stand for a topic or an example paper; empty for other kinds."""
    if interest.kind is InterestKind.TOPIC:
        return interest.text
    if interest.kind is InterestKind.PAPER:
        paper = examples[interest.text]
        return f"{paper.title} . {paper.title} . {paper.abstract}"
    return ""


def _matching(features: Features, interest: Interest) -> list[int]:
    """The papers an interest that matches wholly or not at all matches."""
    if interest.kind is InterestKind.CATEGORY:
        return list(features.by_category.get(interest.text.casefold().removesuffix(".*"), ()))
    if interest.kind is InterestKind.AUTHOR:
        named = features.by_family_name.get(name_parts(interest.text)[0], ())
        return [column for column, author in named if is_same_person(interest.text, author)]
    if interest.kind is InterestKind.PHRASE:
        phrase = f" {' '.join(plain_words(interest.text))} "
        return [column for column, text in enumerate(features.texts) if phrase.strip() and phrase in text]
    return []


def score(values: Values, profiles: Sequence[Profile], *, trend: Vector) -> Matrix:
    """Readers × papers; what a reader excludes is minus infinity. Any batch of readers gives the same rows."""
    weights = sp.lil_array((len(profiles), len(values.interests)))
    for reader, stated in enumerate(profiles):
        for interest, weight in stated.weights:
            weights[reader, values.interests[interest]] = weight
    scores: Matrix = np.asarray(sp.csr_array(weights) @ values.rows, dtype=np.float64)
    # Who named categories gets what is trending in them; who named nothing, what is trending anywhere.
    inside = (scores > 0) | np.array([[not stated.weights] for stated in profiles])
    scores += np.outer([stated.trending for stated in profiles], trend) * inside
    for reader, stated in enumerate(profiles):
        for interest in stated.excluded:
            scores[reader, values.of(interest) > EXCLUDED_AT] = -np.inf
    return scores


#: A topic that is excluded keeps out what matches it this much; other kinds match wholly or not at all.
EXCLUDED_AT = 0.15
