"""The measures are the field's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.evaluation.measures import interval, ndcg, recall, reciprocal_rank


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
