"""Choose: what readers get from a pool of papers, by their wishes and votes; asked by compose, previews and search.

    wishes, votes, what they have | rank | two ranking variants interleaved where they are compared

Reads the store, keeps nothing.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from dailypapers.digests.candidates import CandidateSet
from dailypapers.domain.digest import Pick
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.subscriber import Amount, Subscriber
from dailypapers.domain.vote import Votes
from dailypapers.library.vectors import vectors
from dailypapers.ranking.embeddings.encoder import Encoder
from dailypapers.ranking.interleaving import is_sampled, team_draft
from dailypapers.ranking.rank import VARIANTS, Known, Reader, rank
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
    """What composing is told by the settings."""

    #: A paper must be relevant with this probability, for readers who state none.
    relevance: float
    window_days: int
    deadline: dt.timedelta
    encoder: Encoder | None = None
    #: A ranking variant to compare ours with, and for how large a part of the readers.
    compare: str = ""
    compare_share: float = 0.0


@dataclass(frozen=True, slots=True)
class ReaderContext:
    """Somebody who is to be served, subscribed or not: what they want, said of papers, and have already."""

    amount: Amount
    interests: tuple[Interest, ...] = ()
    votes: Votes = field(default_factory=Votes)
    already: frozenset[int] = frozenset()
    #: A name that is theirs for good, where they may take part in comparisons.
    name: str = ""
    #: So many papers that are trending outside their topics are chosen besides, and come last.
    outside: int = 0


def contexts(tx: sa.Connection, candidates: CandidateSet, readers: Sequence[Subscriber]) -> list[ReaderContext]:
    """Load what each subscriber wants, said of papers, and has already of these candidates; in the readers' order.

    What is trending outside their topics is to be chosen as well, marked so and last.
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
    engine: sa.Engine, pool: CandidateSet, asking: Sequence[ReaderContext], how: DigestOptions, *, now: dt.datetime
) -> list[tuple[Pick, ...]]:
    """Rank papers for each of these, in their order; most relevant first, each with its reason."""
    if not pool.listed:
        return [()] * len(asking)
    curve = pool.learned.calibration
    readers = [
        Reader(
            interests=one.interests,
            already=one.already,
            limit=one.amount.max_papers,
            threshold=curve.score_at(how.relevance if one.amount.relevance is None else one.amount.relevance),
            about=one.amount.about,
            liked=one.votes.liked,
            disliked=one.votes.disliked,
            explore=one.amount.explore,
            outside=one.outside,
        )
        for one in asking
    ]
    known = _known(engine, pool, asking)
    chosen = rank(pool.matcher, readers, known, now=now)
    if how.compare:
        sampled = [
            n for n, one in enumerate(asking) if one.name and is_sampled(f"compare {one.name}", how.compare_share)
        ]
        others = rank(pool.matcher, [readers[n] for n in sampled], known, now=now, variant=VARIANTS[how.compare])
        for n, other in zip(sampled, others, strict=True):
            names, seed = ("full", how.compare), f"{asking[n].name} {now:%Y-%m-%d}"
            chosen[n] = _compared(chosen[n], other, names=names, limit=readers[n].limit, seed=seed)
    return chosen


def _compared(
    one: Sequence[Pick], other: Sequence[Pick], *, names: tuple[str, str], limit: int, seed: str
) -> tuple[Pick, ...]:
    """Return both variants' picks in one list; what is trending outside one's topics is the same in both, and last."""
    interleaved = team_draft(picked_for(one), picked_for(other), names=names, limit=limit, seed=seed)
    met = {pick.paper for pick in interleaved}
    return (*interleaved, *(pick for pick in one if pick.outside and pick.paper not in met))


def picked_for(picks: Iterable[Pick]) -> tuple[Pick, ...]:
    """Of a reader's picks those that are there for their own wishes, not because others talk about them."""
    return tuple(pick for pick in picks if not pick.outside)


def why_skipped(amount: Amount, candidates: CandidateSet, picks: Sequence[Pick]) -> str:
    """Return why these picks are no digest for somebody who wants this much; empty where they are one."""
    picked = picked_for(picks)
    if len(picked) >= amount.least:
        return ""
    if picked:
        return TOO_FEW
    return NOTHING_RELEVANT if candidates.listed else NOTHING_NEW


def _known(engine: sa.Engine, pool: CandidateSet, asking: Sequence[ReaderContext]) -> Known:
    with reading(engine) as tx:
        ids = papers.ids_by_name(tx, _named(asking))
        loaded = papers.by_id(tx, set(ids.values()))
    encoder = pool.learned.encoder
    made = vectors(engine, encoder, loaded) if encoder and loaded else {}
    return Known(
        signals={str(item.paper.id): item.signals for item in pool.listed},
        examples={name: loaded[paper_id] for name, paper_id in ids.items()},
        vectors={name: made[paper_id] for name, paper_id in ids.items() if paper_id in made},
        recent=pool.recent() if any(one.amount.about for one in asking) else None,
    )


def _named(asking: Iterable[ReaderContext]) -> set[str]:
    named = {i.text for one in asking for i in one.interests if i.kind is InterestKind.PAPER}
    return named | {key for one in asking for key in (*one.votes.liked, *one.votes.disliked)}
