"""BM25 is the formula of the book, wherever it is used."""

from math import log

import numpy as np
import pytest

from dailypapers.ranking.corpus.bm25 import LENGTH, SATURATION, length_norm, rarity, saturated


def test_a_term_counts_more_the_fewer_papers_hold_it() -> None:
    assert rarity([1, 9], 10).tolist() == pytest.approx([log(1 + 9.5 / 1.5), log(1 + 1.5 / 9.5)])


def test_a_term_that_stands_again_counts_less_each_time_and_less_in_a_long_text() -> None:
    lengths = np.array([100.0, 200.0])
    norms = length_norm(lengths, 100.0)
    assert norms.tolist() == pytest.approx([SATURATION, SATURATION * (1 + LENGTH)])
    once, often, endless = (saturated(np.full(2, times), norms) for times in (1.0, 2.0, 1e9))
    assert (often - once < once).all()
    assert once[1] < once[0]
    assert endless.tolist() == pytest.approx([1 + SATURATION] * 2)


def test_single_precision_stays_single() -> None:
    lengths = np.array([100.0], np.float32)
    assert length_norm(lengths, 50.0).dtype == saturated(lengths, lengths).dtype == np.float32
