"""Matches: what each different interest of many readers makes of each paper, computed once however many share it.

A topic is taken to mean what it finds in the library (`background`), and what it says itself; a paper means itself.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import pairwise
from operator import attrgetter
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from dailypapers.domain.category import codes_of
from dailypapers.domain.institution import institution_key
from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.paper import Paper
from dailypapers.domain.person import is_same_person, name_keys
from dailypapers.ranking.corpus.background import Background
from dailypapers.ranking.corpus.frequencies import (
    Columns,
    Floats,
    Matrix,
    Vector,
    count,
    count_texts,
    count_words,
    merged,
    weigh,
)
from dailypapers.ranking.embeddings.encoder import Encoder
from dailypapers.ranking.features import Coverages, Features
from dailypapers.ranking.relevance import by_likeness, relevance
from dailypapers.ranking.relevance import parts as relevance_parts
from dailypapers.ranking.text.topics import head, unframed
from dailypapers.ranking.text.words import content_words
from dailypapers.ranking.topic_scores import TopicScores

#: What a topic's own words count beside those of the papers it found.
DIRECT = 0.2
#: A topic that is excluded keeps out what matches it this much; other kinds match wholly or not at all.
EXCLUDED_AT = 0.15


Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Source:
    """What an interest holds, in narrow columns: its own, and for a topic the papers of the library that it finds."""

    columns: npt.NDArray[np.int32]
    found: npt.NDArray[np.int32]
    shares: Floats


@dataclass(frozen=True, slots=True)
class MatchRows:
    """One row for each interest that is a part of a subject."""

    #: × papers: cosines of terms; and × the background's sample, which says what is usual, and its mean.
    term_cosines: Floats
    null_cosines: Floats
    mean_null_cosine: Vector
    #: × dimensions, × categories of the papers and what is usual, × dimensions of the encoder.
    latent_vectors: Matrix
    category_vectors: Matrix
    centred_embeddings: Matrix
    #: The vectors themselves, not measured from their mean; a topic stands where its own words do, not what it finds.
    raw_embeddings: Matrix
    #: × papers, × the sample: cosines of an encoder's vectors, for papers; topics and no encoder have none.
    embedding_cosines: Floats
    null_embedding_cosines: Floats
    #: Whether it is a paper that an encoder has placed.
    has_embedding: Flags
    #: × papers: how likely a paper is about a topic, as far as its words tell; zeros for papers.
    relevance: Floats
    #: How much of the rest is likeness: all for papers, nothing for topics of few words.
    by_likeness: Vector
    #: One for a paper; for a topic less, the more papers it is spread over.
    participation_ratio: Vector

    def at(self, places: Columns) -> "MatchRows":
        """Return a copy of the rows in these places."""
        return MatchRows(*(array[places] for array in _arrays(self)))

    def grown(self, used: int, added: "MatchRows") -> "MatchRows":
        """Return these rows, of which so many are in use, followed by others.

        Room grows by doubling, so that many small additions cost no more than one large one.
        """
        return MatchRows(
            *(_grown(array, used, more) for array, more in zip(_arrays(self), _arrays(added), strict=True))
        )


def _arrays(rows: MatchRows) -> Iterator[npt.NDArray[Any]]:
    return (getattr(rows, each.name) for each in fields(rows))


def _grown(array: npt.NDArray[Any], used: int, more: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if used + len(more) > len(array):
        room = np.zeros((max(used + len(more), 2 * used), *more.shape[1:]), more.dtype)
        room[:used] = array[:used]
        array = room
    array[used : used + len(more)] = more
    return array


@dataclass(frozen=True)
class Matches:
    """What some interests make of papers, one row each, and one for each fact.

    The rows of interests are those of everything that was ever matched: a copy of those asked for would cost as much as
    to score by them.
    """

    #: The row of each interest; and of each row the place where it stands among those `kept`.
    rows: Mapping[Interest, int]
    places: Columns
    kept: MatchRows
    #: What topics score by themselves, by the variant that they are scored by.
    topic_scores: dict[object, TopicScores]
    facts: Mapping[Interest, int]
    #: Facts × papers, ones.
    held: sp.csr_array
    #: What interests hold, in words.
    sources: Mapping[Interest, Source]

    @cached_property
    def own(self) -> MatchRows:
        """The interests' rows, copied."""
        return self.kept.at(self.places)

    def placed(self, shares: sp.csr_array, dtype: type[np.floating[Any]] = np.float64) -> sp.csr_array:
        """Return subjects × interests as subjects × what is kept, for products with that.

        Entries stay in the interests' order, so that sums do not depend on who asked before.
        """
        entries = (shares.data.astype(dtype), self.places[shares.indices], shares.indptr)
        return sp.csr_array(entries, shape=(shares.shape[0], len(self.kept.by_likeness)))

    @cached_property
    def is_topic(self) -> Flags:
        """Whether it is a topic, and no paper."""
        return np.array([interest.kind is InterestKind.TOPIC for interest in self.rows], np.bool_)

    @cached_property
    def true_of(self) -> Mapping[Interest, frozenset[int]]:
        """The papers of which each fact is true."""
        held = np.split(self.held.indices, self.held.indptr[1:-1])
        return {fact: frozenset(held[row].tolist()) for fact, row in self.facts.items()}


