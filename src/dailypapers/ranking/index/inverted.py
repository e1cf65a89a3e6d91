"""The inverted index: which papers hold which term, and how often; a whole archive's in memory, asked in milliseconds.

    papers | counted | grown into an index | found by BM25, best first

An index never changes: a grown one is a new one that shares its parts with the old. Pure; knows no database.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from dailypapers.domain.paper import Paper
from dailypapers.domain.person import name_keys
from dailypapers.ranking.corpus import bm25
from dailypapers.ranking.corpus.frequencies import (
    COLUMNS,
    WIDTH,
    Columns,
    Floats,
    Vector,
    column_of,
    count,
    merged,
)
from dailypapers.ranking.text.words import terms, units

#: A paper's row in its segment takes two bytes, so a segment holds no more papers than this.
MOST = 1 << 16
_MOST_COUNTED = 255

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class TermFrequencies:
    """Papers as an index takes them: how often each holds each term, and who and where they are from."""

    keys: tuple[str, ...]
    counts: sp.csr_array
    #: Papers × columns, ones: the columns of `by family` and `in category`.
    facts: sp.csr_array


def counted(papers: Sequence[Paper]) -> TermFrequencies:
    """Count papers."""
    facts = [sorted({column_of(fact) for fact in _facts(paper)}) for paper in papers]
    starts = np.cumsum([0, *map(len, facts)])
    columns = np.array([column for row in facts for column in row], np.int32)
    frequencies = sp.csr_array((np.ones(len(columns), np.uint8), columns, starts), shape=(len(papers), COLUMNS))
    return TermFrequencies(tuple(str(paper.id) for paper in papers), _small(count(papers)), frequencies)


def _facts(paper: Paper) -> Iterator[str]:
    for author in paper.authors:
        yield from by(author)
    for category in paper.categories:
        code = category.casefold()
        yield within(code)
        yield within(code.partition(".")[0])


def by(author: str) -> tuple[str, ...]:
    """Return the facts that a paper is by somebody of this author's family name, one for each way to read it."""
    return tuple(f"by {key}" for key in name_keys(author))


def within(category: str) -> str:
    """The fact that a paper is in a category, given in lower case."""
    return f"in {category}"


def _small(counts: sp.csr_array) -> sp.csr_array:
    data = np.minimum(counts.data, _MOST_COUNTED).astype(np.uint8)
    return sp.csr_array((data, counts.indices.astype(np.int32), counts.indptr), shape=counts.shape)


@dataclass(frozen=True)
class PostingLists:
    """Of each column that is held the rows that hold it, and how often."""

    columns: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    rows: npt.NDArray[np.uint16]
    counts: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, counts: sp.csr_array) -> "PostingLists":
        """The columns of these rows."""
        turned = counts.tocsc()
        columns = np.flatnonzero(np.diff(turned.indptr))
        starts = np.append(turned.indptr[columns], turned.indptr[-1])
        return cls(columns.astype(np.int32), starts.astype(np.int32), turned.indices.astype(np.uint16), turned.data)

    def column(self, column: int) -> slice:
        """Where in `rows` and `counts` a column stands."""
        place = int(np.searchsorted(self.columns, np.int32(column)))
        if place == len(self.columns) or self.columns[place] != column:
            return slice(0, 0)
        return slice(int(self.starts[place]), int(self.starts[place + 1]))


@dataclass(frozen=True)
class Segment:
    """A part of an index."""

    counted: TermFrequencies

    @cached_property
    def terms(self) -> PostingLists:
        """By term."""
        return PostingLists.of(merged(self.counted.counts))

    @cached_property
    def facts(self) -> PostingLists:
        """By fact."""
        return PostingLists.of(self.counted.facts)

    @cached_property
    def lengths(self) -> Floats:
        """How many terms each paper holds."""
        return np.asarray(self.counted.counts.sum(axis=1, dtype=np.float32)).ravel()

    def __len__(self) -> int:
        return len(self.counted.keys)


@dataclass(frozen=True)
class Found:
    """What a query found: places in the index, best first, and how many papers hold any of its words."""

    places: Columns
    scores: Vector
    total: int


