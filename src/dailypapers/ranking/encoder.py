"""Encoders: what an optional model makes of papers. The ranking needs no more of a model than this."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

import numpy as np

from dailypapers.domain.paper import Paper
from dailypapers.ranking.counts import Floats, Matrix, Vector


class Encoder(Protocol):
    """A model that places texts so that those that say similar things are near each other."""

    @property
    def name(self) -> str:
        """Under which its vectors are kept; another model, or other weights, must have another name."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """Texts × dimensions, rows of length one."""


class Vectors:
    """Papers' vectors, each made once."""

    def __init__(self, encoder: Encoder, known: Mapping[str, Vector] = MappingProxyType({})) -> None:
        self.encoder = encoder
        #: By the papers' ids.
        self.by_key: dict[str, Vector] = dict(known)

    def rows(self, papers: Sequence[Paper]) -> Matrix:
        """Papers × dimensions; those not known yet are encoded."""
        new = {str(paper.id): paper for paper in papers if str(paper.id) not in self.by_key}
        if new:
            encoded = self.encoder.encode([text_of(paper) for paper in new.values()])
            self.by_key.update(zip(new, encoded.astype(np.float64), strict=True))
        return np.array([self.by_key[str(paper.id)] for paper in papers], np.float64)


def stacked(vectors: Sequence[Vector]) -> Matrix:
    """Vectors as rows."""
    return np.array(vectors, np.float64).reshape(len(vectors), -1)


def text_of(paper: Paper) -> str:
    """What an encoder reads of a paper."""
    return f"{paper.title}. {paper.abstract}"
