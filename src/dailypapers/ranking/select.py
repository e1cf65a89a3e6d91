"""Selection: from one reader's scores to a short list that is worth reading."""

from collections.abc import Sequence
from itertools import zip_longest

import numpy as np

from dailypapers.ranking.features import Features, Vector

#: So many candidates per place on the list are looked at.
_CANDIDATES = 6


def select(
    features: Features,
    scores: Vector,
    shares: Sequence[Vector],
    *,
    known: frozenset[str],
    limit: int,
    threshold: float,
) -> list[int]:
    """The columns of at most `limit` papers that score above `threshold`, best first, none of them in `known`.

    `shares` are the parts of the score that each of the reader's subjects adds. Each subject fills its part of the
    list first, so that a loud one does not drown a quiet one. Equal scores are ordered by the papers' ids.
    """
    candidates = _candidates(features, scores, shares, known=known, limit=limit, threshold=threshold)
    chosen: list[int] = []
    for column in _in_turns(candidates, shares):
        if len(chosen) == limit:
            break
        if features.twins(column).isdisjoint(chosen):
            chosen.append(column)
    return sorted(chosen, key=lambda column: (-scores[column], column))


def _candidates(
    features: Features,
    scores: Vector,
    shares: Sequence[Vector],
    *,
    known: frozenset[str],
    limit: int,
    threshold: float,
) -> list[int]:
    """The best of all, and the best of each subject, which might not be among them."""
    count = limit * _CANDIDATES
    found = dict.fromkeys(_best(features, scores, known=known, count=count, threshold=threshold))
    for share in shares if len(shares) > 1 else ():
        touched = np.where(share > 0, scores, -np.inf)
        found |= dict.fromkeys(_best(features, touched, known=known, count=count, threshold=threshold))
    return sorted(found, key=lambda column: (-scores[column], column))


def _best(features: Features, scores: Vector, *, known: frozenset[str], count: int, threshold: float) -> list[int]:
    """The best columns; a partial sort finds them, so that a long tail costs nothing."""
    enough = min(count + len(known), len(scores))
    border = np.partition(scores, -enough)[-enough] if enough else np.inf
    good = np.flatnonzero((scores >= max(border, threshold)) & (scores > 0))
    ordered = good[np.argsort(-scores[good], kind="stable")]
    return [int(column) for column in ordered if features.keys[column] not in known][:count]


def _in_turns(candidates: Sequence[int], shares: Sequence[Vector]) -> list[int]:
    """Deal candidates out by the subject that adds most to each: one of every subject in turn, best first."""
    if len(shares) < 2:  # noqa: PLR2004 - with one subject there are no turns
        return list(candidates)
    added = np.stack([share[list(candidates)] for share in shares]) if candidates else np.zeros((len(shares), 0))
    strongest = added.argmax(axis=0)
    piles = [[c for c, pile in zip(candidates, strongest, strict=True) if pile == n] for n in range(len(shares))]
    return [column for turn in zip_longest(*piles) for column in turn if column is not None]
