"""Highlighting: what interests and papers share, in the papers' own words.

Found out once for each interest and paper, many at a time, and remembered, since many readers share them. Knows nothing
of scores.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from dailypapers.domain.digest import TermKind
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper
from dailypapers.ranking.corpus.acronyms import Synonym
from dailypapers.ranking.corpus.frequencies import Columns, Vector, columns_of, places_in_groups
from dailypapers.ranking.features import Features
from dailypapers.ranking.matching import Source
from dailypapers.ranking.text.words import Part, compounds, joined, letter_spans, telling, telling_each, units, written

#: So many runs of matching words are shown for one interest.
_SHOWN = 3
#: The shares of a topic's information that carry it, by any word or by two.
_HALF, _THIRD, _TWO_WORDS = 0.5, 0.3, 2
#: So much is remembered at most, some two hundred bytes each; and found out at a time.
_MOST_REMEMBERED, _AT_A_TIME = 500_000, 2_000

LazyString = tuple[str, TermKind]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Text:
    """A paper's words in their order; and the narrow columns they count in, ascending, each with its places."""

    surfaces: Sequence[str]
    #: What stands before each word; where that is nothing but space, it follows on the word before.
    gaps: Sequence[str]
    #: How telling each word is.
    worth: Vector
    follows: Flags
    columns: Columns
    #: Whether each column is that of a word; others are those of two that are written as one elsewhere.
    is_word: Flags
    #: The places of the words of each column, one column after another, and how many each has.
    places: Columns
    many: Columns

    def called(self, synonym: Synonym) -> str:
        """Return a synonym's words as they are written here first; empty where what it stands for is here as well."""
        form_places = [(part.form, place) for place, surface in enumerate(self.surfaces) for part in telling(surface)]
        forms = [form for form, _ in form_places]
        if synonym.instead_of <= set(forms):
            return ""
        length = len(synonym.words)
        starts = (n for n in range(len(forms) - length + 1) if tuple(forms[n : n + length]) == synonym.words)
        if (start := next(starts, None)) is None:
            return ""
        first, last = form_places[start][1], form_places[start + length - 1][1]
        return self.surfaces[first] + "".join(self.gaps[n] + self.surfaces[n] for n in range(first + 1, last + 1))


@dataclass(frozen=True, slots=True)
class Texts:
    """Several papers' texts, one after another: places are those of the whole, columns stand in one row a paper."""

    surfaces: Sequence[str]
    gaps: Sequence[str]
    worth: Vector
    follows: Flags
    #: Papers × narrow columns: one more than the number of the column's first place in `places`.
    held: sp.csr_array
    #: The places of all columns, one column after another; where each column's begin, and how many it has.
    places: Columns
    first: Columns
    many: Columns
    is_word: Flags

    @classmethod
    def of(cls, texts: Sequence[Text], width: int) -> "Texts":
        """Put texts together."""
        starts = np.cumsum([0, *(len(text.surfaces) for text in texts)])
        many = np.concatenate([text.many for text in texts])
        numbers = np.arange(1, len(many) + 1, dtype=np.float64)
        rows = np.cumsum([0, *(len(text.columns) for text in texts)])
        columns = np.concatenate([text.columns for text in texts])
        return cls(
            surfaces=[surface for text in texts for surface in text.surfaces],
            gaps=[gap for text in texts for gap in text.gaps],
            worth=np.concatenate([text.worth for text in texts]),
            follows=np.concatenate([text.follows for text in texts]),
            held=sp.csr_array((numbers, columns, rows), shape=(len(texts), width)),
            places=np.concatenate([text.places + start for text, start in zip(texts, starts, strict=False)]),
            first=np.cumsum(many) - many,
            many=many,
            is_word=np.concatenate([text.is_word for text in texts]),
        )

    def places_of(self, numbers: Columns) -> Columns:
        """The places of these columns, one column after another."""
        many = self.many[numbers]
        return np.asarray(self.places[np.repeat(self.first[numbers], many) + places_in_groups(many)])

    def written(self, places: Sequence[int]) -> str:
        """Neighboring words, as they are written."""
        first, *others = places
        return self.surfaces[first] + "".join(self.gaps[place] + self.surfaces[place] for place in others)


