"""Term frequencies, by feature indices (columns) that are the same for all texts, days and machines.

A term's column is its hash (MurmurHash3), so that a paper is counted once in its life: the counts of an edition can be
kept, read by another process and stacked on another edition's, without a vocabulary they would have to share.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Generic, TypeVar

import mmh3
import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from dailypapers.domain.paper import Paper
from dailypapers.ranking.corpus.usual import frequencies
from dailypapers.ranking.text.words import singular_words, terms_apart

#: With four million columns, one in twenty of 200,000 different terms shares its own with another.
COLUMNS = 1 << 22

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
Columns = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Number = TypeVar("Number", np.int32, np.float64)

#: Up to so many terms an array takes longer than a loop.
_FEW_WORDS = 16
#: Up to these, some hundred papers' columns, numbers are looked for.
_FEW_COLUMNS = 1 << 14

#: Counts have a second half of columns, for single letters and digits bound to a word: they tell what a topic asks for,
#: but two papers are not alike for both writing of "n samples" or of "GPT-4". `merged` has them among all others.
WIDTH = 2 * COLUMNS


def count(papers: Iterable[Paper]) -> sp.csr_array:
    """Papers × `WIDTH`: how often each paper holds each term, those of the title twice."""
    texts = [(terms_apart(paper.title), terms_apart(paper.abstract)) for paper in papers]
    words, letters = ([[*title[n], *title[n], *abstract[n]] for title, abstract in texts] for n in range(2))
    return _wide(words, letters)


def count_words(papers: Iterable[Paper]) -> sp.csr_array:
    """Papers × `COLUMNS`: how often each paper holds each word in the singular, those of the title twice; no pairs."""
    texts = [(singular_words(paper.title), singular_words(paper.abstract)) for paper in papers]
    return _hash([[*title, *title, *abstract] for title, abstract in texts])


def count_texts(texts: Iterable[str]) -> sp.csr_array:
    """Texts × `WIDTH`: how often each text holds each term."""
    apart = [*map(terms_apart, texts)]
    return _wide([words for words, _ in apart], [letters for _, letters in apart])


def _wide(words: Sequence[list[str]], letters: Sequence[list[str]]) -> sp.csr_array:
    return sp.csr_array(sp.hstack([_hash(words), _hash(letters)], format="csr"))


def merged(counts: sp.csr_array) -> sp.csr_array:
    """Counts × `COLUMNS`: what is bound counts as the word that it makes, so that "U-Net" is a "UNet"."""
    parts = counts.data.copy(), counts.indices % COLUMNS, counts.indptr.copy()
    rows = sp.csr_array(parts, shape=(counts.shape[0], COLUMNS))
    rows.sum_duplicates()
    return rows


def unbound(counts: sp.csr_array) -> sp.csr_array:
    """Counts × `COLUMNS`, without what is bound."""
    inside = counts.indices < COLUMNS
    starts = np.concatenate([[0], np.cumsum(inside)])[counts.indptr]
    return sp.csr_array((counts.data[inside], counts.indices[inside], starts), shape=(counts.shape[0], COLUMNS))


def columns_of(words: Iterable[str]) -> Columns:
    """The column of each of these terms."""
    each = list(words)
    if len(each) <= _FEW_WORDS:
        return np.array([*map(_column, each)], np.int64)
    columns = np.abs(np.fromiter(map(mmh3.hash, each), np.int64, len(each))) % COLUMNS
    owners, owned = _owners(), np.flatnonzero(_is_owned()[columns])
    collided = [n for n in owned.tolist() if each[n] not in owners.terms]
    columns[collided] = [_elsewhere(each[n], owners.terms_by_column) for n in collided]
    return np.asarray(columns)


def _column(word: str) -> int:
    column, owners = abs(mmh3.hash(word)) % COLUMNS, _owners()
    is_free = word in owners.terms or column not in owners.terms_by_column
    return column if is_free else _elsewhere(word, owners.terms_by_column)


def column_of(term: str) -> int:
    """The column of this term."""
    return int(columns_of([term])[0])


@dataclass(frozen=True, slots=True)
class _Owners:
    """The terms that are common enough to have a column to themselves; of two, the more common one.

    Without that, who asked for recommenders would get all papers that speak of a format: one hash, and 341 papers.
    """

    terms_by_column: Mapping[int, str]
    terms: frozenset[str]


@cache
def _owners() -> _Owners:
    usual = frequencies().holding
    by_rarity = sorted(usual, key=lambda term: (usual[term], term))
    terms_by_column = {abs(mmh3.hash(term)) % COLUMNS: term for term in by_rarity}
    return _Owners(terms_by_column, frozenset(terms_by_column.values()))


@cache
def _is_owned() -> Flags:
    """Return of each column whether a term has it to itself: of thousands of terms most have a free one."""
    flags = np.zeros(COLUMNS, np.bool_)
    flags[[*_owners().terms_by_column]] = True
    return flags


def _elsewhere(term: str, owners: Mapping[int, str]) -> int:
    """Return a column for a term whose own belongs to a more common one."""
    columns = (abs(mmh3.hash(term, seed)) % COLUMNS for seed in itertools.count(1))
    return next(column for column in columns if column not in owners)


@cache
def usual_shares() -> Floats:
    """Return for each column the share of papers in general that hold its term; zero for rare ones."""
    usual = frequencies()
    shares = np.zeros(COLUMNS, np.float32)
    shares[columns_of(usual.holding)] = np.array([*usual.holding.values()], np.float32) / np.float32(usual.papers)
    return shares


def _hash(documents: Sequence[list[str]]) -> sp.csr_array:
    columns = columns_of(chain.from_iterable(documents)).astype(np.int32)
    ends = np.cumsum([0, *map(len, documents)], dtype=np.int32)
    rows = sp.csr_array((np.ones(len(columns), np.float32), columns, ends), shape=(len(documents), COLUMNS))
    rows.sum_duplicates()
    return rows


@dataclass(frozen=True)
class _Sparse(Generic[Number]):
    """A number for each of some columns, in ascending order, and zero for all others."""

    columns: npt.NDArray[np.integer]
    numbers: npt.NDArray[Number]
    #: The number of every column, unless there are few: an array as wide as `COLUMNS` takes longer to make than many
    #: columns to look for, and once its pages are touched here and there, all of its memory.
    _wide: npt.NDArray[Number] | None

    @classmethod
    def of(cls, columns: npt.NDArray[np.integer], numbers: npt.NDArray[Number], width: int) -> "_Sparse[Number]":
        """Of columns in ascending order, each once, of so many."""
        if len(columns) < _FEW_COLUMNS:
            return cls(columns, numbers, None)
        wide = np.zeros(width, numbers.dtype)
        wide[columns] = numbers
        return cls(columns, numbers, wide)

    def at(self, columns: npt.NDArray[np.integer]) -> npt.NDArray[Number]:
        """The number of each of these columns."""
        if self._wide is not None:
            return np.asarray(self._wide[columns])
        if not len(self.columns):
            return np.zeros(columns.shape, self.numbers.dtype)
        places = np.minimum(np.searchsorted(self.columns, columns), len(self.columns) - 1)
        return np.where(self.columns[places] == columns, self.numbers[places], self.numbers.dtype.type(0))


@dataclass(frozen=True)
class ColumnSubset:
    """The columns that some texts hold, numbered without gaps: products over them cost what these texts cost."""

    #: Of each column here the number that comes after its own.
    _following: _Sparse[np.int32]

    @classmethod
    def to(cls, rows: sp.csr_array) -> "ColumnSubset":
        """To the columns of these rows."""
        return cls.among(rows.indices, COLUMNS)

    @classmethod
    def among(cls, columns: npt.NDArray[np.integer], width: int) -> "ColumnSubset":
        """To these columns, of so many."""
        used = distinct(columns)
        return cls(_Sparse.of(used, np.arange(1, len(used) + 1, dtype=np.int32), width))

    @property
    def columns(self) -> npt.NDArray[np.integer]:
        """The columns, by their numbers."""
        return self._following.columns

    @property
    def width(self) -> int:
        """How many they are."""
        return len(self.columns)

    def numbers_of(self, columns: npt.NDArray[np.integer]) -> npt.NDArray[np.int32]:
        """The number of each of these columns here, or -1."""
        return np.asarray(self._following.at(columns) - np.int32(1))

    def rows(self, rows: sp.csr_array) -> sp.csr_array:
        """Rows without the columns that are not here."""
        numbers = self.numbers_of(rows.indices)
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


def holding(counts: sp.csr_array) -> Columns:
    """How many of these texts hold the term of each of `COLUMNS`, not more."""
    return np.bincount(counts.indices, minlength=COLUMNS)


def holding_each(by_term: sp.csr_array, asked: Iterable[Iterable[int]]) -> Flags:
    """Tell which texts hold, of each of these sets of columns, at least one; `by_term` is columns × texts."""
    starts, texts = by_term.indptr, by_term.indices
    flags = np.ones(by_term.shape[1], np.bool_)
    for columns in asked:
        any_of_them = np.zeros(len(flags), np.bool_)
        for column in columns:
            any_of_them[texts[starts[column] : starts[column + 1]]] = True
        flags &= any_of_them
    return flags


@dataclass(frozen=True)
class InverseFrequency:
    """ln((1 + papers) / (1 + papers holding the term)) + 1, for each column."""

    #: Of the columns that papers hold.
    _held: _Sparse[np.float64]
    _papers: float
    #: Papers in general that count beside these, and in which share of them each column's term stands.
    _usual: float = 0.0
    _shares: Floats | None = None

    @classmethod
    def among(cls, counts: sp.csr_array, *, shares: Floats | None = None, usual: float = 0.0) -> "InverseFrequency":
        """Return it among papers whose counts these are, papers × `COLUMNS`.

        So many `usual` papers count beside them, of which each column's term stands in its share.
        """
        papers = counts.shape[0] + usual
        ordered = np.sort(counts.indices)
        starts = np.flatnonzero(np.diff(ordered, prepend=-1))
        columns, holding_papers = ordered[starts], np.diff(np.append(starts, len(ordered))).astype(np.float64)
        if shares is not None:
            holding_papers += usual * shares[columns]
        idf = np.log((1 + papers) / (1 + holding_papers)) + 1
        return cls(_Sparse.of(columns, idf, COLUMNS), papers, usual, shares)

    def of(self, columns: npt.NDArray[np.integer]) -> Vector:
        """Return it for each of these columns."""
        idf = self._held.at(columns)
        return np.where(idf > 0, idf, self._unheld(columns))

    def at(self, column: int) -> float:
        """Return it for one column."""
        return float(self.of(np.array([column]))[0])

    @property
    def of_one_paper(self) -> float:
        """What it is of a term that one paper alone holds."""
        return float(np.log((1 + self._papers) / 2) + 1)

    def _unheld(self, columns: npt.NDArray[np.integer]) -> Vector:
        holding_papers = 0.0 if self._shares is None else self._usual * self._shares[columns].astype(np.float64)
        return np.asarray(np.log((1 + self._papers) / (1 + holding_papers)) + 1)


def weigh(counts: sp.csr_array, idf: InverseFrequency) -> sp.csr_array:
    """Sublinear counts × `COLUMNS` times idf, rows brought to length one; a text without terms is a row of zeros.

    What is bound is left out.
    """
    counts = unbound(counts)
    return unit_rows(sublinear(counts, idf.of(counts.indices)))


def sublinear(counts: sp.csr_array, rarity: Vector) -> sp.csr_array:
    """Return 1 + ln of each count times how rare its term is, which `rarity` says of each entry."""
    data = (1 + np.log(np.maximum(counts.data, 1))) * rarity
    return sp.csr_array((data, counts.indices, counts.indptr), shape=counts.shape)


def unit_rows(rows: sp.csr_array) -> sp.csr_array:
    """The same directions with length one; rows of zeros stay."""
    repeats = np.diff(rows.indptr)
    lengths = np.sqrt(np.bincount(np.repeat(np.arange(len(repeats)), repeats), rows.data**2, minlength=len(repeats)))
    data = rows.data / np.repeat(np.where(lengths > 0, lengths, 1), repeats)
    return sp.csr_array((data, rows.indices, rows.indptr), shape=rows.shape)
