"""Early signals against later ones."""

import datetime as dt
from dataclasses import replace

import pytest

from dailypapers.domain.paper import Paper, PaperId, Signals
from dailypapers.evaluation.forecast import LEAST_PAPERS, Listing, Reading, compare_forecasts

DAY = dt.date(2026, 4, 20)
START = dt.datetime(2026, 4, 20, tzinfo=dt.UTC)


def listing(n: int, upvotes: int) -> Listing:
    return Listing(Paper(PaperId("arxiv", f"2604.{n:05}"), f"Paper {n}"), DAY, Signals(upvotes))


def reading(n: int, hours: int, upvotes: int) -> Reading:
    return Reading(f"arxiv:2604.{n:05}", START + dt.timedelta(hours=hours), upvotes)


def test_what_is_known_next_morning_foretells_better_than_the_listing() -> None:
    many = 12
    listings = [listing(n, n) for n in range(many)]
    readings = [reading(n, 25, 100 - n) for n in range(many)] + [reading(n, 170, 300 - 5 * n) for n in range(many)]
    first, morning, ours = compare_forecasts(listings, readings)
    assert first.ndcg < morning.ndcg == ours.ndcg == 1
    assert (first.ahead, first.days) == (0, 1)
    assert morning.ahead == pytest.approx(1 - first.ndcg)


def test_days_and_papers_without_all_three_counts_are_left_out() -> None:
    few = [listing(n, n) for n in range(LEAST_PAPERS)]
    full = [reading(n, hours, n) for n in range(LEAST_PAPERS) for hours in (30, 150)]
    assert compare_forecasts(few, full)[0].days == 1
    assert compare_forecasts(few[1:], full) == []
    assert compare_forecasts(few, full[1:]) == []
    assert compare_forecasts(few, [replace(one, at=one.at + dt.timedelta(days=30)) for one in full]) == []
