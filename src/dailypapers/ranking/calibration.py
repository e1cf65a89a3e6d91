"""Calibration: from a score to the probability that a reader who votes on the paper votes for it.

A logistic curve (Platt 1999) over the votes on papers that were sent, held by a prior as long as these are few: even
chances at half a unit of score, five standard deviations above what is usual. The prior's place is taken, not
measured; its slope is that of 85 readers' likes (docs/benchmarks.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np

_SLOPE, _EVEN_AT = 4.75, 0.5
#: How far the curve may go from the prior: standard deviations of where chances are even, in logits, and of ln(slope).
_LOOSE_PLACE, _LOOSE_SLOPE = 0.5, 0.25


@dataclass(frozen=True, slots=True)
class Calibration:
    """p = 1 / (1 + e^(-slope · (score - even_at)))."""

    even_at: float = _EVEN_AT
    slope: float = _SLOPE
    #: From how many votes.
    votes: int = 0

    def probability(self, score: float) -> float:
        """Return how likely a paper of this score is relevant."""
        return 1 / (1 + exp(-min(max(self.slope * (score - self.even_at), -700), 700)))

    def score_at(self, probability: float) -> float:
        """Return the score from which on papers are relevant with a probability (below 1); at least 0."""
        if probability <= 0:
            return 0.0
        return max(self.even_at + log(probability / (1 - probability)) / self.slope, 0.0)


def calibrate(votes: Sequence[tuple[float, bool]]) -> Calibration:
    """Return the curve that the prior and these votes (a score, and whether for the paper) make likely together."""
    if not votes:
        return Calibration()
    scores = np.array([score for score, _ in votes])
    signs = np.array([1.0 if liked else -1.0 for _, liked in votes])

    def loss(at: "np.typing.NDArray[np.float64]") -> float:
        slope = _SLOPE * exp(at[1])
        logits = slope * (scores - _EVEN_AT) + at[0]
        prior = (at[0] / _LOOSE_PLACE) ** 2 / 2 + (at[1] / _LOOSE_SLOPE) ** 2 / 2
        return float(np.logaddexp(0, -signs * logits).sum() + prior)

    from scipy.optimize import minimize  # noqa: PLC0415 - slow to import, and only learning needs it

    place, steeper = map(float, minimize(loss, np.zeros(2), method="Nelder-Mead").x)
    slope = _SLOPE * exp(steeper)
    return Calibration(round(_EVEN_AT - place / slope, 6), round(slope, 6), len(votes))
