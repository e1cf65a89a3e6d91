"""A group's weekly ballot: one vote a member, changeable until it closes; what comes first is its choice."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from dailypapers.domain.paper import Paper
from dailypapers.domain.subscriber import Rhythm

#: Of each digest of the week so many picks stand on the ballot; and papers in all, so that one page holds them.
TOP_PICKS, MOST_NOMINATED = 2, 12
WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class CastVote:
    """A member's vote, as it stands."""

    subscriber: int
    paper_id: int
    voted_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """What a group has chosen."""

    paper_id: int
    votes: int
    chosen_at: dt.datetime


@dataclass(frozen=True, slots=True)
class ChoiceEntry:
    """A choice with what is shown of it."""

    paper: Paper
    votes: int
    day: dt.date


def closing(rhythm: Rhythm, weekday: int | None, *, after: dt.datetime) -> dt.datetime | None:
    """Return when a group's ballot closes next: on its weekday, at its hour in its zone; `None` without a weekday."""
    return None if weekday is None else replace(rhythm, days=frozenset({weekday})).next_after(after)


def choice(votes: Iterable[CastVote], *, now: dt.datetime) -> Choice | None:
    """Return what most members voted for; of papers with equally many votes the one that had them first.

    `None` where nobody voted.
    """
    cast = sorted(votes, key=lambda vote: (vote.voted_at, vote.paper_id))
    counts = Counter(vote.paper_id for vote in cast)
    if not counts:
        return None
    complete_at = {vote.paper_id: vote.voted_at for vote in cast}
    first = min(counts, key=lambda paper: (-counts[paper], complete_at[paper], paper))
    return Choice(first, counts[first], now)
