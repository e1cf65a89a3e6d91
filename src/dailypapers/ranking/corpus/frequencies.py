"""Term frequencies, by feature indices (columns) that are the same for all texts, days and machines.

A term's column is its hash (MurmurHash3), so that a paper is counted once in its life: the counts of an edition can be
kept, read by another process and stacked on another edition's, without a vocabulary they would have to share.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.feature_extraction import FeatureHasher
from sklearn.utils import murmurhash3_32

from dailypapers.domain.paper import Paper
from dailypapers.ranking.text.words import terms, unbound_terms

#: With four million columns, one in twenty of 200,000 different terms shares its own with another.
COLUMNS = 1 << 22

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
Columns = npt.NDArray[np.int64]

_hasher = FeatureHasher(COLUMNS, input_type="string", alternate_sign=False, dtype=np.float32)


def count(papers: Iterable[Paper]) -> sp.csr_array:
    """Papers × columns: how often each paper holds each term, those of the title twice."""
    return _hash(_terms_of(paper) for paper in papers)


def count_examples(papers: Iterable[Paper]) -> sp.csr_array:
    """Count papers that others are compared with: single letters and digits bound to a word are not counted.

    Two papers are not alike for both writing of "n samples" or of "GPT-4".
    """
    return _hash([*title, *title, *abstract] for title, abstract in _unbound_terms_of(papers))


def _unbound_terms_of(papers: Iterable[Paper]) -> Iterator[tuple[list[str], list[str]]]:
    for paper in papers:
        yield unbound_terms(paper.title), unbound_terms(paper.abstract)


def count_texts(texts: Iterable[str]) -> sp.csr_array:
    """Texts × columns: how often each text holds each term."""
    return _hash(terms(text) for text in texts)


def columns_of(words: Iterable[str]) -> Columns:
    """The column of each of these terms."""
    return np.array([column_of(word) for word in words], np.int64)


@lru_cache(maxsize=200_000)
def column_of(term: str) -> int:
    """The column the hasher puts this term in."""
    return int(abs(murmurhash3_32(term, seed=0)) % COLUMNS)


def _terms_of(paper: Paper) -> list[str]:
    title = terms(paper.title)
    return [*title, *title, *terms(paper.abstract)]


def _hash(documents: Iterable[list[str]]) -> sp.csr_array:
    listed = list(documents)
    if not listed:
        return sp.csr_array((np.zeros(0, np.float32), ([], [])), shape=(0, COLUMNS))
    hashed = _hasher.transform(listed).tocsr()
    hashed.sort_indices()
    data = np.asarray(hashed.data, np.float32)
    return sp.csr_array((data, hashed.indices, hashed.indptr), shape=(len(listed), COLUMNS))


@dataclass(frozen=True)
class ColumnSubset:
    """The columns that some texts hold, numbered without gaps: products over them cost what these texts cost."""

    #: Of every column its number here, or -1.
    numbers: npt.NDArray[np.int32]
    width: int

    @classmethod
    def to(cls, rows: sp.csr_array) -> "ColumnSubset":
        """To the columns of these rows."""
        return cls.among(rows.indices, COLUMNS)

    @classmethod
    def among(cls, columns: npt.NDArray[np.integer], width: int) -> "ColumnSubset":
        """To these columns, of so many."""
        used = distinct(columns)
        numbers = np.full(width, -1, np.int32)
        numbers[used] = np.arange(len(used), dtype=np.int32)
        return cls(numbers, len(used))

    def rows(self, rows: sp.csr_array) -> sp.csr_array:
        """Rows without the columns that are not here."""
        numbers = self.numbers[rows.indices]
        inside = numbers >= 0
        starts = np.concatenate([[0], np.cumsum(inside)])[rows.indptr]
        return sp.csr_array((rows.data[inside], numbers[inside], starts), shape=(rows.shape[0], self.width))


def distinct(columns: npt.NDArray[np.integer]) -> npt.NDArray[np.integer]:
    """Each column once, in order; by sorting, which for a few papers is ten times faster than by hashing."""
    ordered = np.sort(columns)
    return np.asarray(ordered[np.diff(ordered, prepend=-1) > 0])


def places_in_groups(many: Columns) -> Columns:
    """0, 1, 2 … for each of groups of so many, one group after another."""
    return np.asarray(np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many), np.int64)


def holding(counts: sp.csr_array) -> Vector:
    """How many of these texts hold the term of each column."""
    return np.bincount(counts.indices, minlength=COLUMNS).astype(np.float64)


def inverse_frequency(held: Vector, papers: int) -> Vector:
    """ln((1 + papers) / (1 + papers holding the term)) + 1, for each column."""
    return np.asarray(np.log((1 + papers) / (1 + held)) + 1)


def weigh(counts: sp.csr_array, idf: Vector) -> sp.csr_array:
    """Sublinear counts times idf, rows brought to length one; a text without terms is a row of zeros."""
    data = (1 + np.log(np.maximum(counts.data, 1))) * idf[counts.indices]
    return unit_rows(sp.csr_array((data, counts.indices, counts.indptr), shape=counts.shape))


def unit_rows(rows: sp.csr_array) -> sp.csr_array:
    """The same directions with length one; rows of zeros stay."""
    repeats = np.diff(rows.indptr)
    lengths = np.sqrt(np.bincount(np.repeat(np.arange(len(repeats)), repeats), rows.data**2, minlength=len(repeats)))
    data = rows.data / np.repeat(np.where(lengths > 0, lengths, 1), repeats)
    return sp.csr_array((data, rows.indices, rows.indptr), shape=rows.shape)
