"""A source's days add up, and are told apart by category."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.domain.source import Freshness, State
from dailypapers.store import source_days
from dailypapers.store.database import writing

MONDAY = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def record(tx: sa.Connection, freshness: Freshness, now: dt.datetime, *, category: str = "") -> None:
    source_days.record(tx, "arxiv", category, now.date(), freshness, now=now)


def test_the_looks_of_one_day_are_one_day(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        record(tx, Freshness(State.WAITING, 3, note="early"), MONDAY)
        record(tx, Freshness(State.FRESH, 9, new=5, skipped=2, note="came"), MONDAY + HOUR)
        record(tx, Freshness(State.QUIET, 4, note="no more"), MONDAY + 2 * HOUR)
        record(tx, Freshness(State.FRESH, 4, new=1), MONDAY + 2 * HOUR, category="cs.AI")
        record(tx, Freshness(State.FAILED, note="no answer"), MONDAY + DAY)
        days = source_days.since(tx, "arxiv", MONDAY.date())
        assert source_days.since(tx, "arxiv", (MONDAY + DAY).date()) == {"": days[""][1:]}
        assert source_days.since(tx, "other", MONDAY.date()) == {}
        record(tx, Freshness(State.QUIET), MONDAY + HOUR, category="cs.CV")
        every = source_days.everything_since(tx, (MONDAY + DAY).date())
        assert every == {("arxiv", ""): days[""][1:]}
        assert list(source_days.everything_since(tx, MONDAY.date())) == [("arxiv", c) for c in ("", "cs.AI", "cs.CV")]
    first, second = days[""]
    assert (first.state, first.new, first.items, first.skipped, first.note) == (State.FRESH, 5, 9, 2, "no more")
    assert (first.fetched_at, first.new_at) == (MONDAY + 2 * HOUR, MONDAY + HOUR)
    assert (second.state, second.new_at) == (State.FAILED, None)


def test_what_is_given_up_is_fresh_again_when_something_comes_after_all(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        record(tx, Freshness(State.WAITING), MONDAY)
        record(tx, Freshness(State.FAILED), MONDAY, category="cs.AI")
        source_days.give_up_waiting(tx)
        record(tx, Freshness(State.WAITING), MONDAY + HOUR)
        states = {name: day.state for name, (day,) in source_days.since(tx, "arxiv", MONDAY.date()).items()}
        assert states == {"": State.STALLED, "cs.AI": State.FAILED}
        record(tx, Freshness(State.FRESH, new=1), MONDAY + 2 * HOUR)
        (day,) = source_days.since(tx, "arxiv", MONDAY.date())[""]
    assert day.state is State.FRESH
