"""Forecast: what the world will make of a day's papers in a week, from what is known the next morning.

Three orders of each day's papers are compared by nDCG@10 with the order of their upvotes a week later (gain log2(1 +
upvotes)): by the upvotes at listing, by those of the next morning, and by our trending score of the next morning.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np

from dailypapers.domain.paper import Paper, Signals
from dailypapers.evaluation.measures import graded_ndcg, interval
from dailypapers.evaluation.protocol import ranked
from dailypapers.ranking.corpus.frequencies import Vector
from dailypapers.ranking.trending import trending

#: Hours after the listing's day began: the next morning; and days after it: a week later, as near to seven as can be.
MORNING, WEEK = (24, 36), (3, 11)
#: A day with fewer papers has no order to speak of.
LEAST_PAPERS = 8


@dataclass(frozen=True, slots=True)
class Listing:
    """A paper on the day it was listed, with what was counted then."""

    paper: Paper
    day: dt.date
    signals: Signals


@dataclass(frozen=True, slots=True)
class Reading:
    """A later count of a paper's upvotes."""

    paper: str
    at: dt.datetime
    upvotes: int


@dataclass(frozen=True, slots=True)
class Case:
    """One paper at its three times."""

    listing: Listing
    morning: Reading
    week: Reading


@dataclass(frozen=True, slots=True)
class ForecastQuality:
    """One order's nDCG@10, and how far it is above the baseline's, with its 95 % interval over days."""

    order: str
    days: int
    ndcg: float
    ahead: float
    low: float
    high: float


def compare_forecasts(listings: Sequence[Listing], readings: Sequence[Reading]) -> list[ForecastQuality]:
    """Return the quality of each order, the baseline first; empty where no day has papers enough with all counts."""
    days = [cases for cases in _by_day(listings, readings) if len(cases) >= LEAST_PAPERS]
    orders: dict[str, Callable[[Case], float]] = {
        "upvotes at listing": lambda case: case.listing.signals.upvotes or 0,
        "upvotes next morning": lambda case: case.morning.upvotes,
        "our trending score": _ours,
    }
    values = {name: np.array([_measured(cases, order) for cases in days]) for name, order in orders.items()}
    baseline = next(iter(values.values()))
    return [_quality(name, by_day, baseline) for name, by_day in values.items()] if days else []


def _quality(name: str, values: Vector, baseline: Vector) -> ForecastQuality:
    ahead = values - baseline
    return ForecastQuality(name, len(values), float(values.mean()), float(ahead.mean()), *interval(ahead.tolist()))


def _by_day(listings: Sequence[Listing], readings: Sequence[Reading]) -> Iterator[list[Case]]:
    by_paper: Mapping[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        by_paper[reading.paper].append(reading)
    by_day: Mapping[dt.date, list[Case]] = defaultdict(list)
    for listing in listings:
        case = _case(listing, sorted(by_paper.get(str(listing.paper.id), ()), key=lambda reading: reading.at))
        if case:
            by_day[listing.day].append(case)
    yield from by_day.values()


def _case(listing: Listing, readings: Sequence[Reading]) -> Case | None:
    start = dt.datetime.combine(listing.day, dt.time(), dt.UTC)
    hours = {reading: (reading.at - start).total_seconds() / 3600 for reading in readings}
    morning = next((reading for reading in readings if MORNING[0] <= hours[reading] <= MORNING[1]), None)
    later = [reading for reading in readings if 24 * WEEK[0] <= hours[reading] < 24 * (WEEK[1] + 1)]
    week = min(later, key=lambda reading: abs(hours[reading] - 7 * 24), default=None)
    return Case(listing, morning, week) if morning and week else None


def _measured(cases: Sequence[Case], order: Callable[[Case], float]) -> float:
    keys = [str(case.listing.paper.id) for case in cases]
    gains = {key: log2(1 + case.week.upvotes) for key, case in zip(keys, cases, strict=True)}
    return graded_ndcg(ranked(keys, np.array([order(case) for case in cases], np.float64)), gains)


def _ours(case: Case) -> float:
    """The product's own score, all papers being of one age."""
    listed, paper = case.listing.signals, case.listing.paper
    velocity = float(case.morning.upvotes - (listed.upvotes or 0))
    signals = Signals(case.morning.upvotes, listed.comments, listed.stars, velocity=velocity)
    now = dt.datetime.combine(paper.published or case.listing.day, dt.time(), dt.UTC)
    return float(trending([paper], {str(paper.id): signals}, now=now)[0])
