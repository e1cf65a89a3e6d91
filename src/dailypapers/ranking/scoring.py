"""Scores: every reader against every paper, as matrix products.

    subjects × papers  =  terms + meaning + categories (+ encoder), each in deviations of its null distribution

Each part is linear in what a subject is made of, so that a score is a sum of terms, and `explain` prints those.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from dailypapers.ranking import whitening
from dailypapers.ranking.corpus.frequencies import Columns, Matrix, Vector, places_in_groups
from dailypapers.ranking.features import Features
from dailypapers.ranking.matching import Matches
from dailypapers.ranking.profile import Profile, Subject
from dailypapers.ranking.relevance import CATEGORY_DEVIATION, MOST_LIKENESS
from dailypapers.ranking.topic_scores import TopicScores
from dailypapers.ranking.whitening import DENSE_RIDGE, RIDGE, trust

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Variant:
    """How much each part of a subject's score counts, in standard deviations of the background."""

    terms: float = 1.0
    latent: float = 1.0
    categories: float = 0.5
    centred_embeddings: float = 1.0
    raw_embeddings: float = 0.5
    #: How near a paper is to the three nearest liked ones, by an encoder; and what meaning counts beside one.
    nearest: float = 0.3
    latent_beside: float = 0.5
    #: How much of a topic's own score is its relevance; the rest are the deviations above.
    relevance: float = 0.5
    #: The same beside an encoder, which orders better by how far papers are from the topic (docs/benchmarks.md).
    relevance_beside: float = 0.1


FULL = Variant()
WORDS = Variant(
    latent=0, categories=0, centred_embeddings=0, raw_embeddings=0, nearest=0, relevance=0, relevance_beside=0
)
VARIANTS = {"full": FULL, "words": WORDS}

#: A subject that matches ten standard deviations above what is usual scores one.
UNIT = 0.1
#: The least deviation of cosines; and the one taken where there is no background to learn it from.
_LEAST_DEVIATION, _PLAIN_DEVIATION = 0.003, 0.02
#: A fact that adds as much as this is what the reader asked for; a category adds less.
_STRONG = 0.5
#: Equal relevance is equal in whatever order its sum was made.
DIGITS = 9
#: So many of the liked papers that are nearest to a paper are looked at by themselves.
_NEAREST = 3
#: So many parts are taken apart at a time; larger arrays fall out of the processor's cache.
_AT_A_TIME = 1024


@dataclass(frozen=True)
class ProfileBatch:
    """A batch of readers' profiles as arrays."""

    subjects: tuple[Subject, ...]
    #: Subjects × interests: shares.
    shares: sp.csr_array
    #: Of each subject: its reader (ascending), and its weight.
    reader_index: Columns
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


def profile_batch(profiles: Sequence[Profile], matches: Matches) -> ProfileBatch:
    """Return readers' profiles in the rows of matches."""
    subjects = [
        (reader, subject) for reader, reader_profile in enumerate(profiles) for subject in reader_profile.subjects
    ]
    shares = [(n, matches.rows[i], share) for n, (_, s) in enumerate(subjects) for i, share in s.parts]
    facts = [(n, matches.facts[i], weight) for n, p in enumerate(profiles) for i, weight in p.facts]
    kept_out = [(n, matches.facts[i], 1.0) for n, p in enumerate(profiles) for i in p.excluded]
    return ProfileBatch(
        subjects=tuple(subject for _, subject in subjects),
        shares=_sparse(shares, (len(subjects), len(matches.rows))),
        reader_index=np.array([reader for reader, _ in subjects], np.int64),
        weight=np.array([subject.weight for _, subject in subjects], np.float64),
        facts=_sparse(facts, (len(profiles), len(matches.facts))),
        excluded=_sparse(kept_out, (len(profiles), len(matches.facts))),
        trending=np.array([reader_profile.trending for reader_profile in profiles], np.float64),
        empty=np.array([reader_profile.empty for reader_profile in profiles], np.bool_),
    )


def _sparse(entries: Sequence[tuple[int, int, float]], shape: tuple[int, int]) -> sp.csr_array:
    rows, columns, data = zip(*entries, strict=True) if entries else ((), (), ())
    return sp.csr_array((np.array(data, np.float64), (rows, columns)), shape=shape)


