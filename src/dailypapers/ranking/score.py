"""Scores: every reader against every paper, as matrix products.

    subjects × papers  =  terms + meaning + categories (+ encoder), each in units of what is usual in the background

Each part is linear in what a subject is made of, so that a score is a sum of terms, and `explain` prints those.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from dailypapers.ranking.background import LEAST_PAPERS
from dailypapers.ranking.counts import Columns, Matrix, Vector
from dailypapers.ranking.features import Features
from dailypapers.ranking.matches import Matches
from dailypapers.ranking.profile import Profile, Subject


@dataclass(frozen=True, slots=True)
class Recipe:
    """How much each part of a subject's score counts, in standard deviations of the background."""

    terms: float = 1.0
    meaning: float = 1.0
    categories: float = 0.5
    dense: float = 1.0
    dense_plain: float = 0.5
    #: How near a paper is to the three nearest liked ones, by an encoder; and what meaning counts beside one.
    nearest: float = 0.3
    meaning_beside: float = 0.5


FULL, WORDS = Recipe(), Recipe(meaning=0, categories=0, dense=0, dense_plain=0, nearest=0)
RECIPES = {"full": FULL, "words": WORDS}

#: A subject that matches ten standard deviations above what is usual scores one.
UNIT = 0.1
#: Whitening: how far a direction's variance is trusted, less for a profile of few papers (k): λ(1 + 10/k).
_RIDGE, _DENSE_RIDGE, _FEW = 0.005, 0.002, 10
#: The least deviation of cosines; and the one taken where there is no background to learn it from.
_LEAST_DEVIATION, _PLAIN_DEVIATION = 0.003, 0.02
#: A fact that adds as much as this is what the reader asked for; a category adds less.
_STRONG = 0.5
#: So many of the liked papers that are nearest to a paper are looked at by themselves.
_NEAREST = 3
#: The usual deviation of the cosine of two papers' categories.
_FILING_DEVIATION = 0.22


@dataclass(frozen=True)
class Crowd:
    """Many readers' profiles as arrays."""

    #: Subjects × interests: shares.
    shares: sp.csr_array
    #: Of each subject: its reader (ascending), and its weight.
    owner: Columns
    weight: Vector
    #: Readers × facts: what each adds, and which keep a paper out.
    facts: sp.csr_array
    excluded: sp.csr_array
    #: Of each reader: how much what is trending counts, and whether they stated nothing at all.
    trending: Vector
    empty: npt.NDArray[np.bool_]

    @property
    def readers(self) -> int:
        """How many."""
        return len(self.trending)


def crowd(profiles: Sequence[Profile], matches: Matches) -> Crowd:
    """Readers' profiles in the rows of matches."""
    subjects = [(reader, subject) for reader, stated in enumerate(profiles) for subject in stated.subjects]
    shares = [(n, matches.rows[i], share) for n, (_, s) in enumerate(subjects) for i, share in s.parts]
    facts = [(n, matches.facts[i], weight) for n, p in enumerate(profiles) for i, weight in p.facts]
    kept_out = [(n, matches.facts[i], 1.0) for n, p in enumerate(profiles) for i in p.excluded]
    return Crowd(
        shares=_sparse(shares, (len(subjects), len(matches.rows))),
        owner=np.array([reader for reader, _ in subjects], np.int64),
        weight=np.array([subject.weight for _, subject in subjects], np.float64),
        facts=_sparse(facts, (len(profiles), len(matches.facts))),
        excluded=_sparse(kept_out, (len(profiles), len(matches.facts))),
        trending=np.array([stated.trending for stated in profiles], np.float64),
        empty=np.array([stated.empty for stated in profiles], np.bool_),
    )


def _sparse(entries: Sequence[tuple[int, int, float]], shape: tuple[int, int]) -> sp.csr_array:
    rows, columns, data = zip(*entries, strict=True) if entries else ((), (), ())
    return sp.csr_array((np.array(data, np.float64), (rows, columns)), shape=shape)


