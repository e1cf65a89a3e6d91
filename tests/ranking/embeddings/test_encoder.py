"""A paper's vector leans towards its title, and each is made once."""

from collections.abc import Sequence

import numpy as np

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.ranking.corpus.frequencies import Floats
from dailypapers.ranking.embeddings.encoder import TITLE, Vectors, encoded, kept_as, stacked


class Axes:
    """Texts that begin with the title alone lie on the first axis, whole papers on the second."""

    name = "axes"

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> Floats:
        self.texts += texts
        return np.array([[0, 1] if ". " in text else [1, 0] for text in texts], np.float32)


def paper(name: str) -> Paper:
    return Paper(PaperId("file", name), name, "Abstract")


def test_a_vector_is_the_whole_paper_s_and_half_of_the_title_s_with_length_one() -> None:
    (row,) = encoded(Axes(), [paper("a")])
    assert np.allclose(row, np.array([TITLE, 1]) / np.hypot(TITLE, 1))
    assert encoded(Axes(), [paper("a")], title=0).tolist() == [[0, 1]]


def test_a_paper_is_encoded_once_and_rows_come_in_the_order_asked_for() -> None:
    encoder = Axes()
    vectors = Vectors(encoder, {"file:known": np.array([0.6, 0.8])})
    rows = vectors.rows([paper("b"), paper("known"), paper("b")])
    assert rows[1].tolist() == [0.6, 0.8]
    assert np.array_equal(rows[0], rows[2])
    assert encoder.texts == ["b. Abstract", "b"]
    vectors.rows([paper("b")])
    assert len(encoder.texts) == 2


def test_vectors_are_kept_under_the_model_and_how_they_were_made() -> None:
    assert "axes" in kept_as(Axes())
    assert str(TITLE) in kept_as(Axes())


def test_vectors_stand_as_rows() -> None:
    assert stacked([np.array([1.0, 2.0]), np.array([3.0, 4.0])]).tolist() == [[1, 2], [3, 4]]
