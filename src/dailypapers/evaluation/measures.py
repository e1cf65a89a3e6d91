"""How good an order is, measured the way the field does.

Pure functions over one ranked list at a time, which `protocol` runs over readers and days, and over pairs that are
judged, picked or given a probability.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from math import log2

import numpy as np
import numpy.typing as npt

#: A digest's length; what stands below it is not read.
TOP = 10
#: Probabilities are compared with what is so in bins of this number.
BINS = 10

Flags = npt.NDArray[np.bool_]
Vector = npt.NDArray[np.float64]


def ndcg(order: Sequence[str], relevant: AbstractSet[str], *, top: int = TOP) -> float:
    """Return normalised discounted cumulative gain with binary relevance (Järvelin & Kekäläinen 2002), 0 to 1."""
    gained = sum(1 / log2(place + 2) for place, key in enumerate(order[:top]) if key in relevant)
    ideal = sum(1 / log2(place + 2) for place in range(min(top, len(relevant))))
    return gained / ideal if ideal else 0.0


def graded_ndcg(order: Sequence[str], gains: Mapping[str, float], *, top: int = TOP) -> float:
    """Return the same with graded gains, 0 to 1; what has none gains nothing."""
    gained = sum(gains.get(key, 0.0) / log2(place + 2) for place, key in enumerate(order[:top]))
    best = sum(gain / log2(place + 2) for place, gain in enumerate(sorted(gains.values(), reverse=True)[:top]))
    return gained / best if best else 0.0


def recall(order: Sequence[str], relevant: AbstractSet[str], *, top: int = TOP) -> float:
    """Return the part of what is relevant that is among the first `top`."""
    return len(relevant & set(order[:top])) / len(relevant) if relevant else 0.0


def reciprocal_rank(order: Sequence[str], relevant: AbstractSet[str]) -> float:
    """Return one over the place of the first relevant paper, 0 where there is none."""
    return next((1 / place for place, key in enumerate(order, 1) if key in relevant), 0.0)


def interval(values: Sequence[float], *, samples: int = 2000, seed: int = 1) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the mean (percentiles), the same for the same seed.

    Needs at least one value.
    """
    resampled = np.random.default_rng(seed).choice(np.asarray(values), size=(samples, len(values)))
    low, high = np.percentile(resampled.mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def precision(picked: Flags, relevant: Flags, *, weights: Vector | None = None) -> float:
    """Return the part of what is picked that is relevant; 1 where nothing is picked, since nothing is wrong with it."""
    counted = _weights(picked, weights)
    return _part(counted[picked & relevant].sum(), counted[picked].sum(), nothing=1.0)


def recall_of(picked: Flags, relevant: Flags, *, weights: Vector | None = None) -> float:
    """Return the part of what is relevant that is picked; 1 where nothing is relevant."""
    return precision(relevant, picked, weights=weights)


def f1(picked: Flags, relevant: Flags, *, weights: Vector | None = None) -> float:
    """Return the harmonic mean of precision and recall, 2·both / (picked + relevant); 1 where there is neither."""
    counted = _weights(picked, weights)
    both = counted[picked & relevant].sum()
    return _part(2 * both, counted[picked].sum() + counted[relevant].sum(), nothing=1.0)


def best_threshold(scores: Vector, relevant: Flags) -> float:
    """Return the score from which on picking gives the highest F1, the highest of equally good ones.

    Needs at least one score.
    """
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    both = np.cumsum(relevant[order])
    values = 2 * both / (np.arange(1, len(scores) + 1) + relevant.sum())
    # Equal scores are picked together.
    values[:-1][ordered[:-1] == ordered[1:]] = -1
    return float(ordered[np.argmax(values)])


def calibration_error(probabilities: Vector, relevant: Flags, *, weights: Vector | None = None) -> float:
    """Return the expected calibration error over ten bins of equal width (Naeini et al. 2015), 0 to 1.

    In each bin, how far the mean probability is from the part that is relevant, weighed by what is in it.
    Needs at least one probability.
    """
    counted = _weights(relevant, weights)
    bins = np.minimum((probabilities * BINS).astype(np.int64), BINS - 1)
    gaps = np.bincount(bins, counted * (probabilities - relevant), minlength=BINS)
    return float(np.abs(gaps).sum() / counted.sum())


def brier_score(probabilities: Vector, relevant: Flags, *, weights: Vector | None = None) -> float:
    """Return the mean squared distance of probabilities from what is so, 1 or 0 (Brier 1950); 0 is best."""
    return float(np.average((probabilities - relevant) ** 2, weights=weights))


def _weights(like: Flags, weights: Vector | None) -> Vector:
    return np.ones(len(like)) if weights is None else weights


def _part(some: float, whole: float, *, nothing: float) -> float:
    return float(some / whole) if whole else nothing
