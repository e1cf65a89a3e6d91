"""A score becomes a probability, at first by assumption and then by votes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.ranking.calibration import Calibration, calibrate


def test_without_votes_chances_are_even_at_half_a_unit() -> None:
    curve = calibrate([])
    assert curve.probability(0.5) == pytest.approx(0.5)
    assert curve.score_at(0.5) == pytest.approx(0.5)
    assert curve.votes == 0


@given(st.floats(0.01, 0.99))
def test_a_score_and_its_probability_lead_back_to_each_other(probability: float) -> None:
    curve = Calibration(even_at=2.0, slope=3.0)
    assert curve.probability(curve.score_at(probability)) == pytest.approx(probability)


@given(st.lists(st.tuples(st.floats(-5, 5), st.booleans()), max_size=30))
def test_a_higher_score_is_never_less_probable(votes: list[tuple[float, bool]]) -> None:
    curve = calibrate(votes)
    assert curve.slope > 0
    assert curve.probability(0.2) <= curve.probability(0.4) <= curve.probability(3)


def test_many_votes_find_the_curve_they_come_from_and_few_move_it_a_little() -> None:
    chance = np.random.default_rng(1)
    true = Calibration(even_at=1.0, slope=3.0)
    scores = chance.uniform(0, 2, 4000)
    votes = [(float(s), bool(chance.random() < true.probability(float(s)))) for s in scores]
    found = calibrate(votes)
    assert found.even_at == pytest.approx(1.0, abs=0.08)
    assert found.slope == pytest.approx(3.0, abs=0.3)
    predicted = [found.probability(score) for score, _ in votes]
    assert np.mean(predicted) == pytest.approx(np.mean([liked for _, liked in votes]), abs=0.01)
    assert abs(calibrate(votes[:3]).even_at - 0.5) < abs(found.even_at - 0.5)


def test_what_nobody_could_want_to_miss_has_no_threshold() -> None:
    assert Calibration().score_at(0) == 0
    assert Calibration().score_at(0.001) == 0