class Highlighter:
    """What interests share with the papers of one set, in words."""

    def __init__(self, features: Features) -> None:
        self.features = features
        self._texts: dict[int, Text] = {}
        self._as_one: Texts | None = None
        self._row_of: dict[int, int] = {}
        self._said: dict[Interest, dict[int, LazyString]] = {}
        self._held: dict[int, frozenset[int]] = {}
        self._topics: dict[str, tuple[tuple[frozenset[int], ...], Vector]] = {}
        self._carried: dict[tuple[str, int], bool] = {}
        self._synonyms: dict[tuple[int, Synonym], str] = {}
        self._remembered = 0

    def said(
        self, interests: Sequence[Interest], columns: Sequence[int], sources: Mapping[Interest, Source]
    ) -> list[LazyString]:
        """For each interest and paper what matched, the way it stands in the paper.

        Where no words that carry a topic did, the paper's words that came closest.
        """
        new: dict[tuple[Interest, int], None] = {}
        for interest, column in zip(interests, columns, strict=True):
            if column not in self._said.setdefault(interest, {}):
                new[interest, column] = None
        listed = list(new)
        for start in range(0, len(listed), _AT_A_TIME):
            part = listed[start : start + _AT_A_TIME]
            for (interest, column), found in zip(part, self._find(part, sources), strict=True):
                self._said[interest][column] = found
        self._remembered += len(new)
        return [self._said[interest][column] for interest, column in zip(interests, columns, strict=True)]

    def bounded(self) -> "Highlighter":
        """Itself, having forgotten what it remembered where that has grown large."""
        if self._remembered > _MOST_REMEMBERED:
            self._said, self._carried, self._topics, self._synonyms, self._remembered = {}, {}, {}, {}, 0
        return self

    def _find(self, pairs: Sequence[tuple[Interest, int]], sources: Mapping[Interest, Source]) -> Iterator[LazyString]:
        texts, row_of = self._together({column for _, column in pairs})
        paper = np.array([row_of[column] for _, column in pairs], np.int64)
        asked = [sources[interest] for interest, _ in pairs]
        matching = _matching(texts, asked, paper)
        others = [[*self._in_other_words(interest, column)] for interest, column in pairs]
        matching = [[*other, *shown][:_SHOWN] for other, shown in zip(others, matching, strict=True)]
        lost = [
            n
            for n, (interest, column) in enumerate(pairs)
            if not others[n] and self._is_lost(interest, column, matching[n])
        ]
        topics = [pairs[n][0] for n in lost]
        closest = dict(zip(lost, self._closest(texts, topics, sources, paper[lost]), strict=True))
        for n, shown in enumerate(matching):
            is_close = n in closest and bool(closest[n] or not shown)
            yield ", ".join(closest[n] if is_close else shown), TermKind.CLOSE if is_close else TermKind.WORDS

    def _is_lost(self, interest: Interest, column: int, shown_words: Sequence[str]) -> bool:
        """Tell whether what an interest and a paper share in words is no reason for the paper."""
        if interest.kind is InterestKind.PAPER:
            return False
        return not shown_words or (interest.kind is InterestKind.TOPIC and not self.carries(interest.text, column))

    def carries(self, topic: str, column: int) -> bool:
        """Tell whether a paper holds the words that carry a topic: half of its information, or two words and a third.

        One common word of three is none of these.
        """
        if (topic, column) not in self._carried:
            self._carried[topic, column] = self._does_carry(topic, column)
            self._remembered += 1
        return self._carried[topic, column]

    def _does_carry(self, topic: str, column: int) -> bool:
        asked, worth = self._asked(topic)
        held = np.array([not columns.isdisjoint(self._columns(column)) for columns in asked], np.bool_)
        share = float(worth[held].sum() / max(worth.sum(), 1e-9))
        return share >= _HALF or (int(held.sum()) >= _TWO_WORDS and share >= _THIRD)

    def _asked(self, topic: str) -> tuple[tuple[frozenset[int], ...], Vector]:
        """Return the narrow columns each unit of a topic counts in, and how much information each unit is."""
        if topic not in self._topics:
            wide = [columns_of(unit) for unit in units(topic)]
            worth = self.features.background.idf.of(np.array([columns[0] for columns in wide], np.int64))
            narrow = tuple(frozenset(self.features.narrow.numbers_of(columns).tolist()) for columns in wide)
            self._topics[topic] = narrow, worth
            self._remembered += 1
        return self._topics[topic]

    def _columns(self, column: int) -> frozenset[int]:
        """Return the narrow columns a paper's words count in."""
        if column not in self._held:
            self._held[column] = frozenset(self._text(column).columns.tolist())
        return self._held[column]

    def _in_other_words(self, interest: Interest, column: int) -> Iterator[str]:
        """What a paper calls parts of a topic that it does not name: “language models (LM)” for the topic “LM”."""
        synonyms = self.features.synonyms(interest.text) if interest.kind is InterestKind.TOPIC else ()
        for synonym, means in synonyms:
            if means[column] and (written := self._called(column, synonym)):
                yield f"{written} ({synonym.named})"

    def _called(self, column: int, synonym: Synonym) -> str:
        """Return what `Text.called` does; found out once, since many topics hold the same acronym."""
        if (written := self._synonyms.get((column, synonym))) is None:
            written = self._synonyms[column, synonym] = self._text(column).called(synonym)
            self._remembered += 1
        return written

    def _text(self, column: int) -> Text:
        self.read([column])
        return self._texts[column]

    def read(self, columns: Iterable[int]) -> None:
        """Read the texts of papers that were not read yet, all at once; one by one, each takes twice as long."""
        new = [column for column in columns if column not in self._texts]
        if new:
            self._texts.update(zip(new, _read(self.features, [self.features.papers[n] for n in new]), strict=True))

    def _together(self, columns: AbstractSet[int]) -> tuple[Texts, Mapping[int, int]]:
        """Return the texts of all papers read so far, these among them, as one; and the row of each paper in it."""
        if not columns <= self._row_of.keys() or self._as_one is None:
            self.read(columns)
            self._row_of = {column: row for row, column in enumerate(self._texts)}
            self._as_one = Texts.of([*self._texts.values()], self.features.narrow.width)
        return self._as_one, self._row_of

    def _closest(
        self, texts: Texts, topics: Sequence[Interest], sources: Mapping[Interest, Source], paper: Columns
    ) -> list[list[str]]:
        """The words of each paper that count most in the papers a topic was taken to mean."""
        if not topics:
            return []
        held, width = texts.held[paper], texts.held.shape[1]
        is_word = texts.is_word[held.data.astype(np.int64) - 1].astype(np.float64)
        holds = sp.csr_array((is_word, held.indices, held.indptr), shape=held.shape)
        both = sp.csr_array(self._meant(topics, sources).multiply(holds))
        both.eliminate_zeros()
        both.sort_indices()
        pair = np.repeat(np.arange(len(topics)), np.diff(both.indptr))
        order = np.lexsort((-both.data, pair))
        order = order[np.arange(len(order)) - both.indptr[pair] < _SHOWN]
        keys = np.repeat(np.arange(len(topics)), np.diff(held.indptr)) * width + held.indices
        numbers = held.data[np.searchsorted(keys, pair[order] * width + both.indices[order])].astype(np.int64) - 1
        shown: list[list[str]] = [[] for _ in topics]
        for n, place in zip(pair[order].tolist(), texts.places[texts.first[numbers]].tolist(), strict=True):
            shown[n].append(texts.surfaces[place])
        return shown

    def _meant(self, topics: Sequence[Interest], sources: Mapping[Interest, Source]) -> sp.csr_array:
        """Topics × narrow columns: what the papers hold that each topic was taken to mean, found out once a topic."""
        row = {topic: n for n, topic in enumerate(dict.fromkeys(topics))}
        asked = [sources[topic] for topic in row]
        many = self.features.background.papers
        found = _rows([source.found for source in asked], [source.shares for source in asked], many)
        return sp.csr_array(self.features.feedback_mean(found)[[row[topic] for topic in topics]])


