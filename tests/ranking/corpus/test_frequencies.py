"""A paper is counted once in its life: its terms stand in the same columns on every day and machine."""

import math

import numpy as np
import pytest
import scipy.sparse as sp

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.ranking.corpus.frequencies import (
    COLUMNS,
    WIDTH,
    ColumnSubset,
    InverseFrequency,
    column_of,
    columns_of,
    count,
    count_texts,
    count_words,
    holding_each,
    merged,
    places_in_groups,
    unbound,
    unit_rows,
    usual_shares,
    weigh,
)
from dailypapers.ranking.corpus.usual import frequencies

#: Where there are no papers, each term tells as much as any other.
ALIKE = InverseFrequency.among(merged(count_texts([])))


def test_a_term_tells_more_the_fewer_papers_hold_it() -> None:
    counts = merged(count_texts(["graph theorem theorem", "graph", ""]))
    idf = InverseFrequency.among(counts)
    words = columns_of(["graph", "theorem", "weather"])
    expected = [math.log(4 / (1 + held)) + 1 for held in (2, 1, 0)]
    assert idf.of(words).tolist() == pytest.approx(expected)
    assert idf.of_one_paper == idf.at(words[1])
    assert [idf.at(column) for column in words] == idf.of(words).tolist()
    assert ALIKE.of(words).tolist() == [1, 1, 1]


def test_papers_in_general_count_beside_few_papers() -> None:
    counts = merged(count_texts(["graph theorem", "graph"]))
    idf = InverseFrequency.among(counts, shares=usual_shares(), usual=100)
    words = ["graph", "model", "zebrafish"]
    holding = frequencies().holding
    in_general = [100 * holding.get(word, 0) / frequencies().papers for word in words]
    expected = [math.log(103 / (1 + own + usual)) + 1 for own, usual in zip((2, 0, 0), in_general, strict=True)]
    assert idf.of(columns_of(words)).tolist() == pytest.approx(expected)
    assert idf.at(column_of("model")) == pytest.approx(expected[1])


def test_few_columns_are_found_as_many_are(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = merged(count_texts(["graph theorem", "graph", "cell"]))
    asked = columns_of(["zebrafish", "graph", "cell", "weather", "theorem", "graph"])
    few, few_idf = ColumnSubset.to(counts), InverseFrequency.among(counts)
    monkeypatch.setattr("dailypapers.ranking.corpus.frequencies._FEW_COLUMNS", 0)
    many, many_idf = ColumnSubset.to(counts), InverseFrequency.among(counts)
    assert few.columns.tolist() == many.columns.tolist()
    numbers = few.numbers_of(asked)
    assert numbers.tolist() == many.numbers_of(asked).tolist()
    assert [number < 0 for number in numbers.tolist()] == [True, False, False, True, False, False]
    assert few.columns[numbers[numbers >= 0]].tolist() == asked[numbers >= 0].tolist()
    assert np.array_equal(few.rows(counts).toarray(), many.rows(counts).toarray())
    assert few_idf.of(asked).tolist() == many_idf.of(asked).tolist()


def test_no_column_is_among_none() -> None:
    none = ColumnSubset.to(merged(count_texts([""])))
    assert (none.width, none.numbers_of(columns_of(["graph"])).tolist()) == (0, [-1])


def test_a_common_term_has_its_column_to_itself() -> None:
    """By hash alone, a topic of recommenders would be held by every paper that speaks of a format."""
    recommender, usual = column_of("recommender"), frequencies().holding
    assert column_of("format") == 2234548
    assert recommender != column_of("format")
    assert columns_of(["format", "recommender"]).tolist() == [column_of("format"), recommender]
    many = ["format", "recommender", *(f"unheard{n}" for n in range(40))]
    assert columns_of(many).tolist() == [*map(column_of, many)], "so many are looked up another way"
    assert len({*columns_of(usual).tolist()}) == len(usual)
    assert usual_shares()[recommender] == pytest.approx(usual["recommender"] / frequencies().papers)


def test_terms_of_the_title_count_twice() -> None:
    counts = count([Paper(PaperId("file", "1"), "graph", "graph theorem")])
    assert counts[0, column_of("graph")] == 3
    assert counts[0, column_of("theorem")] == 1


def test_words_that_meaning_is_learned_from_are_in_the_singular_and_no_pairs() -> None:
    counts = count_words(
        [Paper(PaperId("file", "1"), "Folding graphs", "Data sets", ()), Paper(PaperId("file", "2"), "", "")]
    )
    words = columns_of(["folding", "graph", "data", "set", "fold", "dataset"])
    assert counts.toarray()[:, words].tolist() == [[2, 2, 1, 1, 0, 0], [0] * 6]
    assert counts[[0]].sum() == 6


def test_terms_stand_where_counts_that_are_kept_have_them() -> None:
    """These are the columns of scikit-learn's hasher, which counted before."""
    terms = ["graph", "theorem", "cell", "größe", "量子", "x" * 100]
    assert columns_of(terms).tolist() == [1535081, 1461378, 1987026, 2910657, 194139, 462702]
    counts = count_texts(["cell graph cell", "", "graph"])
    assert counts[0, column_of("cell")] == 2
    assert np.diff(counts.indptr).tolist() == [4, 0, 1]
    assert (np.diff(counts.indices[:4]) > 0).all()


def test_a_text_without_terms_is_a_row_of_zeros_and_others_have_length_one() -> None:
    rows = weigh(count_texts(["the of", "graph theorem"]), ALIKE)
    assert np.asarray(rows.multiply(rows).sum(axis=1)).ravel().round(9).tolist() == [0, 1]
    assert count_texts([]).shape == (0, WIDTH)


def test_what_is_bound_stands_apart_and_tells_papers_alike_from_nothing() -> None:
    counts = count_texts(["Q-learning", "learning", "UNet", "U-Net", "UNet U-Net"])
    assert counts[0, column_of("qlearn") + COLUMNS] == 1
    assert unbound(counts)[[0]].toarray().tolist() == unbound(counts)[[1]].toarray().tolist()
    before = counts.copy()
    both = merged(count_texts(["U-Net UNet"]))
    assert both[0, column_of("unet")] == 2
    both = merged(counts)
    assert abs(counts - before).sum() == 0, "what is merged is left as it was"
    assert both.shape == unbound(counts).shape == (5, COLUMNS)
    assert both[2, column_of("unet")] == both[3, column_of("unet")] == 1
    alike = weigh(counts[:2], ALIKE)
    assert (alike @ alike.T)[0, 1] == pytest.approx(1)


def test_a_subset_of_columns_gives_the_same_products() -> None:
    rows = unit_rows(unbound(count_texts(["graph theorem", "cell graph", "weather"])).astype(np.float64))
    subset = ColumnSubset.to(rows[:2])
    narrow = subset.rows(rows)
    assert narrow.shape[1] == subset.width < COLUMNS
    assert np.allclose((narrow @ narrow[:2].T).toarray(), (rows @ rows[:2].T).toarray())
    assert sp.issparse(narrow)


def test_texts_hold_each_set_by_any_of_its_columns() -> None:
    by_term = sp.csr_array([[1, 0, 1], [0, 1, 0], [0, 0, 0], [1, 1, 0]])
    assert holding_each(by_term, [[0, 1], [3]]).tolist() == [True, True, False]
    assert holding_each(by_term, [[0], [2]]).tolist() == holding_each(by_term, [[]]).tolist() == [False] * 3
    assert holding_each(by_term, []).all()


def test_places_are_counted_in_each_group() -> None:
    assert places_in_groups(np.array([2, 0, 3])).tolist() == [0, 1, 0, 1, 2]