@dataclass(frozen=True, slots=True)
class Scale:
    """What brings the parts of subjects to a common measure; one value for each subject."""

    deviation: Vector
    ridge: Vector
    length: Vector
    dense_ridge: Vector
    dense_length: Vector
    dense_deviation: Vector


@dataclass(frozen=True)
class Scorer:
    """What subjects are scored with: papers as seen by a recipe."""

    features: Features
    matches: Matches
    recipe: Recipe = FULL

    @cached_property
    def _learned(self) -> bool:
        return self.features.background.papers >= LEAST_PAPERS

    def subjects(self, shares: sp.csr_array) -> Matrix:
        """Subjects × papers: how far each paper stands above what is usual for each subject, in units; at least 0.

        `shares` are subjects × interests.
        """
        scores = self._measured(shares, self._scale(shares))
        if self._near_likes:
            for row in range(shares.shape[0]):
                inside = slice(shares.indptr[row], shares.indptr[row + 1])
                scores[row] += self._nearest(shares.indices[inside].astype(np.int64), shares.data[inside]).sum(axis=0)
        return np.asarray(np.maximum(scores, 0))

    def terms(self, subject: Subject, columns: Sequence[int]) -> Matrix:
        """Parts × these papers: what each part of a subject adds; a column that sums to less than 0 counts nothing."""
        rows = [self.matches.rows[interest] for interest, _ in subject.parts]
        shares = np.array([share for _, share in subject.parts])
        shape = (len(rows), len(self.matches.rows))
        apart = sp.csr_array((shares, (np.arange(len(rows)), rows)), shape=shape)
        whole = self._scale(sp.csr_array(apart.sum(axis=0)[None, :]))
        added = self._measured(apart, whole, list(columns))
        if self._near_likes:
            added += self._nearest(np.array(rows), shares)[:, list(columns)]
        return np.asarray(subject.weight * added)

    @property
    def _near_likes(self) -> bool:
        return bool(self.recipe.nearest and self.matches.close.shape[1])

    def _nearest(self, rows: Columns, shares: Vector) -> Matrix:
        """Parts × papers: what the three nearest liked papers add to each, in deviations of the same in the sample."""
        added = np.zeros((len(rows), self.matches.close.shape[1]))
        liked = np.flatnonzero((shares > 0) & self.matches.close_usual[rows].any(axis=1))
        if not len(liked):
            return added
        close, usual = (near[rows[liked]].astype(np.float64) for near in (self.matches.close, self.matches.close_usual))
        many = min(_NEAREST, len(liked))
        sampled = np.sort(usual, axis=0)[-many:].mean(axis=0)
        nearest = np.argsort(close, axis=0, kind="stable")[-many:]
        worth = (np.take_along_axis(close, nearest, axis=0) - sampled.mean()) / (sampled.std() + _LEAST_DEVIATION)
        added[liked[nearest], np.arange(added.shape[1])] = UNIT * self.recipe.nearest * worth / many
        return added

    def _scale(self, shares: sp.csr_array) -> Scale:
        """How much each subject's parts vary over the background."""
        none, background = np.ones(shares.shape[0]), self.features.background
        if not self._learned:
            return Scale(none * _PLAIN_DEVIATION, none, none, none, none, none)
        usual = shares.astype(np.float32) @ self.matches.usual
        few = 1 + _FEW * (shares.multiply(shares) @ self.matches.spread)
        length, dense_length, dense_deviation = none, none, none
        if background.meaning:
            variances = background.meaning.variances
            length = _length((shares @ self.matches.meanings) / (variances + _RIDGE * few[:, None]), variances)
        if space := background.dense_space:
            pulled = shares @ self.matches.dense
            dense_length = _length(pulled / (space.variances + _DENSE_RIDGE * few[:, None]), space.variances)
            dense_deviation = _length(self._plain(shares), space.variances)
        deviation = np.sqrt(usual.var(axis=1, dtype=np.float64) + _LEAST_DEVIATION**2)
        return Scale(deviation, _RIDGE * few, length, _DENSE_RIDGE * few, dense_length, dense_deviation)

    def _measured(self, shares: sp.csr_array, scale: Scale, columns: "Sequence[int] | slice" = slice(None)) -> Matrix:
        """Parts or subjects × papers: linear in the shares for a given scale."""
        near = self.matches.near if isinstance(columns, slice) else self.matches.near[:, columns]
        scores = (shares.astype(np.float32) @ near).astype(np.float64)
        if self._learned:
            scores -= (shares @ self.matches.usually)[:, None]
        scores *= (UNIT * self.recipe.terms / scale.deviation)[:, None]
        for pointed, papers in self._spaces(shares, scale):
            scores += (UNIT * pointed) @ papers[columns].T
        if self._learned and self.recipe.categories:
            filed = (shares @ self.matches.filed) * (UNIT * self.recipe.categories / _FILING_DEVIATION)
            scores += (self.features.filed[columns] @ filed.T).T
            scores -= (filed @ self.features.background.usual_filing)[:, None]
        return scores

    def _plain(self, shares: sp.csr_array) -> Matrix:
        """Where each part points to with nothing taken away: cosines with this are those of the vectors themselves."""
        space = self.features.background.dense_space
        centre = space.centre if space else np.zeros(self.matches.plain.shape[1])
        return np.asarray((shares @ self.matches.plain) + shares.sum(axis=1)[:, None] * centre)

    def _spaces(self, shares: sp.csr_array, scale: Scale) -> Iterator[tuple[Matrix, Matrix]]:
        """The spaces a background has taught: where each part points to, and where the papers are."""
        recipe, background, features = self.recipe, self.features.background, self.features
        if not self._learned:
            return
        if background.meaning and recipe.meaning:
            pointed = (shares @ self.matches.meanings) / (background.meaning.variances + scale.ridge[:, None])
            counts = recipe.meaning * (recipe.meaning_beside if background.dense_space else 1)
            yield pointed * (counts / scale.length)[:, None], features.meanings
        if (space := background.dense_space) and recipe.dense:
            away = shares @ self.matches.dense
            pointed = away / (space.variances + scale.dense_ridge[:, None])
            yield pointed * (recipe.dense / scale.dense_length)[:, None], features.placed
            yield self._plain(shares) * (recipe.dense_plain / scale.dense_deviation)[:, None], features.placed


