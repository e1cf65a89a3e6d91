"""Features: what the ranking sees of a set of papers, computed once however many readers there are.

Terms by tf-idf (title counted twice, sublinear tf, no vocabulary cap; word pairs alone are worth .03 nDCG@10 on real
readers), what the words mean, categories, and authors. Knows nothing of readers.
"""

import re
import sys
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import log

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from dailypapers.domain.category import groups_of
from dailypapers.domain.institution import institutions_in
from dailypapers.domain.paper import Paper
from dailypapers.domain.person import name_keys
from dailypapers.ranking.corpus.acronyms import Acronym, Acronyms, Synonym, defined
from dailypapers.ranking.corpus.background import Background, fit
from dailypapers.ranking.corpus.frequencies import (
    Columns,
    ColumnSubset,
    Floats,
    Matrix,
    Vector,
    columns_of,
    count,
    count_texts,
    count_words,
    distinct,
    holding_each,
    merged,
    weigh,
)
from dailypapers.ranking.text.phrases import Phrasebook
from dailypapers.ranking.text.spelling import Vocabulary
from dailypapers.ranking.text.topics import is_name, without_general_word
from dailypapers.ranking.text.words import neighbors, parts, units, written

Flags = npt.NDArray[np.bool_]
#: What parts of a text may be called besides, each with the papers in which it is what is meant.
_Synonyms = list[tuple[Synonym, Flags]]
#: Two papers whose cosine is above this say the same.
SAME = 0.8
#: So many papers are compared with all others at a time: each pair that shares a word takes memory meanwhile.
_PAPERS_AT_ONCE = 256
#: The idf of a word that one paper in 1,000 holds. A rarer one names one thing, whatever general word follows:
#: “argumentation” does, but not “quantum” or “harmonic”.
_RARE = 1 + log(1000)
#: Shares are sums of floats.
_ROUNDING = 1e-6
#: Acronyms of so few letters stand for other things in names: “Ada-RS”, “Re-ID”. A “Video-LLM” is a language model.
_SHORTEST = 2
#: The beginning of a parenthesis, longer than any acronym.
_PARENTHESIS = re.compile(r"(?=(\(.{0,40}))", re.DOTALL)
#: So many cosines of papers of the library with these papers are kept: those of a day. A week's take half a gigabyte.
_MOST_KEPT = 32_000_000
#: For so few texts the library's papers are not all narrowed: one topic wants ten of them, a million readers all.
_FEW_TEXTS = 20


@dataclass(frozen=True, slots=True)
class Coverages:
    """Texts × papers: shares of what each text asks for, weighed by idf, that papers hold."""

    #: Of its words in title and abstract, and in the title alone.
    text: Matrix
    title: Matrix
    #: As `text`, of what stands there in the text's own words: acronyms do not meet what they stand for.
    literal: Matrix
    #: Of its pairs of neighboring words, in either order; one where it is a single word.
    near: Matrix
    #: Of each text: how many words it asks for.
    words: Vector

    def of(self, texts: Columns) -> "Coverages":
        """Return the coverages of some texts."""
        return Coverages(*(each[texts] for each in (self.text, self.title, self.literal, self.near, self.words)))


