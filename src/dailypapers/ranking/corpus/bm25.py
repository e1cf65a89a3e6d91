"""BM25 (Robertson & Zaragoza 2009): what a term of a query is worth in a text."""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

#: How soon a term that stands in a text again counts no more, and how far long texts are held back.
SATURATION, LENGTH = 1.2, 0.75

N = TypeVar("N", np.float32, np.float64)


def rarity(holding: npt.ArrayLike, papers: int) -> npt.NDArray[np.float64]:
    """Return ln(1 + (papers - holding + ½) / (holding + ½)) of terms that `holding` of so many papers hold."""
    paper_counts = np.asarray(holding)
    return np.asarray(np.log(1 + (papers - paper_counts + 0.5) / (paper_counts + 0.5)))


def length_norm(lengths: npt.NDArray[N], mean: float) -> npt.NDArray[N]:
    """Return what each paper's length adds below the line; one of mean length adds `SATURATION`."""
    return np.asarray(SATURATION * (1 - LENGTH + LENGTH * lengths / mean), lengths.dtype)


def saturated(counts: npt.NDArray[N], norms: npt.NDArray[np.floating]) -> npt.NDArray[N]:
    """Return how much terms count that stand so often in papers of such norms: from 0 to 1 + `SATURATION`."""
    return np.asarray(counts * (1 + SATURATION) / (counts + norms), counts.dtype)