#: Sums of floats depend on their order; this one is the same whoever else is in the batch.
_ORDER = attrgetter("text", "kind", "stance")
#: So many interests are remembered; a row of a thousand papers takes some eight kilobytes.
MOST_KEPT = 60_000
#: So many are matched at a time; larger arrays fall out of the processor's cache, and are new memory each time.
_AT_A_TIME = 512


class Matcher:
    """Matches interests against one set of papers, and each of them once, however many readers share it.

    `examples` are papers by the names interests give them, `vectors` what an encoder makes of them.
    """

    def __init__(self, features: Features, encoder: Encoder | None = None) -> None:
        self.features, self.encoder = features, encoder
        self._place: dict[Interest, int] = {}
        self._sources: dict[Interest, Source] = {}
        self._kept: MatchRows | None = None
        self._topic_scores: dict[object, TopicScores] = {}
        self._facts: dict[Interest, Columns] = {}

    def __len__(self) -> int:
        """How many interests are remembered."""
        return len(self._place) + len(self._facts)

    def of(
        self,
        parts: Iterable[Interest],
        facts: Iterable[Interest],
        *,
        examples: Mapping[str, Paper],
        vectors: Mapping[str, Vector] = MappingProxyType({}),
    ) -> Matches:
        """Return the matches of these interests, one row each."""
        wanted = sorted(set(parts), key=_ORDER)
        places = [self._place.get(interest, -1) for interest in wanted]
        new = [interest for interest, place in zip(wanted, places, strict=True) if place < 0]
        if len(self._place) + len(new) > MOST_KEPT:
            self._place, self._kept, self._sources, self._topic_scores, new = {}, None, {}, {}, wanted
        if new or self._kept is None:
            kept = self._keep(new, *_matched(self, new, examples, vectors))
            places = [self._place[interest] for interest in wanted]
        else:
            kept = self._kept
        checked = sorted(set(facts))
        return Matches(
            rows={interest: row for row, interest in enumerate(wanted)},
            places=np.array(places, np.int64),
            kept=kept,
            topic_scores=self._topic_scores,
            facts={fact: row for row, fact in enumerate(checked)},
            held=self._held(checked),
            sources=self._sources,
        )

    def _keep(self, new: Sequence[Interest], rows: MatchRows, sources: Sequence[Source]) -> MatchRows:
        self._sources.update(zip(new, sources, strict=True))
        used = len(self._place)
        self._kept = rows if self._kept is None else self._kept.grown(used, rows)
        self._place.update((interest, used + row) for row, interest in enumerate(new))
        return self._kept

    def _held(self, facts: Sequence[Interest]) -> sp.csr_array:
        for fact in facts:
            if fact not in self._facts:
                self._facts[fact] = np.array(sorted(_matching(self.features, fact)), np.int64)
        columns = [self._facts[fact] for fact in facts]
        starts = np.cumsum([0, *map(len, columns)])
        indices = np.concatenate([np.zeros(0, np.int64), *columns])
        return sp.csr_array((np.ones(len(indices)), indices, starts), shape=(len(facts), len(self.features.papers)))


