"""Selection: from many readers' scores to short lists that are worth reading, all readers at a time."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dailypapers.ranking.counts import Columns, Matrix, Vector

#: So many candidates per place on the list are looked at.
_CANDIDATES = 4
_DIGITS = 9

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Wanted:
    """How much is enough: of each reader the list's length and the score a paper must reach."""

    limit: Columns
    threshold: Vector
    #: Readers × papers pairs that are no news to them.
    known: tuple[Columns, Columns]
    #: Readers × papers: what a reader asked for in so many words, and gets whatever its score.
    certain: Flags | None = None


def select(scores: Matrix, subjects: Matrix, owner: Columns, kin: Columns, wanted: Wanted) -> Columns:
    """Readers × places: the columns of each reader's papers, best first, -1 where the list has ended.

    `subjects` are subjects × papers, `owner` (ascending) says whose. Each subject fills its part of the list first, in
    turns with the others, so that a loud one does not drown a quiet one. Of papers that say the same (`kin`) one is
    taken. Equal scores are ordered by the papers' ids.
    """
    scores = scores.copy()
    scores[wanted.known] = -np.inf
    # Ten scores are as good as equal where they differ by less than sums of floats do in another order.
    weak = scores < wanted.threshold[:, None] - 10.0**-_DIGITS
    scores[(scores <= 0) | (weak if wanted.certain is None else weak & ~wanted.certain)] = -np.inf
    limit = int(wanted.limit.max(initial=0))
    chosen = np.full((len(scores), limit), -1, np.int64)
    if not limit or not scores.shape[1]:
        return chosen
    many = np.bincount(owner, minlength=len(scores))
    first = np.searchsorted(owner, np.arange(len(scores)))
    for count in np.unique(many):
        rows = np.flatnonzero(many == count)
        piles = _piles(scores[rows], subjects, first[rows], int(count), limit)
        chosen[rows] = _taken(scores[rows], piles, kin, wanted.limit[rows], limit)
    return chosen


def _piles(scores: Matrix, subjects: Matrix, first: Columns, count: int, limit: int) -> Columns:
    """Readers × candidates: the best of each reader's subjects, dealt in turns; the best of all where there is one."""
    depth = min(limit * _CANDIDATES, scores.shape[1])
    if count < 2:  # noqa: PLR2004 - with one subject there are no turns
        return _best(scores, depth)
    strongest, most = np.full(scores.shape, -1, np.int64), np.zeros(scores.shape)
    for turn in range(count):
        added = subjects[first + turn]
        better = added > most
        strongest[better], most = turn, np.where(better, added, most)
    # What no subject brought, an author or a phrase did: that is the last pile.
    dealt = [_best(np.where(strongest == turn, scores, -np.inf), depth) for turn in (*range(count), -1)]
    return np.stack(dealt, axis=2).reshape(len(scores), -1)


def _best(scores: Matrix, depth: int) -> Columns:
    """Readers × depth: the best columns in order; a partial sort finds them, so that a long tail costs nothing."""
    found = np.argpartition(-scores, depth - 1, axis=1)[:, :depth] if depth < scores.shape[1] else _all(scores)
    found.sort(axis=1)
    held = np.round(np.take_along_axis(scores, found, axis=1), _DIGITS)
    order = np.argsort(-held, axis=1, kind="stable")
    return np.asarray(np.take_along_axis(found, order, axis=1))


def _all(scores: Matrix) -> Columns:
    return np.tile(np.arange(scores.shape[1]), (len(scores), 1))


def _taken(scores: Matrix, candidates: Columns, kin: Columns, limits: Columns, limit: int) -> Columns:
    """The first candidates of each reader that are good and say something new, ordered by score."""
    worth = np.take_along_axis(scores, candidates, axis=1)
    good = np.isfinite(worth) & _first_of_kin(np.where(np.isfinite(worth), kin[candidates], -1))
    good &= np.cumsum(good, axis=1) <= limits[:, None]
    ranked = np.where(good, np.round(worth, _DIGITS), -np.inf)
    order = np.lexsort((candidates, -ranked), axis=1)[:, :limit]
    taken = np.where(np.take_along_axis(good, order, axis=1), np.take_along_axis(candidates, order, axis=1), -1)
    return np.pad(taken, ((0, 0), (0, limit - taken.shape[1])), constant_values=-1)


def _first_of_kin(kin: Columns) -> Flags:
    """Whether nothing of the same kin stands before it in its row."""
    order = np.argsort(kin, axis=1, kind="stable")
    ordered = np.take_along_axis(kin, order, axis=1)
    repeated = np.zeros(kin.shape, np.bool_)
    np.put_along_axis(repeated, order[:, 1:], ordered[:, 1:] == ordered[:, :-1], axis=1)
    return ~repeated