@dataclass(frozen=True, slots=True)
class FeatureView:
    """One way to see papers, in which every part of a subject adds share · Σ part · weight · paper over dimensions."""

    #: Interests, as they are kept, × dimensions; subjects × dimensions, papers × dimensions.
    parts: Matrix
    weights: Matrix
    papers: Matrix

    def of_subjects(self, placed: sp.csr_array) -> Matrix:
        """Return subjects × papers: what all parts of each subject add; `placed` are the shares of these."""
        return np.asarray(((placed @ self.parts) * self.weights) @ self.papers.T)

    def of_parts(self, apart: "PairDecomposition", places: Columns) -> Vector:
        """Return what each part, which stands in its place here, would add if its share were one."""
        added = np.empty(len(apart.row))
        for start in range(0, len(added), _AT_A_TIME):
            some = slice(start, start + _AT_A_TIME)
            first, last = apart.pair[some][[0, -1]]
            pairs = slice(first, last + 1)
            towards = self.weights[apart.subject[pairs]] * self.papers[apart.column[pairs]]
            added[some] = np.einsum("pd,pd->p", self.parts[places[some]], towards[apart.pair[some] - first])
        return added


@dataclass(frozen=True, slots=True)
class PairDecomposition:
    """Pairs of a subject and a paper, taken apart into the subject's parts: pair after pair, in the order of rows."""

    #: Of each pair.
    subject: Columns
    column: Columns
    #: Of each part: its pair, its row among the interests, and its share.
    pair: Columns
    row: Columns
    share: Vector

    @classmethod
    def of(cls, shares: sp.csr_array, subject: Columns, column: Columns) -> "PairDecomposition":
        """Return all parts of these pairs."""
        many = np.diff(shares.indptr)[subject]
        pair = np.repeat(np.arange(len(subject)), many)
        entry = np.repeat(shares.indptr[subject], many) + places_in_groups(many)
        return cls(subject, column, pair, shares.indices[entry].astype(np.int64), shares.data[entry])


@dataclass(frozen=True, slots=True)
class Normalisation:
    """What brings the parts of subjects to a common scale."""

    #: Subjects × interests.
    shares: sp.csr_array
    #: What a cosine of terms counts, for each subject.
    terms: Vector
    views: tuple[FeatureView, ...]
    #: Of the nearest liked papers: the usual cosine, and what one above it counts.
    nearest_null: Vector
    nearest_weight: Vector
    #: Which part of each subject its topics are, and which part is judged by the words of these.
    topics: Vector
    words: Vector

    def spread(self, shares: sp.csr_array, row: Columns) -> "Normalisation":
        """Return the same for subjects of which each is one of these: the one in its `row`."""
        return Normalisation(
            shares,
            self.terms[row],
            tuple(replace(view, weights=view.weights[row]) for view in self.views),
            self.nearest_null[row],
            self.nearest_weight[row],
            self.topics[row],
            self.words[row],
        )