def _matching(texts: Texts, asked: Sequence[Source], paper: Columns) -> list[list[str]]:
    """Unbroken runs of words each source and paper share, the most telling first, none all of words already said."""
    own = [source.columns for source in asked]
    shared = _rows(own, [np.ones(len(columns)) for columns in own], texts.held.shape[1]).multiply(texts.held[paper])
    shared = sp.csr_array(shared)
    numbers = shared.data.astype(np.int64) - 1
    places = texts.places_of(numbers)
    pair = np.repeat(np.repeat(np.arange(len(asked)), np.diff(shared.indptr)), texts.many[numbers])
    pair, places = np.divmod(np.unique(pair * len(texts.surfaces) + places), len(texts.surfaces))
    is_first = ~(texts.follows[places] & (np.diff(places, prepend=-2) == 1) & (np.diff(pair, prepend=-1) == 0))
    first = np.flatnonzero(is_first)
    worth = np.add.reduceat(texts.worth[places], first) if len(first) else np.zeros(0)
    last = np.append(first[1:], len(places))
    order = np.lexsort((-worth, pair[first]))
    shown: list[list[str]] = [[] for _ in asked]
    told: list[set[str]] = [set() for _ in asked]
    found, runs = places.tolist(), zip(*(all_[order].tolist() for all_ in (pair[first], first, last)), strict=True)
    for n, start, end in runs:
        if len(shown[n]) < _SHOWN:
            forms = {form for place in found[start:end] for form in _forms(texts.surfaces[place])}
            if not forms <= told[n]:
                shown[n].append(texts.written(found[start:end]))
                told[n] |= forms
    return shown


def _rows(
    columns: Sequence[npt.NDArray[np.int32]], data: Sequence[npt.NDArray[np.floating]], width: int
) -> sp.csr_array:
    """A row of each."""
    ends = np.cumsum([0, *map(len, columns)])
    return sp.csr_array((np.concatenate(data), np.concatenate(columns), ends), shape=(len(columns), width))


