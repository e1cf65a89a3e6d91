"""Selection: from many readers' scores to short lists that are worth reading, all readers at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dailypapers.ranking.corpus.frequencies import Columns, Matrix, places_in_groups

#: So many candidates per place on the list are looked at.
_CANDIDATES = 4
_DIGITS = 9

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Wanted:
    """How much is enough: of each reader the list's length, and which papers are relevant enough."""

    limit: Columns
    #: Readers × papers.
    relevant: Flags
    #: Readers × papers pairs that are no news to them.
    known: tuple[Columns, Columns]
    #: Readers × papers: what a reader asked for in so many words, and gets whatever its score.
    must_include: Flags | None = None


def select(
    scores: Matrix,
    subjects: Callable[[Columns, Columns], Matrix],
    reader_index: Columns,
    clusters: Columns,
    wanted: Wanted,
) -> Columns:
    """Return readers × places: the columns of each reader's papers, best first, -1 where the list has ended.

    `subjects` gives what subjects add to papers, `reader_index` (ascending) says whose they are. Each subject fills its
    part of the list first, round-robin, so that a loud one does not drown a quiet one. Of a near-duplicate cluster
    (`clusters`) one paper is taken. Equal scores are ordered by the papers' ids.
    """
    open_to = (scores > 0) & wanted.relevant
    if wanted.must_include is not None:
        open_to |= wanted.must_include & (scores > 0)
    open_to[wanted.known] = False
    limit = int(wanted.limit.max(initial=0))
    chosen = np.full((len(scores), limit), -1, np.int64)
    if not limit or not scores.shape[1]:
        return chosen
    first = np.searchsorted(reader_index, np.arange(len(scores)))
    for count, rows in _alike(np.bincount(reader_index, minlength=len(scores)), open_to.sum(axis=1)):
        columns, worth = _open(scores, open_to, rows)
        subjects_in_turn = [(first[rows] + turn)[:, None] for turn in range(count)] if count > 1 else []
        added = [np.round(subjects(subject, columns), _DIGITS) for subject in subjects_in_turn]
        places = _round_robin(worth, added, limit)
        best = np.where(places >= 0, np.take_along_axis(columns, places, axis=1), -1)
        chosen[rows] = _taken(best, np.take_along_axis(worth, places, axis=1), clusters, wanted.limit[rows], limit)
    return chosen


def _alike(subjects: Columns, papers: Columns) -> Iterator[tuple[int, Columns]]:
    """Yield how many subjects, and the readers who have so many and about as many papers; who has none is left out."""
    # The longest of them have at most four times as many papers as the shortest: filling up costs less than more turns.
    size = np.ceil(np.log2(np.maximum(papers, 1)) / 2).astype(np.int64)
    for count, about in np.unique(np.stack([subjects, size], axis=1)[papers > 0], axis=0).tolist():
        yield count, np.flatnonzero((subjects == count) & (size == about) & (papers > 0))


def _open(scores: Matrix, open_to: Flags, rows: Columns) -> tuple[Columns, Matrix]:
    """Return, of these readers, the columns that are open to them, in order, and their scores; minus infinity fills up.

    Scores are rounded, so that equal ones are equal whatever order their sums were made in.
    """
    reader, column = np.nonzero(open_to[rows])
    many = np.bincount(reader, minlength=len(rows))
    place = places_in_groups(many)
    columns, worth = np.zeros((len(rows), int(many.max())), np.int64), np.full((len(rows), int(many.max())), -np.inf)
    columns[reader, place], worth[reader, place] = column, np.round(scores[rows[reader], column], _DIGITS)
    return columns, worth


def _round_robin(worth: Matrix, added: Sequence[Matrix], limit: int) -> Columns:
    """Return readers × candidates: the best of each subject in turns (round-robin); of one subject the best."""
    depth = min(limit * _CANDIDATES, worth.shape[1])
    if not added:
        return _best(worth, depth)
    strongest, most = np.full(worth.shape, -1, np.int64), np.zeros(worth.shape)
    for turn, by_subject in enumerate(added):
        better = by_subject > most
        strongest[better], most = turn, np.where(better, by_subject, most)
    # What no subject brought, an author or a phrase did: that comes last.
    best_of_each = [_best(np.where(strongest == turn, worth, -np.inf), depth) for turn in (*range(len(added)), -1)]
    return np.stack(best_of_each, axis=2).reshape(len(worth), -1)


def _best(worth: Matrix, depth: int) -> Columns:
    """Return readers × depth: where the best stand, in order, -1 where there are no more; of equal ones the first."""
    places = _deepest(worth, depth)
    scores = np.take_along_axis(worth, places, axis=1)
    order = np.argsort(-scores, axis=1, kind="stable")
    ended = np.isneginf(np.take_along_axis(scores, order, axis=1))
    return np.where(ended, -1, np.take_along_axis(places, order, axis=1))


def _deepest(worth: Matrix, depth: int) -> Columns:
    """Return where the best stand, from left to right; a partial sort finds the last, so a long tail costs little."""
    if depth >= worth.shape[1]:
        return np.tile(np.arange(worth.shape[1]), (len(worth), 1))
    border = -np.partition(-worth, depth - 1, axis=1)[:, depth - 1, None]
    above, level = worth > border, worth == border
    room = depth - above.sum(axis=1, keepdims=True)
    return np.nonzero(above | (level & (np.cumsum(level, axis=1) <= room)))[1].reshape(len(worth), depth)


def _taken(candidates: Columns, worth: Matrix, clusters: Columns, limits: Columns, limit: int) -> Columns:
    """Return the first candidates of each reader that say something new, ordered by score."""
    good = (candidates >= 0) & _first_of_cluster(np.where(candidates >= 0, clusters[candidates], -1))
    good &= np.cumsum(good, axis=1) <= limits[:, None]
    # The good ones first, in the order they were dealt in.
    places = np.argsort(~good, axis=1, kind="stable")[:, :limit]
    first = np.take_along_axis(np.where(good, candidates, -1), places, axis=1)
    ranked = np.take_along_axis(np.where(good, worth, -np.inf), places, axis=1)
    indices = np.take_along_axis(first, np.lexsort((first, -ranked), axis=1), axis=1)
    return np.pad(indices, ((0, 0), (0, limit - indices.shape[1])), constant_values=-1)


def _first_of_cluster(clusters: Columns) -> Flags:
    """Return whether nothing of the same near-duplicate cluster stands before it in its row."""
    order = np.argsort(clusters, axis=1, kind="stable")
    ordered = np.take_along_axis(clusters, order, axis=1)
    repeated = np.zeros(clusters.shape, np.bool_)
    np.put_along_axis(repeated, order[:, 1:], ordered[:, 1:] == ordered[:, :-1], axis=1)
    return ~repeated
