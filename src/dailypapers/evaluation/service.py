"""What the service itself has seen, read from its store: its days and votes as a study, and votes on variants."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from dailypapers.evaluation.measures import interval
from dailypapers.evaluation.protocol import Reader, Study
from dailypapers.store import editions, papers, subscribers, votes
from dailypapers.store.database import reading

_NEVER_ANNOUNCED = "0000-00-00"
#: Votes read for one comparison; the interval over so many is narrower than anybody needs.
_MOST_VOTES = 1_000_000


def read_study(engine: sa.Engine) -> Study:
    """Return closed editions as the days to test, and the subscribers who voted as readers, named by their ids."""
    with reading(engine) as tx:
        ids = [reader.id for reader in subscribers.every(tx)]
        interests, cast = subscribers.interests_of(tx, ids), votes.of_subscribers(tx, ids)
        days = {edition.id: edition.day.isoformat() for edition in editions.every(tx)}
        first_editions = papers.first_editions(tx)
        by_id = papers.every(tx)
    day_of = {str(paper.id): days.get(first_editions.get(n, 0), _NEVER_ANNOUNCED) for n, paper in by_id.items()}
    readers = tuple(
        Reader(str(n), interests[n], frozenset(cast[n].liked), frozenset(cast[n].disliked)) for n in ids if n in cast
    )
    return Study({str(paper.id): paper for paper in by_id.values()}, day_of, readers, tuple(sorted(days.values())))


#: The ranking variant that added the paper to an interleaved list, and whether the vote was for it.
VariantVote = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class VariantVotes:
    """One of two interleaved ranking variants: how many of its picks were voted for and against."""

    variant: str
    liked: int
    disliked: int
    #: Its part of all votes for papers, with the 95 % interval over votes.
    share: float
    low: float
    high: float


def read_votes(engine: sa.Engine, *, since: dt.datetime) -> list[VariantVote]:
    """Return the votes on interleaved lists, newest first."""
    with reading(engine) as tx:
        cast = votes.on_picks(tx, since=since, limit=_MOST_VOTES)
    return [(variant, liked) for _, liked, variant in cast if variant]


def votes_by_variant(cast: Sequence[VariantVote]) -> list[VariantVotes]:
    """Count votes by ranking variant, in the order of their names; there must be one for a paper."""
    return [_votes_of(variant, cast) for variant in sorted({variant for variant, _ in cast})]


def _votes_of(variant: str, cast: Sequence[VariantVote]) -> VariantVotes:
    own = [float(whose == variant) for whose, liked in cast if liked]
    against = sum(1 for whose, liked in cast if not liked and whose == variant)
    return VariantVotes(variant, int(sum(own)), against, sum(own) / len(own), *interval(own))
