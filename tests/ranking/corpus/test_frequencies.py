"""A paper is counted once in its life: its terms stand in the same columns on every day and machine."""

import numpy as np
import scipy.sparse as sp

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.ranking.corpus.frequencies import (
    COLUMNS,
    ColumnSubset,
    column_of,
    count,
    count_texts,
    places_in_groups,
    unit_rows,
    weigh,
)


def test_terms_of_the_title_count_twice() -> None:
    counts = count([Paper(PaperId("file", "1"), "graph", "graph theorem")])
    assert counts[0, column_of("graph")] == 3
    assert counts[0, column_of("theorem")] == 1


def test_a_text_without_terms_is_a_row_of_zeros_and_others_have_length_one() -> None:
    rows = weigh(count_texts(["the of", "graph theorem"]), np.ones(COLUMNS))
    assert np.asarray(rows.multiply(rows).sum(axis=1)).ravel().round(9).tolist() == [0, 1]
    assert count_texts([]).shape == (0, COLUMNS)


def test_a_subset_of_columns_gives_the_same_products() -> None:
    rows = unit_rows(count_texts(["graph theorem", "cell graph", "weather"]).astype(np.float64))
    subset = ColumnSubset.to(rows[:2])
    narrow = subset.rows(rows)
    assert narrow.shape[1] == subset.width < COLUMNS
    assert np.allclose((narrow @ narrow[:2].T).toarray(), (rows @ rows[:2].T).toarray())
    assert sp.issparse(narrow)


def test_places_are_counted_in_each_group() -> None:
    assert places_in_groups(np.array([2, 0, 3])).tolist() == [0, 1, 0, 1, 2]