@dataclass(frozen=True)
class Features:
    """A set of papers, ordered by id, as the ranking sees them."""

    papers: tuple[Paper, ...]
    keys: tuple[str, ...]
    counts: sp.csr_array
    background: Background
    #: Papers × dimensions, rows of length one, where an encoder is used.
    dense: Matrix | None = None
    #: The papers' internal ids; zeros where they are in no database.
    ids: tuple[int, ...] = ()
    #: Where the papers' authors work, by the papers' names, as far as sources say so.
    affiliations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def weights(self) -> sp.csr_array:
        """Papers × columns, rows of length one."""
        return weigh(self.counts, self.background.idf)

    @cached_property
    def narrow(self) -> ColumnSubset:
        """The columns these papers hold."""
        return ColumnSubset.to(self._merged)

    @cached_property
    def _merged(self) -> sp.csr_array:
        return merged(self.counts)

    @cached_property
    def by_term(self) -> sp.csr_array:
        """Narrow columns × papers."""
        return sp.csr_array(self.narrow.rows(self.weights).T.tocsr())

    @cached_property
    def library(self) -> sp.csr_array:
        """The background's papers × narrow columns."""
        return self.narrow.rows(self.background.weights)

    def feedback_mean(self, feedback: sp.csr_array) -> sp.csr_array:
        """Return texts × narrow columns: the mean of each text's feedback documents, `found` being their shares."""
        if feedback.shape[0] > _FEW_TEXTS:
            return sp.csr_array(feedback @ self.library)
        rows = distinct(feedback.indices)
        return sp.csr_array(feedback[:, rows] @ self.narrow.rows(self.background.weights[rows]))

    def feedback_cosines(self, feedback: sp.csr_array) -> Floats:
        """Return texts × papers: cosines with the mean of each text's feedback documents, `found` being their shares.

        Many topics find the same papers, and so each of the library's is compared with these papers once, and what
        comes of it is kept if it does not take too much memory.
        """
        if self.background.weights.shape[0] * len(self.papers) > _MOST_KEPT:
            return np.asarray((self.feedback_mean(feedback) @ self.by_term).toarray(), np.float32)
        cosines, is_known = self._library_cosines
        rows = distinct(feedback.indices)
        rows = rows[~is_known[rows]]
        for begin in range(0, len(rows), _PAPERS_AT_ONCE):
            some = rows[begin : begin + _PAPERS_AT_ONCE]
            cosines[some] = (self.narrow.rows(self.background.weights[some]) @ self.by_term).toarray()
            is_known[some] = True
        return np.asarray(feedback.astype(np.float32) @ cosines)

    @cached_property
    def _library_cosines(self) -> tuple[Floats, Flags]:
        """The background's papers × papers: cosines, and of which they are known. What is not known takes no memory."""
        papers = self.background.weights.shape[0]
        return np.empty((papers, len(self.papers)), np.float32), np.zeros(papers, np.bool_)

    def term_cosines(self, weights: sp.csr_array) -> Matrix:
        """Return texts × papers: cosines."""
        return np.asarray((self.narrow.rows(weights) @ self.by_term).toarray())

    @cached_property
    def latent_vectors(self) -> Matrix:
        """Papers × dimensions of the background's meaning, none without it."""
        latent = self.background.latent
        return latent.of(count_words(self.papers)) if latent else np.zeros((len(self.papers), 0))

    @cached_property
    def category_vectors(self) -> Matrix:
        """Papers × the categories these papers are in, and ones; for products with what `category_pull` gives."""
        return np.column_stack([self._filed[:, self._categories], np.ones(len(self.papers))])

    def category_pull(self, category_vectors: Matrix) -> Matrix:
        """Return rows of `Background.file`, or their means, × the categories of these papers; last, what is usual."""
        return np.column_stack(
            [category_vectors[:, self._categories], -(category_vectors @ self.background.mean_category_vector)]
        )

    @cached_property
    def _filed(self) -> Matrix:
        return self.background.file([paper.categories for paper in self.papers])

    @cached_property
    def _categories(self) -> Columns:
        return np.flatnonzero(self._filed.any(axis=0))

    @cached_property
    def centred_embeddings(self) -> Matrix:
        """Papers × dimensions of the background's `dense_space`; a paper without a vector stands on its mean."""
        space = self.background.dense_space
        return np.zeros((len(self.papers), 0)) if space is None or self.dense is None else space.of(self.dense)

    @cached_property
    def phrases(self) -> Phrasebook:
        """The papers' words, to be asked for phrases."""
        return Phrasebook([f"{paper.title} . {paper.abstract}" for paper in self.papers])

    @cached_property
    def by_name_key(self) -> Mapping[str, tuple[tuple[int, str], ...]]:
        """Key of a name → papers of somebody it may be, with the name as it stands there."""
        columns_by_key: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for column, paper in enumerate(self.papers):
            for author in paper.authors:
                for key in name_keys(author):
                    columns_by_key[key].append((column, author))
        return {key: tuple(papers) for key, papers in columns_by_key.items()}

    @cached_property
    def by_institution(self) -> Mapping[str, tuple[tuple[int, str], ...]]:
        """Key of an institution → papers whose authors work there, with its name as it stands there."""
        names_by_key: dict[str, dict[int, str]] = defaultdict(dict)
        for column, key in enumerate(self.keys):
            for institution, name in institutions_in(self.affiliations.get(key, ())):
                names_by_key[institution].setdefault(column, name)
        return {institution: tuple(papers.items()) for institution, papers in names_by_key.items()}

    @cached_property
    def by_category(self) -> Mapping[str, frozenset[int]]:
        """Category, lower case, → papers in it; `cs` holds all of `cs.*`, `cs.SY` all of `eess.SY`."""
        columns_by_code: dict[str, set[int]] = defaultdict(set)
        for column, paper in enumerate(self.papers):
            for category in paper.categories:
                for code in groups_of(category):
                    columns_by_code[code].add(column)
        return {code: frozenset(columns) for code, columns in columns_by_code.items()}

    @cached_property
    def clusters(self) -> Columns:
        """For each paper the first of those that say the same as it does, itself where none comes before it."""
        first = np.arange(len(self.papers))
        weights = self.narrow.rows(self.weights)
        for begin in range(0, len(first), _PAPERS_AT_ONCE):
            alike = sp.coo_array(weights[begin : begin + _PAPERS_AT_ONCE] @ self.by_term)
            is_same = alike.data > SAME
            rows, others = (axis[is_same] for axis in alike.coords)
            for one, other in sorted(zip((rows + begin).tolist(), others.tolist(), strict=True)):
                first[one] = min(first[one], first[other])
        return first

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The background's words, or those of these papers where it has none."""
        texts = (f"{paper.title} . {paper.abstract}" for paper in self.papers)
        return self.background.vocabulary if self.background.vocabulary.words else Vocabulary.of(texts, least=2)

    @cached_property
    def misspelt(self) -> dict[str, str]:
        """What topics that were looked at are taken to mean, empty where they are well spelled; `hints` fills it."""
        return {}

    def together(self, asked: Sequence[Columns]) -> int:
        """Return how many papers, the background's and these, hold a term of each of these sets."""
        numbers = [[number for number in self.narrow.numbers_of(columns).tolist() if number >= 0] for columns in asked]
        return int(holding_each(self._holds, numbers).sum()) + self.background.together(asked)

    def hold_more(self, than: int, columns: Columns) -> bool:
        """Tell whether more papers than so many, the background's and these, hold one of these terms."""
        return self.background.hold_more(than, columns) or self.together([columns]) > than

    def vectors(self, texts: Sequence[str]) -> sp.csr_array:
        """Return texts × columns: other texts in the space of these papers, rows of length one (or zero)."""
        return weigh(count_texts(texts), self.background.idf)

    def topic_vectors(self, texts: Sequence[str]) -> sp.csr_array:
        """Return `vectors` of topics, with what their acronyms stand for."""
        return self.vectors([*map(self.background.acronyms.expanded, texts)])

    def synonyms(self, text: str) -> _Synonyms:
        """What parts of a text may be called besides, each with the papers in which it is what is meant.

        That is said by the background, but in papers that define the acronym otherwise; without a background, by the
        papers that define it alone.
        """
        learned = self.background.acronyms
        synonyms = (learned if self._is_learned else self._own_acronyms).synonyms(text)
        return [(each, self._meaning(each)) for each in synonyms]

    def _meaning(self, synonym: Synonym) -> Flags:
        """Tell which papers mean by an acronym what it stands for; found out once for each."""
        acronym, is_short = synonym.acronym, len(synonym.words) == 1
        if (flags := self._meanings.get((acronym, is_short))) is None:
            flags = ~self._defined_otherwise(acronym) if self._is_learned else self._defined(acronym)
            if is_short and len(acronym.short) <= _SHORTEST:
                flags = flags & ~self._only_in_names(synonym.words[0])
            self._meanings[acronym, is_short] = flags
        return flags

    @cached_property
    def _meanings(self) -> dict[tuple[Acronym, bool], Flags]:
        return {}

    def _only_in_names(self, short: str) -> Flags:
        """Tell which papers hold an acronym behind hyphens alone: “Ada-RS” says nothing of remote sensing."""
        flags = np.zeros(len(self.papers), np.bool_)
        columns = self._narrow_columns([short])
        for column in () if columns is None else self._holds[columns].indices.tolist():
            paper = self.papers[column]
            surfaces, _ = written(f"{paper.title} . {paper.abstract}")
            flags[column] = all(parts(surface)[0].form != short for surface in surfaces)
        return flags

    @property
    def _is_learned(self) -> bool:
        return self.background.is_trained or bool(self.background.acronyms.entries)

    @cached_property
    def _own_acronyms(self) -> Acronyms:
        return Acronyms(tuple(sorted({entry for entries in self._definitions for entry in entries})))

    @cached_property
    def _definitions(self) -> Sequence[frozenset[Acronym]]:
        """What each paper itself says that acronyms stand for."""
        return [defined(f"{paper.title} . {paper.abstract}") for paper in self.papers]

    def _defined(self, acronym: Acronym) -> Flags:
        return np.array([acronym in entries for entries in self._definitions], np.bool_)

    def _defined_otherwise(self, acronym: Acronym) -> Flags:
        flags = np.zeros(len(self.papers), np.bool_)
        for column in self._holding_sign(f"({acronym.short}".casefold()):
            paper = self.papers[column]
            entries = defined(f"{paper.title} . {paper.abstract}")
            flags[column] = any(acronym.is_contradicted_by(entry) for entry in entries)
        return flags

    def _holding_sign(self, sign: str) -> list[int]:
        """Return the papers in whose abstracts a parenthesis begins like this, in lower case."""
        first, last = (bisect_left(self._parentheses, (text, -1)) for text in (sign, sign + chr(sys.maxunicode)))
        return sorted({column for _, column in self._parentheses[first:last]})

    @cached_property
    def _parentheses(self) -> list[tuple[str, int]]:
        """How each parenthesis of an abstract begins, in lower case, and of which paper it is; in order."""
        return sorted(
            (match[1], column)
            for column, paper in enumerate(self.papers)
            for match in _PARENTHESIS.finditer(paper.abstract.casefold())
        )

    def coverage(self, texts: Sequence[str]) -> Matrix:
        """Return texts × papers: the part of what each text asks for, weighed by idf, that each paper holds.

        Acronyms and what they stand for meet.
        """
        return self._units(texts).covered(self._holds)

    def coverages(self, texts: Sequence[str]) -> Coverages:
        """Return what papers hold of what each text asks for; acronyms and what they stand for meet."""
        synonyms = [self.synonyms(text) for text in texts]
        asked = self._asked([self._with_kin(text) for text in texts], synonyms)
        pairs = self._asked([neighbors(text) for text in texts], synonyms)
        has_pairs = np.diff(pairs.shares.indptr) > 0
        held = asked.held(self._holds)
        literal = asked.literally_covered(held)
        text, title = asked.covered(self._holds, held, literal), asked.covered(self._title_holds)
        for row, columns in self._named_in_titles(texts):
            text[row, columns] = title[row, columns] = 1.0
        return Coverages(
            text=text,
            literal=literal,
            title=title,
            near=np.where(has_pairs[:, None], pairs.covered(self._holds), 1.0),
            words=np.diff(asked.shares.indptr).astype(np.float64),
        )

    def _named_in_titles(self, texts: Sequence[str]) -> Iterator[tuple[int, Columns]]:
        """Yield topics' rows, and the papers whose titles name them by a rare word: “Hodge” for “Hodge theory”."""
        names = {row: name for row, text in enumerate(texts) if (name := without_general_word(text))}
        least = min(_RARE, self.background.idf.of_one_paper) - _ROUNDING
        rare = {row: name for row, name in names.items() if self._rarest(name) >= least}
        for row, held in zip(rare, self._units([*rare.values()]).covered(self._title_holds), strict=True):
            yield row, np.flatnonzero(held > 1 - _ROUNDING)

    def _rarest(self, text: str) -> float:
        return float(self.background.idf.of(columns_of([unit[0] for unit in units(text)])).max())

    def _units(self, texts: Sequence[str]) -> "_Units":
        return self._asked([self._with_kin(text) for text in texts], [self.synonyms(text) for text in texts])

    def _with_kin(self, text: str) -> Sequence[tuple[str, ...]]:
        """Return what a text asks for, with words of the same root beside each word; a name asks for its own words."""
        topic_units = units(text)
        return topic_units if is_name(text) else [(*unit, *self.background.kin(unit[0])) for unit in topic_units]

    def _asked(self, asked: Sequence[Sequence[tuple[str, ...]]], synonyms: Sequence[_Synonyms]) -> "_Units":
        terms = [columns_of(unit) for each in asked for unit in each]
        text = np.repeat(np.arange(len(asked)), [len(each) for each in asked])
        rarity = self.background.idf.of(np.array([columns[0] for columns in terms], np.int64))
        whole = np.bincount(text, rarity, minlength=len(asked))
        ends = np.cumsum([0, *map(len, asked)])
        shares = sp.csr_array((rarity / whole[text], np.arange(len(terms)), ends), shape=(len(asked), len(terms)))
        numbers = self.narrow.numbers_of(np.concatenate([np.zeros(0, np.int64), *terms]))
        starts = np.concatenate([[0], np.cumsum(numbers >= 0)])[np.cumsum([0, *map(len, terms)])]
        numbers = numbers[numbers >= 0]
        held = sp.csr_array((np.ones(len(numbers)), numbers, starts), shape=(len(terms), self.narrow.width))
        return _Units(shares, held, self._held_otherwise(asked, synonyms, ends))

    def _held_otherwise(
        self, asked: Sequence[Sequence[tuple[str, ...]]], synonyms: Sequence[_Synonyms], starts: Columns
    ) -> Sequence["_Held"]:
        return [
            _Held(row, [int(start) + n for n, unit in enumerate(each) if unit[0] in _replaced(synonym)], columns, flags)
            for row, (its, each, start) in enumerate(zip(synonyms, asked, starts, strict=False))
            for synonym, flags in its
            if (columns := self._narrow_columns(synonym.terms)) is not None
        ]

    def _narrow_columns(self, terms: Sequence[str]) -> Columns | None:
        """The narrow columns of terms; none where one of them is in no paper."""
        columns = self.narrow.numbers_of(columns_of(terms)).astype(np.int64)
        return columns if (columns >= 0).all() else None

    @cached_property
    def _holds(self) -> sp.csr_array:
        """Narrow columns × papers: one where the paper holds the term."""
        return _ones(sp.csr_array(self.narrow.rows(self._merged).T.tocsr()))

    @cached_property
    def _title_holds(self) -> sp.csr_array:
        """Narrow columns × papers: one where the paper's title holds the term."""
        titles = self.narrow.rows(merged(count_texts(paper.title for paper in self.papers)))
        return _ones(sp.csr_array(titles.T.tocsr()))