@dataclass(frozen=True)
class Scorer:
    """What subjects are scored with: papers as seen by a ranking variant."""

    features: Features
    matches: Matches
    variant: Variant = FULL

    @property
    def _has_nearest(self) -> bool:
        return bool(self.variant.nearest and self._is_encoded)

    @property
    def _is_encoded(self) -> bool:
        return bool(self.matches.kept.embedding_cosines.shape[1])

    @property
    def _relevance(self) -> float:
        return self.variant.relevance_beside if self._is_encoded else self.variant.relevance

    def subject_scores(self, readers: ProfileBatch) -> "SubjectScores":
        """Return what `subjects` makes of readers' subjects; of a topic by itself once for all readers who name it."""
        shares = readers.shares
        alone = self._alone(shares)
        table = self.matches.topic_scores.setdefault(self.variant, TopicScores(len(self.features.papers)))
        row = np.zeros(shares.shape[0], np.int64)
        topics = self.matches.places[shares.indices[shares.indptr[:-1][alone]]]
        row[alone] = table.rows(topics, self._topics_in)
        mixed = np.flatnonzero(~alone)
        first, row[mixed] = _distinct_rows(sp.csr_array(shares[mixed]))
        distinct = sp.csr_array(shares[mixed[first]])
        scores, relevance = self.subjects(self._normalisation(distinct))
        relevance = np.round(relevance, DIGITS)
        return SubjectScores(alone, row, readers.weight, (scores, table.scores), (relevance, table.relevance))

    def _alone(self, shares: sp.csr_array) -> Flags:
        """Tell which subjects are nothing but a topic."""
        alone = np.diff(shares.indptr) == 1
        only = shares.indptr[:-1][alone]
        alone[alone] = (shares.data[only] == 1) & self.matches.is_topic[shares.indices[only]]
        return np.asarray(alone)

    def _topics_in(self, places: Columns) -> tuple[Matrix, Matrix]:
        """Return what `subjects` makes of the topics in these places among what is kept."""
        order = np.argsort(self.matches.places)
        rows = order[np.searchsorted(self.matches.places, places, sorter=order)]
        entries = (np.ones(len(rows)), rows, np.arange(len(rows) + 1))
        shares = sp.csr_array(entries, shape=(len(rows), len(self.matches.rows)))
        scores, relevance = self.subjects(self._normalisation(shares))
        return scores, np.round(relevance, DIGITS)

    def subjects(self, normalisation: Normalisation) -> tuple[Matrix, Matrix]:
        """Return subjects × papers: scores in units, at least 0; and relevance, which says the same on every day.

        A liked paper's likeness is taken for its relevance; a topic's is what `relevance` says of it, and of a long one
        its likeness, which is bounded where it counts less than half: up to a sentence. Beside liked papers a topic's
        relevance counts by the square of its share, in scores as well: a few of them say more of what is meant than
        its words do.
        """
        likeness = self._likeness(normalisation)
        topics, words = normalisation.topics[:, None], normalisation.words[:, None]
        if not topics.any():
            return np.maximum(likeness, 0), likeness
        placed = self.matches.placed(normalisation.shares, np.float32)
        about = (placed @ self.matches.kept.relevance).astype(np.float64)
        counted = self._relevance * topics
        scores = (1 - counted * words) * likeness + counted * about
        most = np.where(words >= topics / 2, MOST_LIKENESS, np.inf)
        bounded = (topics**2 - topics * words) * np.minimum(likeness, most)
        return np.maximum(scores, 0), (1 - topics**2) * likeness + bounded + topics * about

    def topics(self) -> Matrix:
        """Return interests × papers: the relevance of each topic by itself; zeros for papers."""
        relevance = self.matches.own.relevance.astype(np.float64)
        likened = np.flatnonzero(self.matches.is_topic & (self.matches.own.by_likeness > 0))
        if not len(likened):
            return relevance
        each = np.arange(len(likened))
        shares = sp.csr_array((np.ones(len(likened)), (each, likened)), shape=(len(likened), len(relevance)))
        relevance[likened] = self.subjects(self.normalisation(shares))[1]
        return relevance

    def _likeness(self, normalisation: Normalisation) -> Matrix:
        """Subjects × papers: how far each paper stands above what is usual for each subject, in units."""
        shares, kept = normalisation.shares, self.matches.kept
        placed = self.matches.placed(shares)
        scores = (self.matches.placed(shares, np.float32) @ kept.term_cosines).astype(np.float64)
        if self.features.background.is_trained:
            scores -= (placed @ kept.mean_null_cosine)[:, None]
        scores *= normalisation.terms[:, None]
        for view in normalisation.views:
            scores += view.of_subjects(placed)
        for row in np.flatnonzero(normalisation.nearest_weight).tolist():
            liked = self._liked(shares, row)
            embedding_cosines = np.sort(kept.embedding_cosines[liked].astype(np.float64), axis=0)[-_NEAREST:].mean(
                axis=0
            )
            scores[row] += (embedding_cosines - normalisation.nearest_null[row]) * normalisation.nearest_weight[row]
        return scores

    def parts(self, normalisation: Normalisation, apart: PairDecomposition) -> Vector:
        """What each part adds to its pair; a pair whose parts sum to less than 0 counts nothing."""
        subject, column = apart.subject[apart.pair], apart.column[apart.pair]
        places, kept = self.matches.places[apart.row], self.matches.kept
        added = kept.term_cosines[places, column].astype(np.float64)
        if self.features.background.is_trained:
            added -= kept.mean_null_cosine[places]
        added *= normalisation.terms[subject]
        for view in normalisation.views:
            added += view.of_parts(apart, places)
        added *= apart.share
        if self._has_nearest:
            added += self._nearest(normalisation, apart)
        if normalisation.topics.any():
            counted = self._relevance * normalisation.topics[subject]
            added *= 1 - counted * normalisation.words[subject]
            added += counted * apart.share * kept.relevance[places, column]
        return added

    def _nearest(self, normalisation: Normalisation, apart: PairDecomposition) -> Vector:
        """What the nearest liked papers add beside: to those three, in equal parts of the mean."""
        added, places, kept = np.zeros(len(apart.row)), self.matches.places[apart.row], self.matches.kept
        liked = np.flatnonzero((apart.share > 0) & kept.has_embedding[places])
        embedding_cosines = kept.embedding_cosines[places[liked], apart.column[apart.pair[liked]]].astype(np.float64)
        liked = liked[np.lexsort((apart.row[liked], embedding_cosines, apart.pair[liked]))]
        pair = apart.pair[liked]
        many = np.bincount(pair, minlength=len(apart.subject))
        after = np.cumsum(many)[pair] - np.arange(len(liked))
        liked, pair = liked[after <= _NEAREST], pair[after <= _NEAREST]
        subject, column = apart.subject[pair], apart.column[pair]
        above = kept.embedding_cosines[places[liked], column] - normalisation.nearest_null[subject]
        added[liked] = above * normalisation.nearest_weight[subject] / np.minimum(many, _NEAREST)[pair]
        return added

    def _liked(self, shares: sp.csr_array, row: int) -> Columns:
        """Where the liked papers that an encoder has placed are kept."""
        inside = slice(shares.indptr[row], shares.indptr[row + 1])
        places = self.matches.places[shares.indices[inside][shares.data[inside] > 0]]
        return np.asarray(places[self.matches.kept.has_embedding[places]], np.int64)

    def normalisation(self, shares: sp.csr_array) -> Normalisation:
        """Return what is usual over the background for each subject; `shares` are subjects × interests.

        What several readers share is found out once.
        """
        first, row = _distinct_rows(shares)
        if len(first) == len(row):
            return self._normalisation(shares)
        return self._normalisation(sp.csr_array(shares[first])).spread(shares, row)

    def _normalisation(self, shares: sp.csr_array) -> Normalisation:
        none, topics = np.zeros(shares.shape[0]), shares @ self.matches.is_topic.astype(np.float64)
        kept, placed = self.matches.kept, self.matches.placed(shares)
        words = placed @ (1 - kept.by_likeness)
        if not self.features.background.is_trained:
            terms = none + UNIT * self.variant.terms / _PLAIN_DEVIATION
            return Normalisation(shares, terms, (), none, none, topics, words)
        null_cosines = self.matches.placed(shares, np.float32) @ kept.null_cosines
        deviation = np.sqrt(null_cosines.var(axis=1, dtype=np.float64) + _LEAST_DEVIATION**2)
        nearest_null, nearest_weight = self._nearest_null(shares) if self._has_nearest else (none, none)
        terms = UNIT * self.variant.terms / deviation
        return Normalisation(shares, terms, tuple(self._views(placed)), nearest_null, nearest_weight, topics, words)

    def _nearest_null(self, shares: sp.csr_array) -> tuple[Vector, Vector]:
        null_cosines, counts = np.zeros(shares.shape[0]), np.zeros(shares.shape[0])
        for row in range(shares.shape[0]):
            if len(liked := self._liked(shares, row)):
                liked_cosines = self.matches.kept.null_embedding_cosines[liked].astype(np.float64)
                embedding_cosines = np.sort(liked_cosines, axis=0)[-_NEAREST:].mean(axis=0)
                null_cosines[row], counts[row] = (
                    embedding_cosines.mean(),
                    UNIT * self.variant.nearest / (embedding_cosines.std() + _LEAST_DEVIATION),
                )
        return null_cosines, counts

    def _views(self, placed: sp.csr_array) -> Iterator[FeatureView]:
        """What a background has taught, each in deviations of what is usual in it."""
        variant, features, kept, background = self.variant, self.features, self.matches.kept, self.features.background
        squares = sp.csr_array((placed.data**2, placed.indices, placed.indptr), shape=placed.shape)
        few = trust(squares @ kept.participation_ratio)
        if (latent := background.latent) and variant.latent:
            counts = variant.latent * (variant.latent_beside if background.dense_space else 1)
            weights = whitening.weights(placed @ kept.latent_vectors, latent.variances, RIDGE * few)
            yield FeatureView(kept.latent_vectors, UNIT * counts * weights, features.latent_vectors)
        if (space := background.dense_space) and variant.centred_embeddings:
            weights = whitening.weights(placed @ kept.centred_embeddings, space.variances, DENSE_RIDGE * few)
            yield FeatureView(
                kept.centred_embeddings, UNIT * variant.centred_embeddings * weights, features.centred_embeddings
            )
            weights = whitening.weights(placed @ kept.raw_embeddings, space.variances)
            yield FeatureView(kept.raw_embeddings, UNIT * variant.raw_embeddings * weights, features.centred_embeddings)
        if variant.categories:
            weights = np.full((placed.shape[0], 1), UNIT * variant.categories / CATEGORY_DEVIATION)
            yield FeatureView(kept.category_vectors, weights, features.category_vectors)


