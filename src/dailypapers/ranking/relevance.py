"""Relevance: whether a paper is about a topic, on a scale that means the same on every day.

    the topic's words in title and text, near each other, the company they keep, categories | weighed
    | for a long topic: partly its likeness | relevance

A score in deviations says which of a day's papers are most like a topic; on a day that brings nothing on it, something
is still most like it. Here the parts are absolute: 0.5 is even chances that somebody who reads title and abstract calls
the paper "about" the topic, and the logit grows by 4.75 a unit, as `calibration` has it. The weights are those of a
logistic regression on labelled pairs (benchmarks/fit_relevance.py, docs/benchmarks.md).

Up to four words are all required. No paper holds all of a sentence, so the longer a topic is, the more its likeness
decides instead, the score of liked papers; that of a pasted abstract alone. With an encoder a sentence is judged by how
far its vector is from that of the paper: words and their company tell half as well what a sentence means.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dailypapers.ranking.corpus.frequencies import Columns, Floats, Matrix, Vector
from dailypapers.ranking.features import Coverages, Features
from dailypapers.ranking.whitening import RIDGE, trust, weights

Flags = npt.NDArray[np.bool_]
#: A topic of which nothing is missing; shares are sums of floats.
_WHOLE = 1 - 1e-6
#: The usual deviation of the cosine of two papers' categories.
CATEGORY_DEVIATION = 0.22
#: More deviations than these tell no more: a paper that lacks a word of the topic is not about it for its company.
_MOST_LATENT = 5.0
#: Topics of at most so many words are judged by their words, those of so many as a sentence is; between them by both.
#: What lacks one word of three or four is seldom about the topic, however alike it is to what the others find.
FEW_WORDS, _SENTENCE = 4, 7
#: Of a sentence likeness counts half, and the rest are the words that a paper holds; from here to there the half grows
#: to the whole: an abstract is like a liked paper.
LONG, _ABSTRACT = 12, 36
_OF_SENTENCE = 0.5
#: As many deviations of an encoder's cosines tell no more: papers with the topic for their title have eight.
_MOST_EMBEDDING = 9.0
#: More likeness than this says no more of a topic: in a small library, what one of five words finds is far more alike.
MOST_LIKENESS = 1.2


@dataclass(frozen=True, slots=True)
class Weights:
    """What each part adds to a topic's relevance."""

    base: float
    #: By the share of the topic's information that title and abstract hold together, and the title alone.
    text: float
    title: float
    #: Where nothing of it is missing: by the share of its words that stand beside each other; and where the title holds
    #: all of it.
    near: float
    whole_title: float
    #: By deviations of the background: the company the topic's words keep, and its categories.
    latent: float = 0.0
    categories: float = 0.0
    #: By deviations of an encoder's cosine with the topic: they mean the same with every model, cosines do not.
    embedding: float = 0.0


#: Without a background, with one, and with an encoder besides.
#: Without one the base is .03 above what was fitted, so that the topic as a phrase is enough: half of the papers with
#: it in their abstract alone are about it.
UNTRAINED = Weights(base=-0.215, text=0.498, title=0.317, near=0.224, whole_title=0.161)
TRAINED = Weights(base=-0.454, text=0.383, title=0.198, near=0.242, whole_title=0.255, latent=0.090, categories=0.006)
ENCODED = Weights(base=-0.746, text=0.406, title=0.104, near=0.295, whole_title=0.403, latent=0.090, embedding=0.069)
#: What a sentence's share of information adds to its likeness; and what makes its relevance where there is an encoder.
SENTENCE = Weights(base=0.0, text=0.3, title=0.2, near=0.0, whole_title=0.0)
ENCODED_SENTENCE = Weights(base=-0.539, text=0.249, title=0.318, near=0.0, whole_title=0.0, embedding=0.153)