def _matched(
    matcher: Matcher, new: Sequence[Interest], examples: Mapping[str, Paper], vectors: Mapping[str, Vector]
) -> tuple[MatchRows, list[Source]]:
    """Return the rows and sources of interests, in their order."""
    features = matcher.features
    topics = [n for n, interest in enumerate(new) if interest.kind is InterestKind.TOPIC]
    papers = [n for n, interest in enumerate(new) if interest.kind is not InterestKind.TOPIC]
    matched = [
        (some, _of_topics(features, [unframed(new[n].text) for n in some], matcher.encoder))
        for some in _in_parts(topics)
    ]
    for some in _in_parts(papers):
        names = [new[n].text for n in some]
        named_papers = [examples[name] for name in names]
        matched.append((some, _of_papers(features, named_papers, [vectors.get(name) for name in names])))
    places = [n for some, _ in matched for n in some]
    sources = dict(zip(places, (source for _, (_, theirs) in matched for source in theirs), strict=True))
    rows = (_merged(places, arrays) for arrays in zip(*(theirs for _, (theirs, _) in matched), strict=True))
    return MatchRows(*rows), [sources[n] for n in range(len(new))]


def _in_parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield some numbers at a time, and none where there are none: their arrays have a shape all the same."""
    for start in range(0, max(len(numbers), 1), _AT_A_TIME):
        yield numbers[start : start + _AT_A_TIME]


def _merged(places: Sequence[int], arrays: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """Return the rows of these arrays, one array after another, in the places given."""
    rows = np.empty((len(places), *arrays[0].shape[1:]), np.result_type(*arrays))
    first = 0
    for array in arrays:
        rows[places[first : first + len(array)]] = array
        first += len(array)
    return rows


def _sources(features: Features, own: sp.csr_array, found: sp.csr_array | None = None) -> list[Source]:
    """Return the sources of texts, by their own weights, and of topics by what they find in the library."""
    narrow = features.narrow.rows(own)
    columns, ends = narrow.indices.astype(np.int32), narrow.indptr.tolist()
    held = [columns[start:end] for start, end in pairwise(ends)]
    if found is None:
        return [Source(each, _NOTHING, _NO_SHARES) for each in held]
    papers, shares, ends = found.indices.astype(np.int32), found.data.astype(np.float32), found.indptr.tolist()
    return [
        Source(each, papers[start:end], shares[start:end])
        for each, (start, end) in zip(held, pairwise(ends), strict=True)
    ]


_Rows = list[npt.NDArray[Any]]
_NOTHING, _NO_SHARES = np.zeros(0, np.int32), np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True)
class _Topics:
    """Topics with what they find in the background, one row each."""

    features: Features
    #: Term frequencies.
    counts: sp.csr_array
    #: Topics × papers of the library: shares of their feedback documents.
    found: sp.csr_array
    held: Coverages
    latent: Matrix
    categories: Matrix
    ratio: Vector
    #: What an encoder makes of them; nothing where there is none.
    vectors: Matrix | None

    @classmethod
    def of(cls, features: Features, texts: Sequence[str], encoder: Encoder | None) -> "_Topics":
        """Look topics up in the background."""
        background, counts = features.background, count_texts(texts)
        is_encoded = encoder and background.dense_space and features.dense is not None and texts
        vectors = encoder.encode(texts).astype(np.float64) if encoder and is_encoded else None
        found = background.found(texts, counts, vectors)
        return cls(
            features,
            counts,
            found,
            features.coverages(texts),
            latent=np.asarray(found @ background.latent_vectors),
            categories=features.category_pull(np.asarray(found @ background.category_vectors)),
            ratio=np.where(np.diff(found.indptr) > 0, np.asarray(found.multiply(found).sum(axis=1)).ravel(), 1.0),
            vectors=vectors,
        )

    def relevance(self) -> Floats:
        """Return topics × papers: relevance as far as it does not depend on likeness."""
        made_of = relevance_parts(
            self.features,
            self.held,
            latent=self.latent,
            categories=self.categories,
            ratio=self.ratio,
            vectors=self.vectors,
        )
        return relevance(self.features, made_of)


def _of_topics(features: Features, texts: Sequence[str], encoder: Encoder | None) -> tuple[_Rows, list[Source]]:
    """A topic's own cosine counts by the part of its words that a paper holds, as far as it is judged by these.

    Who asks for state space models is not served by every paper that speaks of a space or a model.
    """
    background = features.background
    topics = _Topics.of(features, texts, encoder)
    vectors = topics.vectors
    found, has_feedback = topics.found, np.diff(topics.found.indptr) > 0
    own = weigh(topics.counts, background.idf)
    likened = by_likeness(topics.held.words, is_encoded=vectors is not None)
    direct = features.term_cosines(own) * (likened[:, None] + (1 - likened[:, None]) * topics.held.literal)
    term_cosines = features.feedback_cosines(found) + np.where(has_feedback, DIRECT, 1.0)[:, None] * direct
    null_cosines = _null_cosines(features, found, own, has_feedback)
    centred_embeddings = np.asarray(found @ background.centred_embeddings)
    raw_embeddings = (
        centred_embeddings if vectors is None or not background.dense_space else background.dense_space.of(vectors)
    )
    rows: _Rows = [
        term_cosines.astype(np.float32),
        *_with_mean(null_cosines),
        topics.latent,
        topics.categories,
        centred_embeddings,
        raw_embeddings + _centre(background),
        *_embedding_cosines(features, np.zeros((len(texts), centred_embeddings.shape[1]))),
        _with_heads(topics, texts, likened, encoder),
        likened,
        topics.ratio,
    ]
    # A reason shows what of the topic's own words a paper holds.
    return rows, _sources(features, merged(topics.counts), found)


def _with_heads(topics: _Topics, texts: Sequence[str], likened: Vector, encoder: Encoder | None) -> Floats:
    """Return the relevance of topics, where one is a title with a colon at least that of what stands before it.

    "World models: planning" is within world models.
    """
    relevance = topics.relevance()
    rows = [row for row, text in enumerate(texts) if head(text)]
    if rows:
        wider = _Topics.of(topics.features, [head(texts[row]) for row in rows], encoder).relevance()
        relevance[rows] = np.maximum(relevance[rows], (1 - likened[rows, None]).astype(np.float32) * wider)
    return relevance


def _centre(background: Background) -> Matrix:
    """Return the mean of the library's vectors, as a row; a row of nothing where there are none."""
    return background.dense_space.centre[None, :] if background.dense_space else np.zeros((1, 0))