def certain(readers: Crowd, matches: Matches) -> "npt.NDArray[np.bool_] | None":
    """Readers × papers: where a phrase or an author somebody follows is found; `None` where nobody follows any."""
    strong = readers.facts.copy()
    strong.data = np.where(strong.data >= _STRONG, 1.0, 0.0)
    strong.eliminate_zeros()
    return np.asarray((strong @ matches.held).toarray() > 0) if strong.nnz else None


def _length(pointed: Matrix, variances: Vector) -> Vector:
    """The deviation over the background of what a direction gives."""
    return np.asarray(np.sqrt(pointed**2 @ variances + 1e-12))


def score(scorer: Scorer, readers: Crowd, *, trend: Vector) -> tuple[Matrix, Matrix]:
    """Readers × papers, minus infinity for what a reader excludes; and subjects × papers, what each subject adds.

    Any batch of readers gives the same rows, up to the last bits.
    """
    subjects = scorer.subjects(readers.shares) * readers.weight[:, None]
    held = scorer.matches.held
    mine = (np.ones(len(readers.owner)), (readers.owner, np.arange(len(readers.owner))))
    scores = np.asarray(sp.csr_array(mine, shape=(readers.readers, len(readers.owner))) @ subjects)
    if readers.facts.nnz:
        scores += (readers.facts @ held).toarray()
    led = np.flatnonzero(readers.trending)
    if len(led):
        # Who named categories gets what is trending in them; who named nothing, what is trending anywhere.
        inside = (scores[led] > 0) | readers.empty[led, None]
        scores[led] += np.outer(readers.trending[led], trend) * inside
    if readers.excluded.nnz:
        scores[(readers.excluded @ held).toarray() > 0] = -np.inf
    return scores, subjects