@dataclass(frozen=True, slots=True)
class Parts:
    """Topics × papers: what relevance is weighed from; without a background there are words alone."""

    held: Coverages
    #: The latent part, bounded.
    company: Matrix | None = None
    categories: Matrix | None = None
    #: By an encoder, bounded.
    embedding: Matrix | None = None

    def of(self, topics: Columns) -> "Parts":
        """Return the parts of some topics."""
        others = (part if part is None else part[topics] for part in (self.company, self.categories, self.embedding))
        return Parts(self.held.of(topics), *others)

    @property
    def is_whole(self) -> Flags:
        """Whether nothing of the topic is missing."""
        return np.asarray(self.held.text > _WHOLE)

    @property
    def has_whole_title(self) -> Flags:
        """Whether nothing of the topic is missing in the title."""
        return np.asarray(self.held.title > _WHOLE)

    def weighed(self, weights: Weights) -> Floats:
        """Return the parts' weighed sum."""
        relevance = weights.base + weights.text * self.held.text
        relevance += weights.title * self.held.title
        if weights.near or weights.whole_title:
            relevance += weights.near * self.is_whole * self.held.near + weights.whole_title * self.has_whole_title
        for part, weight in (
            (self.company, weights.latent),
            (self.categories, weights.categories),
            (self.embedding, weights.embedding),
        ):
            if part is not None:
                relevance += weight * part
        return np.asarray(relevance, np.float32)


def parts(
    features: Features,
    held: Coverages,
    *,
    latent: Matrix,
    categories: Matrix,
    ratio: Vector,
    vectors: Matrix | None = None,
) -> Parts:
    """Return what the relevance of topics is made of.

    `held` is that of `Features`; `latent`, `categories` and `ratio` the topics' latent vectors, category vectors and
    participation ratios, as `Matches` has them; `vectors` what an encoder makes of the topics.
    """
    background = features.background
    if not background.is_trained:
        return Parts(held)
    company = None
    if space := background.latent:
        company = (latent * weights(latent, space.variances, RIDGE * trust(ratio))) @ features.latent_vectors.T
        company = np.minimum(company, _MOST_LATENT)
    filed = (categories @ features.category_vectors.T) / CATEGORY_DEVIATION
    return Parts(held, company, filed, None if vectors is None else _embedding(features, vectors))


def _embedding(features: Features, vectors: Matrix) -> Matrix | None:
    """Return how many deviations each paper's cosine with each topic is above what is usual in the background."""
    dense, background = features.dense, features.background
    if dense is None or background.dense is None:
        return None
    usual = vectors @ background.dense[background.sample].T
    away = vectors @ dense.T - usual.mean(axis=1, keepdims=True)
    return np.asarray(np.minimum(away / np.maximum(usual.std(axis=1, keepdims=True), 1e-6), _MOST_EMBEDDING))


def relevance(features: Features, made_of: Parts) -> Floats:
    """Return the relevance of topics as far as it does not depend on their likeness: topics × papers."""
    is_encoded, words = made_of.embedding is not None, made_of.held.words
    weights = (ENCODED if is_encoded else TRAINED) if features.background.is_trained else UNTRAINED
    relevance = made_of.weighed(weights)
    # Most topics have few words, and nothing of a sentence.
    sentence = _between(words, FEW_WORDS, _SENTENCE)
    if len(some := np.flatnonzero(sentence)):
        of_sentence = made_of.of(some).weighed(ENCODED_SENTENCE if is_encoded else SENTENCE)
        share, rest = sentence[some, None], 1 - _likeness_of_sentence(words[some], is_encoded=is_encoded)[:, None]
        if not is_encoded:
            rest /= 1 - _OF_SENTENCE
        relevance[some] = (1 - share) * relevance[some] + share * rest * of_sentence
    return relevance


def by_likeness(words: Vector, *, is_encoded: bool = False) -> Vector:
    """Return how much of the relevance of topics of so many words is their likeness, from 0 to 1."""
    sentence = _between(words, FEW_WORDS, _SENTENCE)
    return np.asarray(sentence * _likeness_of_sentence(words, is_encoded=is_encoded))


def _likeness_of_sentence(words: Vector, *, is_encoded: bool) -> Vector:
    least = 0.0 if is_encoded else _OF_SENTENCE
    return np.asarray(least + (1 - least) * _between(words, LONG, _ABSTRACT))


def _between(values: Vector, first: float, last: float) -> Vector:
    """Return how far values have come on the way between two: 0 before it, 1 behind it."""
    return np.asarray(np.clip((values - first) / (last - first), 0, 1))
