"""Selecting for many readers at once gives each what the rules give one alone, read literally."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.ranking.corpus.frequencies import Columns, Matrix
from dailypapers.ranking.select import Wanted, select

Floats = npt.NDArray[Any]
#: Scores are given to two digits, so that many are equal.
_PAPERS = 60


def at(subjects: Floats) -> Callable[[Columns, Columns], Matrix]:
    """Return what gives the numbers of a matrix."""
    return lambda subject, column: np.asarray(subjects[subject, column])


def alone(
    subjects: Floats, scores: Floats, clusters: Floats, *, limit: int, threshold: float, closed: set[int]
) -> list[int]:
    """One reader's columns: each subject's own papers, best first, dealt in turns, none that says the same again."""
    open_to = [c for c in range(len(scores)) if scores[c] > 0 and scores[c] >= threshold - 1e-9 and c not in closed]
    best_first = sorted(open_to, key=lambda c: (-round(float(scores[c]), 9), c))

    def strongest(column: int) -> int:
        return int(np.argmax(subjects[:, column])) if subjects.size and subjects[:, column].max() > 0 else -1

    piles = [[c for c in best_first if strongest(c) == turn] for turn in (*range(len(subjects)), -1)]
    if len(subjects) < 2:
        piles = [best_first]
    taken: list[int] = []
    for place in range(len(scores)):
        for pile in piles:
            if (
                place < len(pile)
                and len(taken) < limit
                and clusters[pile[place]] not in {int(clusters[c]) for c in taken}
            ):
                taken.append(pile[place])
    return sorted(taken, key=lambda c: (-round(float(scores[c]), 9), c))


@given(seed=st.integers(0, 2**32 - 1), readers=st.integers(1, 12), threshold=st.sampled_from([0.0, 0.3, 0.9]))
def test_many_readers_get_what_each_would_get_alone(seed: int, readers: int, threshold: float) -> None:
    chance = np.random.default_rng(seed)
    many = chance.integers(0, 5, readers)
    reader_index = np.repeat(np.arange(readers), many)
    subjects = np.round(
        chance.random((len(reader_index), _PAPERS)) * (chance.random((len(reader_index), _PAPERS)) < 0.4), 2
    )
    scores = np.zeros((readers, _PAPERS))
    np.add.at(scores, reader_index, subjects)
    scores[:, :5] += np.round(chance.random((readers, 5)), 2)  # What an author or a phrase adds.
    clusters = np.where(chance.random(_PAPERS) < 0.2, chance.integers(0, 5, _PAPERS), np.arange(_PAPERS) + 10)
    # Of papers that say the same only the first few ever meet: looking four times as deep is then deep enough.
    limits = chance.integers(12, 16, readers)
    known = chance.integers(0, readers, 6), chance.integers(0, _PAPERS, 6)
    wanted = Wanted(limits, np.round(scores, 9) >= threshold, known)
    chosen = select(scores, at(subjects), reader_index, clusters, wanted)
    for reader in range(readers):
        closed = {int(c) for r, c in zip(*known, strict=True) if r == reader}
        expected = alone(
            subjects[reader_index == reader],
            scores[reader],
            clusters,
            limit=int(limits[reader]),
            threshold=threshold,
            closed=closed,
        )
        assert chosen[reader][chosen[reader] >= 0].tolist() == expected


def test_a_subject_that_runs_out_gives_its_turns_to_the_best_of_the_others() -> None:
    loud = np.linspace(0.1, 1, 30)
    quiet = np.zeros(30)
    quiet[3], loud[3] = 0.5, 0.0
    subjects = np.stack([loud, quiet])
    wanted = Wanted(np.array([5]), np.ones((1, 30), np.bool_), (np.zeros(0, np.int64), np.zeros(0, np.int64)))
    chosen = select(subjects.sum(axis=0)[None, :], at(subjects), np.array([0, 0]), np.arange(30), wanted)
    assert chosen.tolist() == [[29, 28, 27, 26, 3]]


@pytest.mark.parametrize("shape", [(0, 5), (3, 0), (2, 5)])
def test_nobody_and_nothing_give_empty_lists(shape: tuple[int, int]) -> None:
    none = np.zeros(0, np.int64)
    wanted = Wanted(np.full(shape[0], 4), np.ones(shape, np.bool_), (none, none))
    chosen = select(np.zeros(shape), at(np.zeros((0, shape[1]))), none, np.arange(shape[1]), wanted)
    assert (len(chosen), set(chosen.ravel().tolist()) <= {-1}) == (shape[0], True)
