"""Encoders: what an optional model makes of papers. The ranking needs no more of a model than this."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

import numpy as np

from dailypapers.domain.paper import Paper
from dailypapers.ranking.corpus.frequencies import Floats, Matrix, Vector

__all__ = ["TITLE", "Encoder", "Matrix", "Vector", "Vectors", "encoded", "kept_as", "stacked"]


class Encoder(Protocol):
    """A model that places texts so that those that say similar things are near each other."""

    @property
    def name(self) -> str:
        """Part of what its vectors are kept under; another model, or other weights, must have another name."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """Texts × dimensions, rows of length one."""


#: A paper stands where its title and abstract do, drawn towards where its title alone does: by half of its vector.
TITLE = 0.5


class Vectors:
    """Papers' vectors, each made once."""

    def __init__(
        self, encoder: Encoder, known: Mapping[str, Vector] = MappingProxyType({}), *, title: float = TITLE
    ) -> None:
        self.encoder, self._title = encoder, title
        #: By the papers' ids.
        self.by_key: dict[str, Vector] = dict(known)

    def rows(self, papers: Sequence[Paper]) -> Matrix:
        """Papers × dimensions; those not known yet are encoded."""
        new = {str(paper.id): paper for paper in papers if str(paper.id) not in self.by_key}
        if new:
            new_rows = encoded(self.encoder, list(new.values()), title=self._title)
            self.by_key.update(zip(new, new_rows.astype(np.float64), strict=True))
        return np.array([self.by_key[str(paper.id)] for paper in papers], np.float64)


def encoded(encoder: Encoder, papers: Sequence[Paper], *, title: float = TITLE) -> Floats:
    """Papers × dimensions, rows of length one."""
    whole = encoder.encode([f"{paper.title}. {paper.abstract}" for paper in papers])
    if not title:
        return whole
    both = whole + np.float32(title) * encoder.encode([paper.title for paper in papers])
    return np.asarray(both / np.maximum(np.linalg.norm(both, axis=1, keepdims=True), 1e-12), np.float32)


def kept_as(encoder: Encoder) -> str:
    """The name papers' vectors are kept under: it tells the model, and how a paper's vector comes of its texts'."""
    return f"{encoder.name} + {TITLE} title, rounded"


def stacked(vectors: Sequence[Vector]) -> Matrix:
    """Vectors as rows."""
    return np.array(vectors, np.float64).reshape(len(vectors), -1)
