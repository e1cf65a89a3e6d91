"""Choose: what readers get from a candidate set, by their preferences and votes; for compose and both previews.

    preferences, votes, what they already have | rank | two ranking variants interleaved where they are compared
    | on an empty day: what is trending instead, for readers who want that

Reads the store, writes nothing.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from dailypapers.digests.candidates import CandidateCache, CandidateSet
from dailypapers.digests.figures import FigureOptions
from dailypapers.digests.summarise import SummaryOptions
from dailypapers.domain.digest import Pick, QuietTopic, TermKind
from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.subscriber import Amount, OnEmpty, Subscriber
from dailypapers.domain.vote import Votes
from dailypapers.library.vectors import vectors
from dailypapers.ranking.embeddings.encoder import Encoder
from dailypapers.ranking.hints import misspelt
from dailypapers.ranking.interleaving import is_sampled, team_draft
from dailypapers.ranking.rank import VARIANTS, Known, Matcher, Reader, rank, topics_met
from dailypapers.ranking.rank import choose as choose_columns
from dailypapers.store import papers, subscribers, votes
from dailypapers.store.database import reading
from dailypapers.store.picks import already_sent

#: How many papers that are trending outside a reader's topics are shown below what was picked for them.
OUTSIDE = 3
#: Why there is no digest for somebody.
NOTHING_NEW = "no new papers"
NOTHING_RELEVANT = "no paper is relevant enough"
TOO_FEW = "fewer papers than the reader wants a mail for"


@dataclass(frozen=True, slots=True)
class DigestOptions:
    """What the settings say about composing."""

    #: A paper must be relevant with this probability, for readers who state none.
    relevance: float
    window_days: int
    deadline: dt.timedelta
    encoder: Encoder | None = None
    #: Which language model sums chosen papers up; none where a sentence of the abstract does.
    summaries: SummaryOptions | None = None
    #: How figures of chosen papers are fetched; none where nobody can see them.
    figures: FigureOptions | None = None
    #: A ranking variant to compare ours with, and for how large a part of the readers.
    variant: str = ""
    variant_share: float = 0.0

    @property
    def enriches(self) -> bool:
        """Whether anything is asked for about papers beside their words."""
        return self.summaries is not None or self.figures is not None

    def cache(self, engine: sa.Engine) -> CandidateCache:
        """Return what keeps the candidates of an edition for several who compose from it."""
        return CandidateCache(engine, self.encoder, window_days=self.window_days)


@dataclass(frozen=True, slots=True)
class ReaderContext:
    """Somebody to choose papers for, subscribed or not: what they want, how they voted, and what they already have."""

    amount: Amount
    interests: tuple[Interest, ...] = ()
    votes: Votes = field(default_factory=Votes)
    already: frozenset[int] = frozenset()
    #: A name that never changes, where they may take part in comparisons.
    name: str = ""
    #: How many papers that are trending outside their topics are chosen as well; they come last.
    outside: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for somebody."""

    #: Most relevant first, each with its reason; none on an empty day.
    picks: tuple[Pick, ...] = ()
    #: Their topics on which nothing came.
    quiet: tuple[QuietTopic, ...] = ()
    #: Whether nothing was relevant, and the picks are what is trending instead.
    instead: bool = False
    #: What may be meant by those of the quiet topics that are misspelt, in sentences.
    notes: tuple[str, ...] = ()


def load_contexts(tx: sa.Connection, candidates: CandidateSet, readers: Sequence[Subscriber]) -> list[ReaderContext]:
    """Load what each subscriber wants, how they voted, and what they already have of these candidates, in their order.

    Papers trending outside their topics are to be chosen as well, marked as such and last.
    """
    paper_ids = [item.paper_id for item in candidates.listed]
    ids = [reader.id for reader in readers]
    stated = subscribers.interests_of(tx, ids)
    already = already_sent(tx, ids, paper_ids)
    cast = votes.of_subscribers(tx, ids)
    return [
        ReaderContext(
            reader.amount,
            stated[reader.id],
            cast.get(reader.id, Votes()),
            already.get(reader.id, frozenset()),
            str(reader.id),
            OUTSIDE,
        )
        for reader in readers
    ]


def choose(
    engine: sa.Engine,
    candidates: CandidateSet,
    contexts: Sequence[ReaderContext],
    options: DigestOptions,
    *,
    now: dt.datetime,
) -> list[Choice]:
    """Choose from the candidates for each of these readers, in their order."""
    if not candidates.listed:
        return [Choice()] * len(contexts)
    readers = [_reader(one, candidates, options) for one in contexts]
    batch = _Batch(candidates.matcher, contexts, readers, _known(engine, candidates, contexts), now)
    choices = batch.ranked()
    if options.variant:
        batch.compare(choices, options)
    batch.fill_empty(choices)
    return choices


def _reader(context: ReaderContext, candidates: CandidateSet, options: DigestOptions) -> Reader:
    relevance = options.relevance if context.amount.relevance is None else context.amount.relevance
    return Reader(
        interests=context.interests,
        already=context.already,
        limit=context.amount.max_papers,
        threshold=candidates.learned.calibration.score_at(relevance),
        about=context.amount.about,
        liked=context.votes.liked,
        disliked=context.votes.disliked,
        explore=context.amount.explore,
        outside=context.outside,
    )