@dataclass(frozen=True)
class _Held:
    """Units of a text that papers hold in other words: all terms of these narrow columns, if they mean it by them."""

    text: int
    units: Sequence[int]
    columns: Columns
    means: Flags


@dataclass(frozen=True)
class _Units:
    """What texts ask for, unit by unit."""

    #: Texts × units: each unit's share of what its text asks for.
    shares: sp.csr_array
    #: Units × narrow columns: ones for the terms of which any will do.
    terms: sp.csr_array
    synonyms: Sequence[_Held]

    def literally_covered(self, held: sp.csr_array) -> Matrix:
        """Texts × papers: the share of units that are held in their own words."""
        return np.asarray((self.shares @ held).toarray())

    def covered(self, holds: sp.csr_array, held: sp.csr_array | None = None, literal: Matrix | None = None) -> Matrix:
        """Texts × papers: the share of units that are held, `holds` being narrow columns × papers.

        `held` and `literal` save making `held` and `literally_covered` again.
        """
        held = self.held(holds) if held is None else held
        covered = self.literally_covered(held) if literal is None else literal
        if not self.synonyms:
            return covered
        covered, coverage_by_unit = covered.copy(), dict[int, Vector]()
        for synonym in self.synonyms:
            flags = holding_each(holds, [[column] for column in synonym.columns.tolist()]) & synonym.means
            for unit in synonym.units if flags.any() else ():
                before = coverage_by_unit[unit] if unit in coverage_by_unit else _row(held, unit)
                coverage_by_unit[unit] = np.where(flags, 1.0, before)
                # Units are numbered text after text, as their shares are.
                covered[synonym.text] += self.shares.data[unit] * (coverage_by_unit[unit] - before)
        return covered

    def held(self, holds: sp.csr_array) -> sp.csr_array:
        """Units × papers: ones where any of a unit's terms is held."""
        counts = sp.csr_array(self.terms @ holds)
        counts.data = np.minimum(counts.data, 1.0)
        return counts


