"""The background: what is known of papers in general, learned from the archive once and shared by all readers.

How rare each term is; what words mean, by the company they keep (latent semantic analysis of the single words,
Deerwester et al. 1990); which categories go with which; and a library of earlier papers in which a reader's few words
find the papers that say the same at length (pseudo-relevance feedback, Rocchio 1971 over BM25). On 85 readers the
library alone lifts a heading's nDCG@10 from .48 to .60, and meaning and categories a history's from .73 to .77.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain

import numpy as np
import scipy.sparse as sp

from dailypapers.domain.paper import Paper
from dailypapers.ranking.corpus import bm25
from dailypapers.ranking.corpus.acronyms import Acronyms
from dailypapers.ranking.corpus.acronyms import learn as learn_acronyms
from dailypapers.ranking.corpus.frequencies import (
    COLUMNS,
    Columns,
    ColumnSubset,
    Floats,
    InverseFrequency,
    Matrix,
    Vector,
    columns_of,
    count,
    count_words,
    holding,
    holding_each,
    merged,
    sublinear,
    unbound,
    unit_rows,
    usual_shares,
    weigh,
)
from dailypapers.ranking.corpus.usual import usual_papers
from dailypapers.ranking.text.spelling import Vocabulary
from dailypapers.ranking.text.words import telling, units

DIMENSIONS = 256
#: With fewer earlier papers than this there is nothing to learn from; topics then match by their own words alone.
LEAST_PAPERS = 1000
#: A topic is taken to mean so many papers of the library, and never more than one in two hundred of it.
FEEDBACK_DOCUMENTS, FEEDBACK_PART = 10, 200
#: So many papers of the library say what is usual.
SAMPLE = 256
_LEAST_HOLDING = 3
#: Words that begin with so many same letters, and whose company has at least this cosine, are of one root: "robot" and
#: "robotic" have .86, "manipulation" and "manipulate" .62, "operation" and "operator" .23.
ROOT, KIN = 5, 0.6
#: Directions are found among a few more, by so many powers, so that the last ones are right as well.
_OVERSAMPLES, _POWERS = 10, 3
#: Along a direction in which nothing reaches, nothing is divided by zero.
_LEAST_SQUARE = 1e-18


def is_enough(papers: int) -> bool:
    """Tell whether so many earlier papers teach anything."""
    return papers >= LEAST_PAPERS


@dataclass(frozen=True)
class LatentSpace:
    """A space in which words that keep the same company are near each other; its axes are uncorrelated.

    Its words are in the singular, not by their base, and without pairs: where many liked papers say what is wanted,
    that ranks better by .005 to .007 nDCG@10 (docs/benchmarks.md).
    """

    columns: Columns
    #: How rare each word is: ln((1 + papers) / (1 + papers holding it)) + 1.
    rarity: Vector
    #: Words × dimensions.
    components: Floats
    mean: Vector
    rotation: Matrix
    #: Of the background's papers along each axis.
    variances: Vector
    #: The background's papers × dimensions.
    library: Matrix

    @cached_property
    def _narrow(self) -> ColumnSubset:
        return ColumnSubset.among(self.columns, COLUMNS)

    @cached_property
    def _words(self) -> Matrix:
        """Words × dimensions, rows of length one: where each word stands by itself."""
        words = (self.components @ self.rotation) * np.sqrt(self.variances)
        return np.asarray(words / np.maximum(np.linalg.norm(words, axis=1, keepdims=True), 1e-12))

    def cosines(self, words: Sequence[Sequence[str]]) -> Matrix:
        """Return words × words: how alike their company is, each given in its forms; 0 for words unknown here."""
        numbers = [self._narrow.numbers_of(columns_of(forms)) for forms in words]
        places = np.array([self._words[each[each >= 0]].sum(axis=0) for each in numbers])
        places /= np.maximum(np.linalg.norm(places, axis=1, keepdims=True), 1e-12)
        return np.asarray(places @ places.T)

    def of(self, counts: sp.csr_array) -> Matrix:
        """Texts × dimensions, measured from the background's mean; what shares no word with it stands on the mean.

        `counts` are those of `count_words`.
        """
        narrow_counts = self._narrow.rows(counts)
        term_weights = sublinear(narrow_counts, self.rarity[narrow_counts.indices])
        # A few papers use few of the words; the others need not be brought to double precision.
        used = ColumnSubset.among(term_weights.indices, term_weights.shape[1])
        projected = np.asarray(used.rows(term_weights) @ self.components[used.columns], np.float64)
        lengths = np.linalg.norm(projected, axis=1, keepdims=True)
        away = np.where(lengths > 0, projected / np.where(lengths > 0, lengths, 1) - self.mean, 0)
        return np.asarray(away @ self.rotation)


@dataclass(frozen=True)
class Space:
    """Vectors measured from their mean, along axes that are uncorrelated."""

    mean: Vector
    rotation: Matrix
    variances: Vector

    def of(self, vectors: Matrix) -> Matrix:
        """Vectors × dimensions."""
        return np.asarray((vectors - self.mean) @ self.rotation)

    @cached_property
    def centre(self) -> Vector:
        """Where the mean lies; adding it gives back what was measured from the mean."""
        return np.asarray(self.mean @ self.rotation)


@dataclass(frozen=True)
class Background:
    """What one archive taught; `counts` and `categories` are of its papers, in one order."""

    counts: sp.csr_array
    categories: tuple[tuple[str, ...], ...]
    latent: LatentSpace | None = None
    #: Papers × dimensions, rows of length one, where an encoder is used.
    dense: Matrix | None = None
    #: The papers' own words, as they write them.
    vocabulary: Vocabulary = field(default_factory=lambda: Vocabulary(()))
    #: They say what papers hold, and add nothing to what a topic finds here: with them, headings fell by .016 nDCG@10.
    acronyms: Acronyms = field(default_factory=Acronyms)

    @property
    def papers(self) -> int:
        """How many papers it was learned from."""
        return int(self.counts.shape[0])

    @property
    def is_trained(self) -> bool:
        """Whether these are papers enough to learn from; else topics match by their own words alone."""
        return is_enough(self.papers)

    @cached_property
    def idf(self) -> InverseFrequency:
        """Of each column; while these papers are few, with how often terms stand in papers in general."""
        counts, usual = merged(self.counts), usual_papers(self.papers)
        if not usual:
            return InverseFrequency.among(counts)
        return InverseFrequency.among(counts, shares=usual_shares(), usual=usual)

    @cached_property
    def weights(self) -> sp.csr_array:
        """Papers × columns, rows of length one."""
        return weigh(self.counts, self.idf)

    @cached_property
    def latent_vectors(self) -> Matrix:
        """Papers × dimensions of `latent`; none of them without it."""
        return self.latent.library if self.latent else np.zeros((self.papers, 0))

    @cached_property
    def category_vectors(self) -> Matrix:
        """Papers × categories, rows of length one."""
        return self.file(self.categories)

    @cached_property
    def mean_category_vector(self) -> Vector:
        """The mean row of `category_vectors`."""
        return np.asarray(self.category_vectors.mean(axis=0)) if self.papers else np.zeros(len(self._category_columns))

    def file(self, categories: Sequence[tuple[str, ...]]) -> Matrix:
        """Papers × categories by how rare each category is, the primary one half as much again; rows of length one."""
        rows = np.zeros((len(categories), len(self._category_columns)))
        for row, codes in enumerate(categories):
            for place, code in enumerate(codes):
                if (column := self._category_columns.get(code)) is not None:
                    rows[row, column] = 1.0 if place else 1.5
        rows *= self._category_idf
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.where(lengths > 0, lengths, 1))

    @cached_property
    def _category_columns(self) -> dict[str, int]:
        return {code: column for column, code in enumerate(sorted({c for codes in self.categories for c in codes}))}

    @cached_property
    def _category_idf(self) -> Vector:
        paper_counts = np.zeros(len(self._category_columns))
        for codes in self.categories:
            paper_counts[[self._category_columns[code] for code in set(codes)]] += 1
        return np.asarray(np.log((1 + self.papers) / (1 + paper_counts)))

    @cached_property
    def sample(self) -> Columns:
        """The papers that say what is usual, always the same ones."""
        chosen = np.random.default_rng(0).permutation(self.papers)[:SAMPLE]
        return np.asarray(np.sort(chosen), np.int64)

    @cached_property
    def sample_by_term(self) -> sp.csr_array:
        """Columns of `sample_narrow` × papers of the sample."""
        return sp.csr_array(self.sample_narrow.rows(self.weights[self.sample]).T.tocsr())

    @cached_property
    def sample_narrow(self) -> ColumnSubset:
        """The columns the sample holds."""
        return ColumnSubset.to(unbound(self.counts[self.sample]))

    @cached_property
    def likeness(self) -> sp.csr_array:
        """Papers × papers of the sample: cosines."""
        return sp.csr_array(self.sample_narrow.rows(self.weights) @ self.sample_by_term)

    @cached_property
    def _bm25(self) -> sp.csr_array:
        """Columns × papers: what each term of a query adds to each paper of the library."""
        counts = merged(self.counts)
        rarity = bm25.rarity(holding(counts)[counts.indices], self.papers)
        lengths = np.asarray(counts.sum(axis=1), np.float32).ravel()
        norm = bm25.length_norm(lengths, max(float(lengths.mean()), 1) if len(lengths) else 1)
        data = bm25.saturated(counts.data.astype(np.float64), np.repeat(norm, np.diff(counts.indptr)))
        scored = sp.csr_array((data * rarity, counts.indices, counts.indptr), shape=counts.shape)
        return sp.csr_array(scored.T.tocsr())

    def found(self, texts: Sequence[str], counts: sp.csr_array, vectors: Matrix | None = None) -> sp.csr_array:
        """Texts × papers of the library: what each text finds there by BM25 over words and pairs, best first.

        `counts` are the texts' term frequencies. With the texts' vectors by an encoder, the cosine with a paper counts
        as much as BM25 does, both in deviations.
        A score counts by the share of what a text asks for, weighed by idf, that the paper holds: who asks for agent
        memory is not told by papers that speak of agents alone, often as they do.
        A row sums to one, or is empty where no word is found; a paper weighs by its score.
        """
        many = min(FEEDBACK_DOCUMENTS, self.papers // FEEDBACK_PART)
        if not many or not self.is_trained:
            return sp.csr_array((counts.shape[0], self.papers))
        queries = sp.csr_array(merged(counts).astype(np.float64) @ self._bm25)
        rows, columns, data = [], [], []
        for row, text in enumerate(texts):
            inside = slice(queries.indptr[row], queries.indptr[row + 1])
            papers: Columns = queries.indices[inside].astype(np.int64)
            scores = np.asarray(queries.data[inside], np.float64)
            if vectors is not None and self.dense is not None and len(papers):
                scores = _fused(scores, papers, self.dense @ vectors[row])[papers]
            scores = np.round(scores * self._covered(text)[papers], 9)
            best = _best(scores, papers, many)
            best = best[scores[best] > 0]
            rows += [row] * len(best)
            columns += papers[best].tolist()
            data += (scores[best] / max(float(scores[best].sum()), 1e-12)).tolist()
        return sp.csr_array((data, (rows, columns)), shape=(counts.shape[0], self.papers))

    def _covered(self, text: str) -> Vector:
        """Return which share of what a text asks for each paper of the library holds, weighed by idf."""
        asked = [columns_of(unit).tolist() for unit in units(text)]
        if not asked:
            return np.ones(self.papers)
        rarity = [self.idf.at(columns[0]) for columns in asked]
        covered = np.zeros(self.papers)
        for columns, information in zip(asked, rarity, strict=True):
            covered += information * holding_each(self._bm25, [columns])
        return covered / sum(rarity)

    def together(self, asked: Sequence[Columns]) -> int:
        """Return how many papers hold, of each of these sets of columns, at least one."""
        return int(holding_each(self._bm25, [columns.tolist() for columns in asked]).sum())

    def hold_more(self, than: int, columns: Columns) -> bool:
        """Tell whether more papers than so many hold a single one of these terms."""
        starts = self._bm25.indptr
        return any(starts[column + 1] - starts[column] > than for column in columns.tolist())

    def kin(self, word: str) -> tuple[str, ...]:
        """Return the words of the same root that keep the same company as a word, all as they are compared.

        "education" and "educational" do, "university" and "universe" do not.
        """
        if word not in self._kin:
            forms = self._by_root.get(word[:ROOT], {})
            alike = [other for other in forms if other != word]
            asked = [forms.get(word, (word,)), *(forms[other] for other in alike)]
            near = self.latent.cosines(asked)[0, 1:] if self.latent and alike else np.zeros(0)
            self._kin[word] = tuple(other for other, cosine in zip(alike, near, strict=False) if cosine >= KIN)
        return self._kin[word]

    @cached_property
    def _kin(self) -> dict[str, tuple[str, ...]]:
        return {}

    @cached_property
    def _by_root(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """The library's words by their first letters: as they are compared, and in which forms, in the singular."""
        forms: dict[str, set[str]] = {}
        for part in chain.from_iterable(map(telling, self.vocabulary.words)):
            forms.setdefault(part.form, set()).add(part.head)
        by_root: dict[str, dict[str, tuple[str, ...]]] = {}
        for word in sorted(forms):
            if len(word) >= ROOT:
                by_root.setdefault(word[:ROOT], {})[word] = tuple(sorted(forms[word]))
        return by_root

    @cached_property
    def dense_space(self) -> Space | None:
        """Where an encoder puts papers, its axes turned so that they are uncorrelated."""
        if self.dense is None or not self.is_trained:
            return None
        variances, rotation = np.linalg.eigh(np.cov(self.dense.T))
        mean = self.dense.mean(axis=0)
        return Space(mean, rotation, np.maximum(variances, 0))

    @cached_property
    def centred_embeddings(self) -> Matrix:
        """Papers × dimensions of `dense_space`; none of them without it."""
        space = self.dense_space
        return np.zeros((self.papers, 0)) if space is None or self.dense is None else space.of(self.dense)

    def with_dense(self, vectors: Matrix) -> "Background":
        """The same, knowing its papers' vectors by an encoder."""
        return replace(self, dense=vectors)