def _of_papers(
    features: Features, papers: Sequence[Paper], vectors: Sequence[Vector | None]
) -> tuple[_Rows, list[Source]]:
    background = features.background
    weights = weigh(count(papers), background.idf)
    latent_vectors = background.latent.of(count_words(papers)) if background.latent else np.zeros((len(papers), 0))
    category_vectors = features.category_pull(background.file([paper.categories for paper in papers]))
    centred_embeddings = np.zeros((len(papers), background.centred_embeddings.shape[1]))
    encoded = np.zeros(centred_embeddings.shape)
    for row, vector in enumerate(vectors):
        if vector is not None and background.dense_space:
            encoded[row], centred_embeddings[row] = vector, background.dense_space.of(vector)
    embedding_cosines = _embedding_cosines(features, encoded)
    term_cosines = features.term_cosines(weights).astype(np.float32)
    ones = np.ones(len(papers))
    rows: _Rows = [
        term_cosines,
        *_with_mean(_sampled(features, weights)),
        latent_vectors,
        category_vectors,
        centred_embeddings,
        centred_embeddings + _centre(background),
        *embedding_cosines,
        np.zeros(term_cosines.shape, np.float32),
        ones,
        ones,
    ]
    return rows, _sources(features, weights)


def _with_mean(null_cosines: Matrix) -> tuple[Floats, Vector]:
    cosines = null_cosines.astype(np.float32)
    return cosines, np.asarray(cosines.mean(axis=1, dtype=np.float64))


