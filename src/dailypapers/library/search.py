"""Search: the index of all papers, stored up in the background, and what it answers to anybody.

    text | query | candidates from the index | loaded | ranked | one page with its reasons

Answering only reads. `refresh` writes, and is called from a thread or a job of its own, never by a request.
"""

import datetime as dt
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
import structlog

from dailypapers.domain.digest import Entry, Reason, TermKind
from dailypapers.domain.i18n import N_, Translator, untranslated
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.text import one_line
from dailypapers.errors import BadPaperId
from dailypapers.library.gc_freeze import freeze
from dailypapers.library.learn import newest
from dailypapers.ranking.corpus.background import Background
from dailypapers.ranking.corpus.serialization import pack_frequencies, unpack_frequencies
from dailypapers.ranking.index.inverted import Found, Index, TermFrequencies, by, counted
from dailypapers.ranking.index.query import MOST_LETTERS, Query, parse
from dailypapers.ranking.index.search import Candidates, Ranked, candidates, holds, passes, ranked, untaught
from dailypapers.ranking.profile import is_foreign
from dailypapers.store import models as knowledge
from dailypapers.store import papers
from dailypapers.store.database import reading, writing

log = structlog.get_logger()

#: How many papers, by their ids, are counted and stored together.
PART = 2000
#: Results on a page.
SHOWN = 20
#: Maximum papers of one author that are loaded to tell whether a query is a name.
_MOST_BY = 100
#: Maximum characters of a text that may be an id, or an address with one in it.
_LONGEST_NAME = 300
_NAME_WORDS = range(2, 5)


