"""Whitening: a profile's score has one deviation over the background, however its axes vary."""

import numpy as np
import pytest

from dailypapers.ranking.whitening import RIDGE, trust, weights

VARIANCES = np.array([4.0, 1.0, 0.01])
PULL = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 5.0]])


@pytest.mark.parametrize("ridge", [None, RIDGE * trust(np.array([1.0, 0.1]))])
def test_scores_have_one_deviation_over_the_background(ridge: np.ndarray | None) -> None:
    towards = PULL * weights(PULL, VARIANCES, ridge)
    assert (towards**2 @ VARIANCES).tolist() == pytest.approx([1, 1])


def test_with_a_ridge_a_direction_that_varies_less_counts_more() -> None:
    plain, whitened = (weights(PULL[:1], VARIANCES, ridge)[0] for ridge in (None, np.array([[RIDGE]])))
    assert plain[2] / plain[0] == pytest.approx(1)
    assert whitened[2] / whitened[0] > 100


def test_fewer_papers_are_trusted_less() -> None:
    assert trust(np.array([1.0, 0.1])).ravel().tolist() == [11.0, 2.0]