def _embedding_cosines(features: Features, vectors: Matrix) -> tuple[Floats, Floats, Flags]:
    """Return texts × papers, × the sample: cosines by an encoder, of no columns where there is none; and of which."""
    dense, background = features.dense, features.background
    if dense is None or background.dense is None or not background.dense_space:
        none = np.zeros((len(vectors), 0), np.float32)
        return none, none, np.zeros(len(vectors), np.bool_)
    cosines = (vectors @ dense.T).astype(np.float32)
    null_cosines = (vectors @ background.dense[background.sample].T).astype(np.float32)
    return cosines, null_cosines, np.asarray(null_cosines.any(axis=1))


def _null_cosines(features: Features, found: sp.csr_array, own: sp.csr_array, has_feedback: Flags) -> Matrix:
    """Return what is usual for a topic: for the papers it finds, or where it finds none, for its own words."""
    sampled = _sampled(features, own)
    if features.background.is_trained:
        sampled[has_feedback] = (found @ features.background.likeness).toarray()[has_feedback]
    return sampled


def _sampled(features: Features, rows: sp.csr_array) -> Matrix:
    """Return texts × the background's sample: cosines. Without a library nothing is known to be usual."""
    background = features.background
    if not background.is_trained:
        return np.zeros((rows.shape[0], 1))
    return np.asarray((background.sample_narrow.rows(rows) @ background.sample_by_term).toarray())


def _matching(features: Features, fact: Interest) -> set[int]:
    """Return the papers of which a fact is true."""
    if fact.kind is InterestKind.CATEGORY:
        return _in_category(features, fact.text)
    if fact.kind is InterestKind.AUTHOR:
        named = (author for key in name_keys(fact.text) for author in features.by_name_key.get(key, ()))
        return {column for column, author in named if is_same_person(fact.text, author)}
    if fact.kind is InterestKind.INSTITUTION:
        return {column for column, _ in features.by_institution.get(institution_key(fact.text), ())}
    if fact.kind is InterestKind.PHRASE:
        return set(features.phrases.holding(fact.text)).union(*_in_other_words(features, fact))
    if fact.kind is InterestKind.TOPIC:
        likeness = features.term_cosines(features.topic_vectors([fact.text])) * features.coverage([fact.text])
        return set(np.flatnonzero(likeness[0] > EXCLUDED_AT).tolist())
    return {column for column, key in enumerate(features.keys) if key == fact.text}


def _in_other_words(features: Features, fact: Interest) -> Iterator[set[int]]:
    """Papers that hold an unwanted phrase's acronym, or what that stands for; a wanted phrase means its own words."""
    if fact.stance is Stance.WANT:
        return
    for synonym, means in features.synonyms(fact.text):
        if synonym.instead_of == frozenset(content_words(fact.text)):
            other = synonym.acronym.long if len(synonym.words) > 1 else synonym.words[0]
            yield {column for column in features.phrases.holding(other) if means[column]}


def _in_category(features: Features, text: str) -> set[int]:
    """Return the papers in a category: `cs`, `cs.*`, `cs.LG`, and differences of sets such as `cs.LG − cs.CY`."""
    wanted, *taken = codes_of(text)
    inside = set(features.by_category.get(wanted, ()))
    return inside.difference(*(features.by_category.get(code, ()) for code in taken))