@dataclass(frozen=True)
class _Snapshot:
    """What is searched; it never changes, a newer one takes its place."""

    index: Index = field(default_factory=Index)
    #: The last paper's id that is in the index, and that was there when it was last looked.
    upto: int = 0
    known: int = 0
    #: What the ranking knows of papers in general, and since which edition.
    background: Background | None = None
    learned: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of what was found, or why there is nothing."""

    #: found, empty (nothing was asked), wordless, foreign (nothing that could be looked for), nothing, preparing.
    state: str
    query: Query = field(default_factory=Query)
    entries: tuple[Entry, ...] = ()
    #: How many papers hold any of the words, how many of them are listed, and this page of how many.
    total: int = 0
    listed: int = 0
    page: int = 1
    pages: int = 1
    #: The name that was asked for of a paper, where it is one; whether we know it.
    name: str = ""
    known: bool = False
    #: Whether no paper holds the phrases word for word.
    loose: bool = False
    #: How many of how many papers can be found by now.
    indexed: int = 0
    papers: int = 0


_SAID = {
    TermKind.WORDS: N_("Matches {text}"),
    TermKind.CLOSE: N_("Related: {text}"),
    TermKind.PHRASE: N_("Contains “{text}”"),
    TermKind.AUTHOR: N_("By {text}"),
}


@dataclass(frozen=True, slots=True)
class Match:
    """Why a paper was found: what it holds of what was asked for."""

    reason: Reason

    def __str__(self) -> str:
        return self.sentence()

    def sentence(self, translate: Translator = untranslated) -> str:
        """Return the terms that were asked for, in words."""
        terms = [term for term in self.reason.terms if term.text and term.kind in _SAID]
        terms.sort(key=lambda term: list(_SAID).index(term.kind))
        return " · ".join(translate(_SAID[term.kind]).format(text=term.text) for term in terms)


class Finder:
    """Answers searches of all papers in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._snapshot = _Snapshot()
        self._one = threading.Lock()

    def keep_up(self, stop: threading.Event, *, every: float = 60.0) -> None:
        """Take in new papers until stopped; what fails is logged and tried again."""
        while not stop.is_set():
            try:
                self.refresh(stop)
            # This is the boundary of a thread: whatever it was, the next round tries again.
            except Exception:
                log.exception("search index broke")
            stop.wait(every)

    def refresh(self, stop: threading.Event | None = None) -> int:
        """Take in the papers that have come since, keeping their counts; returns how many papers can be found."""
        with self._one:
            with reading(self._engine) as tx:
                last, learned = papers.last_id(tx), knowledge.newest_edition(tx)
            before = self._snapshot
            self._snapshot = replace(self._snapshot, known=last)
            for number in range(self._snapshot.upto // PART, last // PART):
                if stop and stop.is_set():
                    return len(self._snapshot.index)
                self._take_part(number)
            if self._snapshot.upto < last:
                self._grow(self._count(self._snapshot.upto, last), last)
            self._learn(learned, grown=len(self._snapshot.index) != len(before.index))
            if self._snapshot.index is not before.index or self._snapshot.background is not before.background:
                freeze(len(self._snapshot.index))
            return len(self._snapshot.index)

    def _take_part(self, number: int) -> None:
        """Take a whole part, of which the first papers may be in the index already."""
        first, last = number * PART, (number + 1) * PART
        with reading(self._engine) as tx:
            stored = knowledge.part(tx, number)
        if stored is None:
            frequencies = self._count(first, last)
            with writing(self._engine) as tx:
                knowledge.keep_part(tx, number, pack_frequencies(frequencies))
        else:
            frequencies = unpack_frequencies(stored)
        self._grow(frequencies if self._snapshot.upto == first else self._count(self._snapshot.upto, last), last)

    def _count(self, after: int, upto: int) -> TermFrequencies:
        with reading(self._engine) as tx:
            return counted(list(papers.between(tx, after, upto).values()))

    def _grow(self, frequencies: TermFrequencies, upto: int) -> None:
        index = self._snapshot.index.grown(frequencies) if frequencies.keys else self._snapshot.index
        # Until more is known, the first papers tell which words are rare.
        background = self._snapshot.background or (untaught(index) if len(index) else None)
        self._snapshot = replace(self._snapshot, index=index, upto=upto, background=background)

    def _learn(self, learned: int, *, grown: bool) -> None:
        """Take what was learned last; where nothing was, the newest papers tell which words are rare."""
        if learned and learned == self._snapshot.learned:
            return
        background = newest(self._engine).background if learned else None
        if background is None and (grown or self._snapshot.background is None):
            background = untaught(self._snapshot.index)
        if background is not None:
            self._warm(replace(self._snapshot, background=background, learned=learned))

    def _warm(self, snapshot: _Snapshot) -> None:
        """Put a snapshot in place once what a search needs of it has been computed, so that nobody waits for that."""
        last = snapshot.index.newest(None, 1)
        for _, paper in self._load(snapshot, last).values():
            query = Query(topic=paper.title)
            self._results(snapshot, query, candidates(snapshot.index, query), dt.datetime.min.replace(tzinfo=dt.UTC))
        self._snapshot = snapshot

    def answer(self, text: str, *, page: int = 1, now: dt.datetime) -> Answer:
        """Return a page of what a text finds, most relevant first. Never raises; the same papers, the same answer."""
        text = one_line(text)
        snapshot, query, named = self._snapshot, parse(text), _paper_id(text)
        blank = Answer("", query, indexed=len(snapshot.index), papers=max(snapshot.known, len(snapshot.index)))
        if named:
            return self._about(snapshot, named, page, now, replace(blank, query=Query(), name=named.value))
        if query.empty or query.wordless:
            return replace(blank, state="empty" if query.empty else "wordless")
        if snapshot.background is None:
            return replace(blank, state="preparing")
        return self._found(snapshot, self._with_author(snapshot, query), page, now, blank)

    def _found(self, snapshot: _Snapshot, query: Query, page: int, now: dt.datetime, blank: Answer) -> Answer:
        matches = candidates(snapshot.index, query, background=snapshot.background)
        results = self._results(snapshot, query, matches, now)
        if not results.papers:
            return replace(
                blank,
                state="foreign" if query.topic and is_foreign(Interest(InterestKind.TOPIC, query.topic)) else "nothing",
            )
        loose = not holds(results.papers[0], query.phrases)
        answer = replace(blank, state="found", query=query, total=matches.total, loose=loose)
        return self._page(results, (), page, answer)

    def _about(self, snapshot: _Snapshot, name: PaperId, page: int, now: dt.datetime, blank: Answer) -> Answer:
        """Return the paper of this name, and those that are like it."""
        with reading(self._engine) as tx:
            paper_id = papers.named(tx, str(name))
            paper = papers.by_id(tx, [paper_id])[paper_id] if paper_id else None
        if paper is None or paper_id is None:
            return replace(blank, state="nothing")
        like = Query(topic=paper.title[:MOST_LETTERS])
        matches = candidates(snapshot.index, like, background=snapshot.background)
        results = self._results(snapshot, like, matches, now, without=str(paper.id))
        return self._page(results, (paper_id,), page, replace(blank, state="found", total=matches.total, known=True))

    def _with_author(self, snapshot: _Snapshot, query: Query) -> Query:
        """Return the query with what it says as an author too, where there is somebody of that name."""
        if query.filters or query.phrases or len(query.topic.split()) not in _NAME_WORDS:
            return query
        by_author = replace(query, authors=(query.topic,), topic="")
        flags = snapshot.index.any_fact(by(query.topic))
        loaded = self._load(snapshot, snapshot.index.newest(flags, _MOST_BY))
        return by_author if any(passes(by_author, paper) for _, paper in loaded.values()) else query

    def _load(self, snapshot: _Snapshot, matches: Found) -> dict[int, tuple[int, Paper]]:
        """Return the papers in these places by id; those that have turned out to be another one since are left out."""
        keys = {int(place): snapshot.index.key(int(place)) for place in matches.places}
        with reading(self._engine) as tx:
            ids = papers.ids_by_name(tx, keys.values())
            loaded = papers.by_id(tx, set(ids.values()))
        named = {place: (ids[key], loaded[ids[key]]) for place, key in keys.items() if key in ids}
        return {place: (paper_id, paper) for place, (paper_id, paper) in named.items() if str(paper.id) == keys[place]}

    def _results(
        self, snapshot: _Snapshot, query: Query, matches: Found, now: dt.datetime, *, without: str = ""
    ) -> Ranked:
        loaded = {
            place: (paper_id, paper)
            for place, (paper_id, paper) in self._load(snapshot, matches).items()
            if passes(query, paper) and str(paper.id) != without
        }
        scores = dict(zip(matches.places.tolist(), matches.scores.tolist(), strict=True))
        chosen = Candidates(
            papers=tuple(paper for _, paper in loaded.values()),
            counts=snapshot.index.counts(loaded),
            words=[scores[place] for place in loaded],
            ids=tuple(paper_id for paper_id, _ in loaded.values()),
        )
        return ranked(query, chosen, snapshot.background or untaught(snapshot.index), now=now)

    def _page(self, results: Ranked, first: Sequence[int], page: int, answer: Answer) -> Answer:
        listed = [*first, *results.ids]
        pages = max(-(-len(listed) // SHOWN), 1)
        page = min(max(page, 1), pages)
        numbers = range((page - 1) * SHOWN, min(page * SHOWN, len(listed)))
        ranks = [place - len(first) for place in numbers if place >= len(first)]
        reasons: list[Match | str] = [""] * (len(numbers) - len(ranks))
        reasons += map(Match, results.reasons(ranks))
        entries = self._entries([listed[place] for place in numbers], reasons)
        return replace(answer, entries=entries, listed=len(listed), page=page, pages=pages)

    def _entries(self, paper_ids: Sequence[int], reasons: Sequence[Match | str]) -> tuple[Entry, ...]:
        with reading(self._engine) as tx:
            listed = papers.of_delivery(tx, sorted(paper_ids))
        return tuple(
            Entry(
                listed[key].paper,
                reason,
                listed[key].sources,
                listed[key].signals,
                paper_id=key,
                presentation=listed[key].presentation,
            )
            for key, reason in zip(paper_ids, reasons, strict=True)
        )


def _paper_id(text: str) -> PaperId | None:
    if len(text) > _LONGEST_NAME:
        return None
    try:
        return PaperId.parse(text)
    except BadPaperId:
        return None
