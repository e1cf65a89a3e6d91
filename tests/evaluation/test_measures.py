"""The measures are the field's own."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.evaluation.measures import (
    best_threshold,
    brier_score,
    calibration_error,
    f1,
    interval,
    ndcg,
    precision,
    recall,
    recall_of,
    reciprocal_rank,
)


def test_ndcg_by_hand() -> None:
    assert ndcg("ab", {"a", "b"}) == 1
    assert ndcg("xa", {"a"}) == pytest.approx(0.63093, abs=1e-5)
    assert ndcg("axb", {"a", "b"}) == pytest.approx((1 + 0.5) / (1 + 0.63093), abs=1e-5)
    assert ndcg("x" * 10 + "a", {"a"}) == 0


def test_recall_and_reciprocal_rank_by_hand() -> None:
    assert recall("axb", {"a", "b", "c"}) == pytest.approx(2 / 3)
    assert reciprocal_rank("xxa", {"a"}) == pytest.approx(1 / 3)
    assert reciprocal_rank("xx", {"a"}) == 0


@given(st.permutations("abcdefgh"), st.sets(st.sampled_from("abcdefgh"), min_size=1))
def test_the_best_order_is_the_best(order: list[str], relevant: set[str]) -> None:
    best = sorted(order, key=lambda key: key not in relevant)
    assert 0 <= ndcg(order, relevant) <= ndcg(best, relevant) == pytest.approx(1)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_an_interval_holds_its_mean_and_is_the_same_again(values: list[float]) -> None:
    low, high = interval(values, samples=200)
    assert (low, high) == interval(values, samples=200)
    assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9


PICKED, RELEVANT = np.array([True, True, True, False]), np.array([True, False, False, True])


def test_precision_recall_and_f1_by_hand() -> None:
    assert precision(PICKED, RELEVANT) == pytest.approx(1 / 3)
    assert recall_of(PICKED, RELEVANT) == pytest.approx(1 / 2)
    assert f1(PICKED, RELEVANT) == pytest.approx(2 / 5)


def test_a_pair_that_stands_for_many_counts_as_many() -> None:
    weights = np.array([4.0, 1, 1, 12])
    assert precision(PICKED, RELEVANT, weights=weights) == pytest.approx(4 / 6)
    assert recall_of(PICKED, RELEVANT, weights=weights) == pytest.approx(4 / 16)
    assert f1(PICKED, RELEVANT, weights=weights) == pytest.approx(8 / 22)


def test_silence_about_nothing_is_right() -> None:
    nothing = np.zeros(3, np.bool_)
    assert precision(nothing, nothing) == recall_of(nothing, nothing) == f1(nothing, nothing) == 1
    assert f1(nothing, ~nothing) == 0


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0, 2.0]), st.booleans()), min_size=1, max_size=12))
def test_no_threshold_is_better_than_the_best_one(pairs: list[tuple[float, bool]]) -> None:
    scores, relevant = np.array([score for score, _ in pairs]), np.array([is_so for _, is_so in pairs])
    best = f1(scores >= best_threshold(scores, relevant), relevant)
    assert all(f1(scores >= score, relevant) <= best + 1e-12 for score in scores)


def test_calibration_error_by_hand() -> None:
    # Two at .25, of which half are so, and one at 1, which is so: a gap of .25 in two thirds.
    probabilities, relevant = np.array([0.25, 0.25, 1.0]), np.array([True, False, True])
    assert calibration_error(probabilities, relevant) == pytest.approx(0.25 * 2 / 3)
    assert calibration_error(probabilities, relevant, weights=np.array([1.0, 1, 8])) == pytest.approx(0.05)


def test_errors_in_one_bin_level_out_and_in_two_they_do_not() -> None:
    relevant = np.array([True, False])
    assert calibration_error(np.array([0.54, 0.56]), relevant) == pytest.approx(0.05)
    assert calibration_error(np.array([0.45, 0.55]), relevant) == pytest.approx(0.55)


def test_brier_score_by_hand() -> None:
    probabilities, relevant = np.array([0.25, 1.0]), np.array([True, True])
    assert brier_score(probabilities, relevant) == pytest.approx(0.5625 / 2)
    assert brier_score(probabilities, relevant, weights=np.array([1.0, 3])) == pytest.approx(0.5625 / 4)