def _replaced(synonym: Synonym) -> frozenset[str]:
    """Return the words and pairs that a synonym stands for."""
    return synonym.instead_of.union(pair[0] for pair in neighbors(synonym.named))


def _row(rows: sp.csr_array, row: int) -> Vector:
    inside, dense = slice(rows.indptr[row], rows.indptr[row + 1]), np.zeros(rows.shape[1])
    dense[rows.indices[inside]] = rows.data[inside]
    return dense


def _ones(rows: sp.csr_array) -> sp.csr_array:
    return sp.csr_array((np.ones_like(rows.data), rows.indices, rows.indptr), shape=rows.shape)


def build(
    papers: Sequence[Paper],
    *,
    background: Background | None = None,
    counts: sp.csr_array | None = None,
    dense: Matrix | None = None,
    ids: Sequence[int] = (),
) -> Features:
    """Return the features of papers; the order they are given in does not matter.

    Without a background the papers are their own. `counts` and `dense` are rows in the papers' order that have been
    computed before, `ids` the papers' internal ids in that order, where they are in a database.
    """
    order = sorted(range(len(papers)), key=lambda n: str(papers[n].id))
    ordered = tuple(papers[n] for n in order)
    counted = count(ordered) if counts is None else sp.csr_array(counts[order])
    known = background or fit(ordered, counts=counted)
    vectors = None if dense is None else dense[order]
    numbers = tuple(ids[n] for n in order) if ids else (0,) * len(ordered)
    return Features(ordered, tuple(str(paper.id) for paper in ordered), counted, known, vectors, numbers)
