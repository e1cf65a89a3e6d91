"""Papers' vectors are made once and kept; those of models that are used no longer are removed in batches."""

from collections.abc import Sequence

import numpy as np
import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs
from tests.world import MONDAY

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.library import vectors as module
from dailypapers.library.vectors import forget_other_vectors, vector_rows, vectors
from dailypapers.ranking.corpus.frequencies import Floats
from dailypapers.ranking.embeddings.encoder import encoded, kept_as
from dailypapers.store import models, papers
from dailypapers.store.database import reading, writing


class Named:
    """An encoder of which only the name matters."""

    def __init__(self, name: str) -> None:
        self.name = name

    def encode(self, texts: Sequence[str]) -> Floats:
        return np.zeros((len(texts), 1), np.float32)


OURS, OTHER = Named("ours"), Named("other")


def test_only_our_model_s_vectors_stay(engine: sa.Engine) -> None:
    made = [Paper(PaperId("file", f"p{n}"), f"Title {n}", "", (), ()) for n in range(3)]
    with writing(engine) as tx:
        papers.keep(tx, made, now=MONDAY)
        ids = list(papers.every(tx))
        for model in (OURS, OTHER):
            models.keep_vectors(tx, kept_as(model), dict.fromkeys(ids, b"v"))
    assert forget_other_vectors(engine, None) == 0
    assert forget_other_vectors(engine, OURS, batch=2) == 3
    assert forget_other_vectors(engine, OURS, batch=2) == 0
    with reading(engine) as tx:
        assert sorted(models.vectors_of(tx, kept_as(OURS), ids)) == sorted(ids)
        assert models.vectors_of(tx, kept_as(OTHER), ids) == {}


class Letters:
    """An encoder of two dimensions, vowels and other characters, that counts the texts it is given."""

    name = "letters"

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> Floats:
        self.texts += texts
        rows = np.array([[1.0 + sum(c in "aeiou" for c in text), 1.0 + len(text)] for text in texts])
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def stored(engine: sa.Engine, *titles: str) -> dict[int, Paper]:
    with writing(engine) as tx:
        papers.keep(tx, [Paper(PaperId("file", title[:3]), title) for title in titles], now=MONDAY)
        return {paper_id: paper for paper_id, paper in papers.every(tx).items() if paper.title in titles}


def test_a_paper_is_encoded_once_and_a_part_at_a_time(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ENCODED_AT_A_TIME", 2)
    encoder, progress = Letters(), list[int]()
    early = stored(engine, "owl", "eagle")
    vectors(engine, encoder, early)
    assert len(encoder.texts) == 4, "each paper whole, and its title alone"
    some = stored(engine, "owl", "eagle", "rook", "iguana", "newt")
    with capture_logs() as logs:
        by_id = vectors(engine, encoder, some, on_progress=progress.append)
    assert len(encoder.texts) == 10
    assert progress == [2, 1]
    assert [entry["left"] for entry in logs] == [1, 0]
    assert by_id.keys() == some.keys()
    for paper_id, paper in some.items():
        assert np.allclose(by_id[paper_id], encoded(encoder, [paper])[0], atol=1e-3)


def test_rows_stand_in_the_order_they_are_asked_for_and_are_the_same_when_read_again(engine: sa.Engine) -> None:
    some = stored(engine, "owl", "eagle", "rook")
    turned = dict(reversed(some.items()))
    rows = vector_rows(engine, Letters(), some)
    assert rows.shape == (3, 2)
    assert np.array_equal(vector_rows(engine, Letters(), turned), rows[::-1])
    assert np.allclose(np.linalg.norm(rows, axis=1), 1)


def test_what_was_made_before_the_process_stopped_is_not_made_again(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_ENCODED_AT_A_TIME", 1)
    some = stored(engine, "owl", "eagle", "rook")

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        vectors(engine, Letters(), some, on_progress=stop)
    encoder = Letters()
    vectors(engine, encoder, some)
    assert len(encoder.texts) == 4