@dataclass(frozen=True, slots=True)
class _Batch:
    """Readers who are served together, each as preferences and votes, and as the ranking takes them."""

    matcher: Matcher
    contexts: Sequence[ReaderContext]
    readers: Sequence[Reader]
    known: Known
    now: dt.datetime

    def ranked(self) -> list[Choice]:
        """Return what is relevant to each."""
        choices: list[Choice] = []
        for part in choose_columns(self.matcher, self.readers, self.known, now=self.now):
            picks = part.picks()
            choices += [
                Choice(picked, quiet, notes=self._meant(quiet))
                for picked, quiet in zip(picks, part.quiet(picks), strict=True)
            ]
        return choices

    def _meant(self, quiet: Iterable[QuietTopic]) -> tuple[str, ...]:
        found = (misspelt(self.matcher.features, one.topic) for one in quiet)
        return tuple(hint.said for hint in found if hint)

    def compare(self, choices: list[Choice], options: DigestOptions) -> None:
        """Put the picks of sampled readers in one list with those of the other variant."""
        sampled = [n for n, one in enumerate(self.contexts) if _is_sampled(one, options.variant_share)]
        variant, readers = VARIANTS[options.variant], [self.readers[n] for n in sampled]
        others = rank(self.matcher, readers, self.known, now=self.now, variant=variant)
        for n, other in zip(sampled, others, strict=True):
            names, seed = ("full", options.variant), f"{self.contexts[n].name} {self.now:%Y-%m-%d}"
            picks = _interleaved(choices[n].picks, other, names=names, limit=self.readers[n].limit, seed=seed)
            met = topics_met(picks)
            quiet = tuple(one for one in choices[n].quiet if one.topic not in met)
            choices[n] = Choice(picks, quiet, notes=self._meant(quiet))

    def fill_empty(self, choices: list[Choice]) -> None:
        """Leave nothing to readers to whom nothing is relevant, or what is trending to those who want that instead."""
        empty = [n for n, choice in enumerate(choices) if not any(map(_is_relevant, choice.picks))]
        for n in empty:
            choices[n] = replace(choices[n], picks=())
        wanting = [n for n in empty if self.contexts[n].amount.on_empty is OnEmpty.TRENDING]
        trending = rank(self.matcher, [_without_topics(self.readers[n]) for n in wanting], self.known, now=self.now)
        for n, picks in zip(wanting, trending, strict=True):
            choices[n] = replace(choices[n], picks=picks, instead=bool(picks))


def _is_relevant(pick: Pick) -> bool:
    """Return whether a pick is there for what the reader wants, and not because others talk about it."""
    return not pick.outside and all(term.kind is not TermKind.ELSEWHERE for term in pick.reason.terms)


def _without_topics(reader: Reader) -> Reader:
    """Return a reader who gets what is trending, within their categories, but for what they do not want or know."""
    staying = (i for i in reader.interests if i.stance is not Stance.WANT or i.kind is InterestKind.CATEGORY)
    return Reader(
        interests=tuple(staying),
        already=reader.already,
        limit=reader.limit,
        disliked=(*reader.disliked, *reader.liked),
    )


def _is_sampled(context: ReaderContext, share: float) -> bool:
    """Return whether this reader's digests compare two variants; the same reader is always, or never, sampled."""
    return bool(context.name) and is_sampled(f"compare {context.name}", share)


def _interleaved(
    one: Sequence[Pick], other: Sequence[Pick], *, names: tuple[str, str], limit: int, seed: str
) -> tuple[Pick, ...]:
    """Return both variants' picks in one list, followed by what is trending outside, which does not depend on them."""
    interleaved = team_draft(picked_for(one), picked_for(other), names=names, limit=limit, seed=seed)
    papers_picked = {pick.paper for pick in interleaved}
    return (*interleaved, *(pick for pick in one if pick.outside and pick.paper not in papers_picked))


def picked_for(picks: Iterable[Pick]) -> tuple[Pick, ...]:
    """Return the picks that match a reader's own preferences, without those that are there because others vote."""
    return tuple(pick for pick in picks if not pick.outside)


def why_skipped(amount: Amount, candidates: CandidateSet, picks: Sequence[Pick]) -> str:
    """Return why these picks do not make a digest for somebody who wants this much; empty where they do."""
    picked = picked_for(picks)
    if len(picked) >= amount.least:
        return ""
    if picked:
        return TOO_FEW
    return NOTHING_RELEVANT if candidates.listed else NOTHING_NEW


def _known(engine: sa.Engine, candidates: CandidateSet, contexts: Sequence[ReaderContext]) -> Known:
    with reading(engine) as tx:
        ids = papers.ids_by_name(tx, _papers_named(contexts))
        loaded = papers.by_id(tx, set(ids.values()))
    encoder = candidates.learned.encoder
    by_id = vectors(engine, encoder, loaded) if encoder and loaded else {}
    return Known(
        signals={str(item.paper.id): item.signals for item in candidates.listed},
        examples={name: loaded[paper_id] for name, paper_id in ids.items()},
        vectors={name: by_id[paper_id] for name, paper_id in ids.items() if paper_id in by_id},
        recent=candidates.recent() if any(one.amount.about for one in contexts) else None,
    )


def _papers_named(contexts: Iterable[ReaderContext]) -> set[str]:
    examples = {i.text for one in contexts for i in one.interests if i.kind is InterestKind.PAPER}
    return examples | {key for one in contexts for key in (*one.votes.liked, *one.votes.disliked)}
