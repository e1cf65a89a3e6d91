"""How good an order is, measured the way the field does.

Pure functions over one ranked list at a time; `protocol` runs them over readers and days.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from math import log2

import numpy as np

#: A digest's length; what stands below it is not read.
TOP = 10


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