@dataclass(frozen=True)
class Index:
    """All papers, in the order they were added."""

    segments: tuple[Segment, ...] = field(default=())

    def __len__(self) -> int:
        return sum(map(len, self.segments))

    def grown(self, new: TermFrequencies) -> "Index":
        """With these papers as well. Small segments are joined, so that there are few, and each is joined seldom."""
        segments, joined = list(self.segments), [new]
        size = len(new.keys)
        while segments and len(segments[-1]) <= size and len(segments[-1]) + size <= MOST:
            size += len(segments[-1])
            joined.insert(0, segments.pop().counted)
        whole = Segment(_joined(joined))
        # Made now, and not when the first reader asks.
        _ = whole.terms, whole.facts, whole.lengths
        return Index((*segments, whole))

    @cached_property
    def _starts(self) -> Columns:
        return np.cumsum([0, *map(len, self.segments)])

    @cached_property
    def _norms(self) -> tuple[Floats, ...]:
        """BM25's measure of each paper's length."""
        total = sum(float(segment.lengths.sum(dtype=np.float64)) for segment in self.segments)
        mean = max(total / max(len(self), 1), 1.0)
        return tuple(bm25.length_norm(segment.lengths, mean) for segment in self.segments)

    def scores(self, text: str) -> Floats:
        """What each paper scores for a text's words and pairs, by BM25; 0 for papers that hold none of them."""
        scores = [np.zeros(len(segment), np.float32) for segment in self.segments]
        for term, times in sorted(Counter(terms(text)).items()):
            column = column_of(term)
            places = [segment.terms.column(column) for segment in self.segments]
            postings = sum(place.stop - place.start for place in places)
            weight = times * (1 + bm25.SATURATION) * float(bm25.rarity(postings, len(self)))
            for segment, place, norm, score in zip(self.segments, places, self._norms, scores, strict=True):
                rows, often = segment.terms.rows[place], segment.terms.counts[place].astype(np.float32)
                score[rows] += np.float32(weight) * (often / (often + norm[rows]))
        return np.concatenate([np.zeros(0, np.float32), *scores])

    def holding(self, text: str) -> Flags:
        """The papers that hold all of a text's words, however they are written: as one, or one as two."""
        flags = np.ones(len(self), np.bool_)
        for unit in units(text):
            flags &= self._any([column_of(term) for term in unit], facts=False)
        return flags

    def fact(self, fact: str) -> Flags:
        """The papers a fact is true of; now and then one more, for different facts may share a column."""
        return self._any([column_of(fact)], facts=True)

    def any_fact(self, facts: Iterable[str]) -> Flags:
        """The papers that at least one of these facts is true of."""
        flags = np.zeros(len(self), np.bool_)
        for fact in facts:
            flags |= self.fact(fact)
        return flags

    def _any(self, columns: Sequence[int], *, facts: bool) -> Flags:
        flags = np.zeros(len(self), np.bool_)
        for column in columns:
            for start, segment in zip(self._starts[:-1], self.segments, strict=True):
                lists = segment.facts if facts else segment.terms
                flags[start + lists.rows[lists.column(column)].astype(np.int64)] = True
        return flags

    def best(self, scores: Floats, many: int) -> Found:
        """The papers with the highest scores above 0; equal ones in the order of their names."""
        places = np.flatnonzero(scores > 0)
        total = len(places)
        if total > many:
            least = np.partition(scores[places], total - many)[total - many]
            places = places[scores[places] >= least]
        ordered = sorted(places.tolist(), key=lambda place: (-scores[place], self.key(place)))[:many]
        chosen = np.array(ordered, np.int64)
        return Found(chosen, scores[chosen].astype(np.float64), total)

    def newest(self, flags: Flags | None, many: int) -> Found:
        """The papers that were added last, of those that are flagged."""
        places = np.arange(len(self)) if flags is None else np.flatnonzero(flags)
        chosen = places[::-1][:many]
        return Found(chosen, np.zeros(len(chosen)), len(places))

    def key(self, place: int) -> str:
        """The name of the paper in a place."""
        segment, row = self._seat(place)
        return segment.counted.keys[row]

    def counts(self, places: Iterable[int]) -> sp.csr_array:
        """The counts of the papers in these places, in their order."""
        seats = [self._seat(place) for place in places]
        rows = [segment.counted.counts.indptr[[row, row + 1]] for segment, row in seats]
        parts = [slice(int(start), int(end)) for start, end in rows]
        pairs = [(segment.counted.counts, part) for (segment, _), part in zip(seats, parts, strict=True)]
        data = np.concatenate([np.zeros(0, np.float32), *(counts.data[part] for counts, part in pairs)])
        indices = np.concatenate([np.zeros(0, np.int32), *(counts.indices[part] for counts, part in pairs)])
        starts = np.cumsum([0, *(part.stop - part.start for part in parts)])
        return sp.csr_array((data.astype(np.float32), indices, starts), shape=(len(seats), WIDTH))

    def _seat(self, place: int) -> tuple[Segment, int]:
        number = int(np.searchsorted(self._starts, place, side="right")) - 1
        return self.segments[number], place - int(self._starts[number])


def _joined(parts: Sequence[TermFrequencies]) -> TermFrequencies:
    if len(parts) == 1:
        return parts[0]
    return TermFrequencies(
        tuple(key for part in parts for key in part.keys),
        sp.csr_array(sp.vstack([part.counts for part in parts], format="csr")),
        sp.csr_array(sp.vstack([part.facts for part in parts], format="csr")),
    )
