"""Vectors of models that are used no longer are removed in batches; without a model all stay."""

from collections.abc import Sequence

import numpy as np
import sqlalchemy as sa
from tests.world import MONDAY

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.library.vectors import forget_other_vectors
from dailypapers.ranking.corpus.frequencies import Floats
from dailypapers.ranking.embeddings.encoder import kept_as
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