def _best(scores: Vector, papers: Columns, many: int) -> Columns:
    """Where the best stand, in order; of equal ones the first papers. Only what reaches the last place is sorted."""
    least = np.partition(scores, -many)[-many] if many < len(scores) else -np.inf
    reach = np.flatnonzero(scores >= least)
    return np.asarray(reach[np.lexsort((papers[reach], -scores[reach]))[:many]])


def _fused(scores: Vector, papers: Columns, cosines: Vector) -> Vector:
    """BM25 of some papers and cosines of all of them as one score of all of them, in deviations."""
    whole = np.zeros(len(cosines))
    whole[papers] = scores
    both = (whole - whole.mean()) / (whole.std() + 1e-9) + (cosines - cosines.mean()) / (cosines.std() + 1e-9)
    return np.asarray(np.maximum(both, 0))


def fit(papers: Sequence[Paper], *, counts: sp.csr_array | None = None) -> Background:
    """Learn from papers; their order does not matter. `counts` saves counting them again, in the papers' order."""
    order = sorted(range(len(papers)), key=lambda n: str(papers[n].id))
    ordered = [papers[n] for n in order]
    counted = count(ordered) if counts is None else sp.csr_array(counts[order])
    background = Background(counted, tuple(paper.categories for paper in ordered))
    if not background.is_trained:
        return background
    texts = [f"{paper.title} . {paper.abstract}" for paper in ordered]
    return replace(
        background, latent=_learn(background, ordered), vocabulary=Vocabulary.of(texts), acronyms=learn_acronyms(texts)
    )


