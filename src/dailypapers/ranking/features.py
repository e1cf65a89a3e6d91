"""Features: what the ranking sees of a set of papers, computed once however many readers there are.

Words and word pairs by tf-idf (title counted twice, sublinear tf, no vocabulary cap; the pairs alone are worth .03
nDCG@10 on real readers), categories, and authors. Knows nothing of readers.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.feature_extraction.text import CountVectorizer

from dailypapers.domain.paper import Paper
from dailypapers.ranking.words import plain_words, terms

#: Two papers whose cosine is above this say the same.
SAME = 0.8

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Background:
    """How many of how many earlier papers hold each term; so that idf does not hang on one day alone."""

    papers: int
    holding: Mapping[str, int]


@dataclass(frozen=True)
class Features:
    """A set of papers, ordered by id, as the ranking sees them."""

    papers: tuple[Paper, ...]
    keys: tuple[str, ...]
    #: Papers × terms, rows of length one.
    weights: sp.csr_array
    vocabulary: Mapping[str, int]
    idf: Vector

    @cached_property
    def by_term(self) -> sp.csr_array:
        """Terms × papers."""
        return sp.csr_array(self.weights.T.tocsr())

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Each paper's compared words with a space on both sides: a phrase is contained where its words are."""
        return tuple(f" {' '.join(plain_words(_text(paper, titles=1)))} " for paper in self.papers)

    @cached_property
    def by_family_name(self) -> Mapping[str, tuple[tuple[int, str], ...]]:
        """Family name → papers of somebody of that name, with the name as it stands there."""
        found: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for column, paper in enumerate(self.papers):
            for author in paper.authors:
                found[name_parts(author)[0]].append((column, author))
        return {family: tuple(papers) for family, papers in found.items()}

    @cached_property
    def by_category(self) -> Mapping[str, tuple[int, ...]]:
        """Category, lower case, → papers in it; `cs` holds all of `cs.*`."""
        found: dict[str, dict[int, None]] = defaultdict(dict)
        for column, paper in enumerate(self.papers):
            for category in paper.categories:
                code = category.casefold()
                found[code][column] = None
                found[code.partition(".")[0]][column] = None
        return {code: tuple(columns) for code, columns in found.items()}

    def twins(self, column: int) -> frozenset[int]:
        """The papers that say the same as this one; looked up once, however many readers it is a candidate for."""
        if column not in self._twins:
            likeness = (self.weights[[column]] @ self.by_term).toarray()[0]
            self._twins[column] = frozenset(np.flatnonzero(likeness > SAME).tolist()) - {column}
        return self._twins[column]

    @cached_property
    def _twins(self) -> dict[int, frozenset[int]]:
        return {}

    def vectors(self, texts: Iterable[str]) -> sp.csr_array:
        """Texts × terms: other texts in the space of these papers, rows of length one (or zero)."""
        counter = CountVectorizer(analyzer=terms, vocabulary=self.vocabulary)
        return _weigh(sp.csr_array(counter.transform(texts)), self.idf)

    def coverage(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """Texts × papers: the part of each text's single words, weighed by idf, that each paper holds.

        A word that no paper holds counts as the rarest there is.
        """
        rarest = float(np.log(1 + len(self.papers)) + 1)
        rows, columns, weights = [], [], []
        for row, text in enumerate(texts):
            single = {term for term in terms(text) if " " not in term and "-" not in term}
            known = {self.vocabulary[word]: float(self.idf[self.vocabulary[word]]) for word in single & self._known}
            total = sum(known.values()) + rarest * (len(single) - len(known)) or 1.0
            rows += [row] * len(known)
            columns += list(known)
            weights += [weight / total for weight in known.values()]
        asked = sp.csr_array((weights, (rows, columns)), shape=(len(texts), self.weights.shape[1]))
        return np.asarray((asked @ self._holds).toarray())

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.vocabulary)

    @cached_property
    def _holds(self) -> sp.csr_array:
        """Terms × papers: one where the paper holds the term."""
        held = self.by_term
        return sp.csr_array((np.ones_like(held.data), held.indices, held.indptr), shape=held.shape)


def build(papers: Sequence[Paper], *, background: Background | None = None) -> Features:
    """Compute the features of papers; the order they are given in does not matter."""
    ordered = tuple(sorted(papers, key=lambda paper: str(paper.id)))
    counter = CountVectorizer(analyzer=_counted)
    try:
        counts = sp.csr_array(counter.fit_transform(ordered), dtype=np.float64)
        vocabulary: Mapping[str, int] = counter.vocabulary_
    except ValueError:  # Not one paper has a word that tells anything.
        counts, vocabulary = sp.csr_array((len(ordered), 1), dtype=np.float64), {"": 0}
    idf = _idf(counts, vocabulary, background)
    return Features(ordered, tuple(str(paper.id) for paper in ordered), _weigh(counts, idf), vocabulary, idf)


def _counted(paper: Paper) -> list[str]:
    title = terms(paper.title)
    return [*title, *title, *terms(paper.abstract)]


def _text(paper: Paper, *, titles: int) -> str:
    return " . ".join([paper.title] * titles + [paper.abstract])


def _idf(counts: sp.csr_array, vocabulary: Mapping[str, int], background: Background | None) -> Vector:
    """ln((1 + papers) / (1 + papers holding the term)) + 1, over these papers and the background."""
    holding = np.bincount(counts.indices, minlength=counts.shape[1]).astype(np.float64)
    papers = counts.shape[0]
    if background:
        papers += background.papers
        for term, column in vocabulary.items():
            holding[column] += background.holding.get(term, 0)
    return np.asarray(np.log((1 + papers) / (1 + holding)) + 1)


def _weigh(counts: sp.csr_array, idf: Vector) -> sp.csr_array:
    """Sublinear tf, times idf, rows brought to length one."""
    data = (1 + np.log(np.maximum(counts.data, 1))) * idf[counts.indices]
    weighted = sp.csr_array((data, counts.indices, counts.indptr), shape=counts.shape)
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    repeats = np.diff(weighted.indptr)
    weighted.data /= np.repeat(np.where(lengths > 0, lengths, 1), repeats)
    return weighted


def name_parts(author: str) -> tuple[str, tuple[str, ...]]:
    """Family name and given names, compared form: "Gu, Albert", "Albert Gu" and "A. Gu" have one family name."""
    family, comma, given = author.partition(",")
    found = plain_words(family)
    if comma:
        return " ".join(found), tuple(plain_words(given))
    return (found[-1] if found else ""), tuple(found[:-1])


def is_same_person(one: str, other: str) -> bool:
    """Whether two names may be one person's: same family name, and given names that do not contradict."""
    (family, given), (other_family, other_given) = name_parts(one), name_parts(other)
    if not family or family != other_family:
        return False
    pairs = list(zip(given, other_given, strict=False))
    return bool(pairs) and all(a.startswith(b) or b.startswith(a) for a, b in pairs)