def _read(features: Features, papers: Sequence[Paper]) -> list[Text]:
    """Read papers' texts: as one long text, none of whose words follows on another paper's."""
    texts = [f"{paper.title} . {paper.abstract}" for paper in papers]
    each_written = [*map(written, texts)]
    surfaces = [surface for surfaces, _ in each_written for surface in surfaces]
    ends = np.cumsum([len(surfaces) for surfaces, _ in each_written])
    starts = np.concatenate([[0], ends])[:-1]
    follows = np.array([gap == " " or not gap.strip() for _, gaps in each_written for gap in gaps], np.bool_)
    follows[starts[starts < len(follows)]] = False
    parts_by_surface = telling_each(surfaces)
    parts = [*chain.from_iterable(parts_by_surface)]
    place = np.repeat(np.arange(len(surfaces)), [*map(len, parts_by_surface)])
    singles = columns_of([part.form for part in parts])
    pairs, pair_places = _as_one(parts, place, follows)
    bound, bound_places = _bound(texts, each_written, starts)
    worth = np.bincount(place, features.background.idf.of(singles), minlength=len(surfaces)).astype(np.float64)
    numbers = features.narrow.numbers_of(np.concatenate([singles, columns_of([*pairs, *bound])])).astype(np.int64)
    places = np.concatenate([place, pair_places, bound_places])
    paper_of_place = np.repeat(np.arange(len(papers)), np.diff(ends, prepend=0))
    by_paper = _grouped(numbers, places, paper_of_place[places], singles=len(singles), papers=len(papers))
    return [
        Text(own, gaps, worth[start:end], follows[start:end], columns, is_word, own_places - start, many)
        for (own, gaps), start, end, (columns, is_word, own_places, many) in zip(
            each_written, starts.tolist(), ends.tolist(), by_paper, strict=True
        )
    ]


def _forms(surface: str) -> Sequence[str]:
    """Return what a written word counts as."""
    return [part.form for part in telling(surface)] or [surface]


def _grouped(
    columns: Columns, places: Columns, paper: Columns, *, singles: int, papers: int
) -> Iterator[tuple[Columns, Flags, Columns, Columns]]:
    """Yield for each of so many papers its columns, ascending, without those that are not here.

    Then whether one of the first `singles` is among each; the places of each, one column after another, and how many
    it has.
    """
    order, width = np.flatnonzero(columns >= 0), int(columns.max(initial=0)) + 1
    keys = paper[order] * width + columns[order]
    by_key = np.argsort(keys, kind="stable")
    order, keys = order[by_key], keys[by_key]
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    # Singles come first among equal ones.
    is_word, many = order[first] < singles, np.diff(first, append=len(order))
    paper_of_column, own_columns = np.divmod(keys[first], width)
    ends = np.searchsorted(paper_of_column, np.arange(papers), side="right")
    place_ends, ordered = np.concatenate([[0], np.cumsum(many)]), places[order]
    for start, end in pairwise([0, *ends.tolist()]):
        own = slice(start, end)
        yield own_columns[own], is_word[own], ordered[place_ends[start] : place_ends[end]], many[own]


def _as_one(parts: Sequence[Part], place: Columns, follows: Flags) -> tuple[list[str], Columns]:
    """Neighbors as they are compared with one word, each once for each of its places, and those places."""
    before, after = place[:-1], place[1:]
    first = np.flatnonzero((after == before) | ((after == before + 1) & follows[after]))
    forms = [joined(parts[n], parts[n + 1]) for n in first.tolist()]
    apart = np.flatnonzero(after[first] > before[first])
    return forms + [forms[n] for n in apart.tolist()], np.concatenate([before[first], after[first][apart]])


def _bound(
    texts: Sequence[str], each_written: Sequence[tuple[Sequence[str], Sequence[str]]], starts: Columns
) -> tuple[list[str], Columns]:
    """Single letters and digits with their neighbors, and compounds; each once for each of its places, and those."""
    forms: list[str] = []
    places: list[int] = []
    for text, (surfaces, gaps), start in zip(texts, each_written, starts.tolist(), strict=True):
        for form, first, last in (*_letters(text, surfaces, gaps), *compounds(surfaces)):
            forms += [form] * (last + 1 - first)
            places += range(start + first, start + last + 1)
    return forms, np.array(places, np.int64)


def _letters(text: str, surfaces: Sequence[str], gaps: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Yield single letters and digits with their neighbors, each with the first and the last word of it."""
    if spans := letter_spans(text, surfaces):
        ends = [*accumulate(map(len, chain.from_iterable(zip(gaps, surfaces, strict=True))))]
        word_starts, word_ends = ends[::2], ends[1::2]
        for form, start, end in spans:
            yield form, bisect_right(word_ends, start), bisect_left(word_starts, end) - 1