def _learn(background: Background, papers: Sequence[Paper]) -> LatentSpace | None:
    counts = count_words(papers)
    columns = np.flatnonzero(holding(counts) >= _LEAST_HOLDING)
    rarity = InverseFrequency.among(counts).of(columns)
    dimensions = min(DIMENSIONS, background.papers // 4, len(columns) - 1)
    if dimensions < 1:
        return None
    narrow_counts = ColumnSubset.among(columns, COLUMNS).rows(counts)
    rows = unit_rows(sublinear(narrow_counts, rarity[narrow_counts.indices]))
    components = np.asarray(_leading_directions(rows, dimensions), np.float32)
    projected = np.asarray(rows @ components, np.float64)
    lengths = np.linalg.norm(projected, axis=1, keepdims=True)
    projected /= np.where(lengths > 0, lengths, 1)
    variances, rotation = np.linalg.eigh(np.cov(projected.T).reshape(dimensions, dimensions))
    mean = projected.mean(axis=0)
    library = (projected - mean) @ rotation
    return LatentSpace(columns, rarity, components, mean, rotation, np.maximum(variances, 0), library)


def _leading_directions(rows: sp.csr_array, many: int) -> Matrix:
    """Return columns × `many`: the directions of length one in which rows reach furthest, their right singular vectors.

    Found by powers of a random start (Halko, Martinsson, Tropp: Finding structure with randomness, 2011, algorithm
    4.4), which is always the same one.
    """
    is_wide = rows.shape[0] < rows.shape[1]
    tall = sp.csr_array(rows.T) if is_wide else rows
    # The numbers of other generators may change with NumPy's version, and with them what is learned.
    start = np.random.RandomState(0)
    basis = start.normal(size=(tall.shape[1], many + _OVERSAMPLES))
    for _ in range(_POWERS):
        basis = np.linalg.qr(tall.T @ (tall @ basis))[0]
    basis = np.linalg.qr(tall @ basis)[0]
    inside = np.asarray(tall.T @ basis)
    squares, axes = np.linalg.eigh(inside.T @ inside)
    squares, axes = squares[: -many - 1 : -1], axes[:, : -many - 1 : -1]
    return np.asarray(basis @ axes if is_wide else inside @ axes / np.sqrt(np.maximum(squares, _LEAST_SQUARE)))
