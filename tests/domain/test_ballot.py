"""Ballots close at an hour of a weekday in a zone; of equally many votes those count that came first."""

import datetime as dt

import pytest

from dailypapers.domain.ballot import CastVote, choice, closing
from dailypapers.domain.subscriber import Rhythm

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)


def at(*votes: tuple[int, int]) -> list[CastVote]:
    return [CastVote(n, paper, NOW + dt.timedelta(minutes=minute)) for n, (paper, minute) in enumerate(votes)]


@pytest.mark.parametrize(
    ("votes", "paper", "count"),
    [
        (at((7, 1)), 7, 1),
        (at((7, 1), (8, 2), (8, 3)), 8, 2),
        (at((7, 1), (8, 2), (8, 3), (7, 4)), 8, 2),
        (at((8, 1), (7, 1)), 7, 1),
    ],
)
def test_most_votes_win_and_of_equal_ones_those_that_were_there_first(
    votes: list[CastVote], paper: int, count: int
) -> None:
    chosen = choice(votes, now=NOW)
    assert chosen
    assert (chosen.paper_id, chosen.votes) == (paper, count)


def test_nobody_voted() -> None:
    assert choice([], now=NOW) is None


def test_a_ballot_closes_at_the_groups_hour_in_its_zone() -> None:
    rhythm = Rhythm("Europe/Berlin", 7, frozenset({0}))
    assert closing(rhythm, None, after=NOW) is None
    assert closing(rhythm, 4, after=NOW) == dt.datetime(2026, 4, 24, 5, 0, tzinfo=dt.UTC)
    assert closing(rhythm, 0, after=NOW) == dt.datetime(2026, 4, 27, 5, 0, tzinfo=dt.UTC)
