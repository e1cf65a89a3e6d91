"""Whitening: directions in a space whose axes vary differently, so that a score is in deviations of the background."""

import numpy as np

from dailypapers.ranking.corpus.frequencies import Matrix, Vector

#: How far a direction's variance is trusted, less for a profile of few papers (k): λ(1 + 10/k).
RIDGE, DENSE_RIDGE = 0.005, 0.002
_FEW = 10


def trust(participation_ratio: Vector) -> Matrix:
    """Return by how much the ridge grows for rows that are made of few papers; 1 over their number is the ratio."""
    return np.asarray(1 + _FEW * participation_ratio[:, None])


def weights(pull: Matrix, variances: Vector, ridge: Matrix | None = None) -> Matrix:
    """Return what each dimension counts where profiles pull so; one deviation of the background scores one.

    With a ridge, dimensions count by the inverse of their variance.
    """
    inverse = np.ones_like(pull) if ridge is None else 1 / (variances + ridge)
    return np.asarray(inverse / np.sqrt((pull * inverse) ** 2 @ variances + 1e-12)[:, None])
