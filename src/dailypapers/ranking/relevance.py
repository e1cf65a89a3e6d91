"""Relevance: whether a paper is about a topic, on a scale that means the same on every day.

    the topic's words in title and text, the company they keep, categories | weighed | relevance

A score in deviations says which of a day's papers are most like a topic; on a day that brings nothing on it, something
is still most like it. Here the parts are absolute: 0.5 is even chances that somebody who reads title and abstract calls
the paper "about" the topic, and the logit grows by 4.75 a unit, as `calibration` has it. The weights are those of a
logistic regression on labelled pairs (benchmarks/fit_relevance.py, docs/benchmarks.md).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dailypapers.ranking.corpus.frequencies import Floats, Matrix, Vector
from dailypapers.ranking.features import Features
from dailypapers.ranking.whitening import RIDGE, trust, weights

Flags = npt.NDArray[np.bool_]
#: A topic of which nothing is missing; shares are sums of floats.
_WHOLE = 1 - 1e-6
#: The usual deviation of the cosine of two papers' categories.
CATEGORY_DEVIATION = 0.22


@dataclass(frozen=True, slots=True)
class Weights:
    """What each part adds to a topic's relevance."""

    base: float
    #: By the share of the topic's information that title and abstract hold together, and the title alone.
    text: float
    title: float
    #: Where nothing of it is missing.
    whole: float
    #: By deviations of the background: the company the topic's words keep, and its categories.
    latent: float = 0.0
    categories: float = 0.0


#: Without a background, and with one. An encoder's cosine has no weight yet: few papers about a topic lack its words.
UNTRAINED = Weights(base=-0.228, text=0.517, title=0.372, whole=0.227)
TRAINED = Weights(base=-0.328, text=0.236, title=0.346, whole=0.339, latent=0.065, categories=0.023)


@dataclass(frozen=True, slots=True)
class Parts:
    """Topics × papers: what relevance is weighed from; without a background there are words alone."""

    text: Matrix
    title: Matrix
    latent: Matrix | None = None
    categories: Matrix | None = None

    @property
    def is_whole(self) -> Flags:
        """Whether nothing of the topic is missing."""
        return np.asarray(self.text > _WHOLE)

    def weighed(self, weights: Weights) -> Floats:
        """Return the relevance."""
        relevance = weights.base + weights.text * self.text + weights.title * self.title
        relevance += weights.whole * self.is_whole
        for part, weight in ((self.latent, weights.latent), (self.categories, weights.categories)):
            if part is not None:
                relevance += weight * part
        return np.asarray(relevance, np.float32)


def parts(
    features: Features, coverages: tuple[Matrix, Matrix], *, latent: Matrix, categories: Matrix, ratio: Vector
) -> Parts:
    """Return what the relevance of topics is made of.

    `coverages` are those of `Features`; `latent`, `categories` and `ratio` the topics' latent vectors, category vectors
    and participation ratios, as `Matches` has them.
    """
    background = features.background
    if not background.is_trained:
        return Parts(*coverages)
    company = None
    if space := background.latent:
        company = (latent * weights(latent, space.variances, RIDGE * trust(ratio))) @ features.latent_vectors.T
    return Parts(*coverages, company, (categories @ features.category_vectors.T) / CATEGORY_DEVIATION)


def relevance(features: Features, made_of: Parts) -> Floats:
    """Return the relevance of topics: topics × papers."""
    return made_of.weighed(TRAINED if features.background.is_trained else UNTRAINED)