def _distinct_rows(shares: sp.csr_array) -> tuple[Columns, Columns]:
    """Return the first of each rows that are the same, and for every row which of these it is."""
    numbers: dict[tuple[bytes, bytes], int] = {}
    first: list[int] = []
    row = np.empty(shares.shape[0], np.int64)
    ends = shares.indptr.tolist()
    for n, (start, end) in enumerate(pairwise(ends)):
        key = (shares.indices[start:end].tobytes(), shares.data[start:end].tobytes())
        number = numbers.setdefault(key, len(first))
        if number == len(first):
            first.append(n)
        row[n] = number
    return np.array(first, np.int64), row


def must_include(readers: ProfileBatch, matches: Matches) -> "npt.NDArray[np.bool_] | None":
    """Return readers × papers: where a phrase or an author they follow is found; `None` where nobody follows any."""
    strong = readers.facts.copy()
    strong.data = np.where(strong.data >= _STRONG, 1.0, 0.0)
    strong.eliminate_zeros()
    return np.asarray((strong @ matches.held).toarray() > 0) if strong.nnz else None


@dataclass(frozen=True, slots=True)
class SubjectScores:
    """Scores of subjects for papers, and their relevance, in rows that many subjects share."""

    #: Of each subject: whether it is a topic by itself, and its row in the second of these tables, else in the first.
    is_alone: Flags
    row: Columns
    #: Of each subject: what it counts.
    weight: Vector
    #: Rows × papers: scores in units, at least 0; and relevance, rounded.
    scores: tuple[Matrix, Matrix]
    relevance: tuple[Matrix, Matrix]

    def of(self, subject: Columns, column: Columns) -> Matrix:
        """Return what subjects add to the scores of papers, in whatever shape these are given."""
        subjects, columns = np.broadcast_arrays(subject, column)
        is_alone, row = self.is_alone[subjects], self.row[subjects]
        scores = np.empty(row.shape)
        for alone, table in enumerate(self.scores):
            here = is_alone == alone
            scores[here] = table[row[here], columns[here]]
        return np.asarray(scores * self.weight[subjects])

    def summed(self, readers: ProfileBatch) -> Matrix:
        """Return readers × papers: the sum of what each reader's subjects add."""
        scores = self._summed(readers, self.is_alone, self.scores[1])
        if not self.is_alone.all():
            scores += self._summed(readers, ~self.is_alone, self.scores[0])
        return scores

    def _summed(self, readers: ProfileBatch, here: Flags, table: Matrix) -> Matrix:
        starts = np.concatenate([[0], np.cumsum(np.bincount(readers.reader_index[here], minlength=readers.readers))])
        mine = sp.csr_array((self.weight[here], self.row[here], starts), shape=(readers.readers, len(table)))
        return np.asarray(mine @ table)

    def most_relevant(self, readers: ProfileBatch) -> Matrix:
        """Return readers × papers: the best relevance among the subjects a reader wants; 0 where they want none."""
        wanted = np.flatnonzero(self.weight > 0)
        reader = readers.reader_index[wanted]
        turn = places_in_groups(np.bincount(reader, minlength=readers.readers))
        best = np.zeros((readers.readers, self.relevance[0].shape[1]))
        for now in range(int(turn.max(initial=-1)) + 1):
            for alone, table in enumerate(self.relevance):
                here = (turn == now) & (self.is_alone[wanted] == alone)
                rows = table[self.row[wanted[here]]]
                best[reader[here]] = np.maximum(best[reader[here]], rows) if now else rows
        return best


@dataclass(frozen=True, slots=True)
class Scores:
    """What a batch of readers makes of papers."""

    #: Readers × papers, minus infinity for what a reader excludes.
    readers: Matrix
    subjects: SubjectScores
    #: Readers × papers, rounded: the relevance for the subject that a paper is most relevant for.
    relevance: Matrix


def score(scorer: Scorer, readers: ProfileBatch, *, trend: Vector) -> Scores:
    """Return the scores of papers for readers, and their relevance.

    Any batch of readers gives the same rows, up to the last bits.
    """
    subjects = scorer.subject_scores(readers)
    scores, fact_flags = subjects.summed(readers), scorer.matches.held
    if readers.facts.nnz:
        scores += (readers.facts @ fact_flags).toarray()
    led = np.flatnonzero(readers.trending)
    if len(led):
        # Who named categories gets what is trending in them; who named nothing, what is trending anywhere.
        inside = (scores[led] > 0) | readers.empty[led, None]
        scores[led] += np.outer(readers.trending[led], trend) * inside
    if readers.excluded.nnz:
        scores[(readers.excluded @ fact_flags).toarray() > 0] = -np.inf
    return Scores(scores, subjects, subjects.most_relevant(readers))
