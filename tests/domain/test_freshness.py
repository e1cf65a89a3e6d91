"""Fresh is what brought something nobody knew; the rest is told apart by what was to be expected."""

import datetime as dt
from dataclasses import replace

import pytest

from dailypapers.domain.freshness import (
    Evidence,
    Standing,
    after,
    days_to_repair,
    judge,
    standing,
    together,
    usual,
)
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.source import Announcement, Checkpoint, Fetched, Freshness, Skipped, SourceDay, State

MONDAY = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
SUNDAY = MONDAY - dt.timedelta(days=1)
DAY = dt.timedelta(days=1)
PAPERS = tuple(Announcement(Paper(PaperId("arxiv", f"2604.0000{n}"), "A title"), "x", MONDAY.date()) for n in range(3))


def came(when: dt.datetime, new: int, state: State | None = None) -> SourceDay:
    return SourceDay(when.date(), state or (State.FRESH if new else State.STALLED), new)


def working_days(*new: int) -> list[SourceDay]:
    """The working days before Monday, the last one first, as many as there are numbers."""
    days = [day for n in range(1, 40) if (day := MONDAY - n * DAY).weekday() < 5]
    return [came(day, number) for day, number in zip(days, new, strict=False)][::-1]


@pytest.mark.parametrize(
    ("new", "replaced", "now", "state"),
    [
        (2, 0, MONDAY, State.FRESH),
        (2, 0, SUNDAY, State.FRESH),
        (0, 1, MONDAY, State.FRESH),
        (0, 0, MONDAY, State.WAITING),
        (0, 0, SUNDAY, State.QUIET),
    ],
)
@pytest.mark.parametrize("items", [PAPERS, ()])
def test_only_what_is_new_makes_it_fresh(
    items: tuple[Announcement, ...], new: int, replaced: int, now: dt.datetime, state: State
) -> None:
    assert judge(Evidence(Fetched(items), new=new, replaced=replaced), now=now).state is state


def test_the_weekend_is_counted_where_the_source_is() -> None:
    early_monday = dt.datetime(2026, 4, 20, 2, 0, tzinfo=dt.UTC)
    assert judge(Evidence(Fetched(zone="America/New_York")), now=early_monday).state is State.QUIET
    assert judge(Evidence(Fetched(zone="Asia/Tokyo")), now=early_monday).state is State.WAITING


def test_a_second_look_on_one_day_expects_nothing_more() -> None:
    earlier = came(MONDAY, new=5)
    assert judge(Evidence(Fetched(PAPERS), history=(earlier,)), now=MONDAY).state is State.QUIET


@pytest.mark.parametrize(
    ("busy", "state"), [(0, State.QUIET), (4, State.QUIET), (5, State.WAITING), (10, State.WAITING)]
)
def test_a_source_that_seldom_announces_is_not_waited_for(busy: int, state: State) -> None:
    weekend = [came(MONDAY - n * DAY, new=0, state=State.QUIET) for n in (1, 2, 8, 9)]
    failed = [came(MONDAY - n * DAY, new=0, state=State.FAILED) for n in (15, 16, 17, 18, 21)]
    history = [*failed, *working_days(*(int(n < busy) for n in range(10))), *weekend]
    assert judge(Evidence(Fetched(), history=history), now=MONDAY).state is state


def test_two_weeks_without_anything_are_still_waited_for() -> None:
    history = [came(MONDAY - n * DAY, new=int(n > 14)) for n in range(28, 0, -1)]
    assert judge(Evidence(Fetched(PAPERS), history=history), now=MONDAY).state is State.WAITING


def test_no_answer_at_all_is_a_failure_with_its_reason() -> None:
    freshness = judge(Evidence(Fetched(failure="It answered 503.")), now=MONDAY)
    assert (freshness.state, freshness.note) == (State.FAILED, "It answered 503.")


@pytest.mark.parametrize(
    ("evidence", "note"),
    [
        (Evidence(Fetched(PAPERS), new=2), "3 items, 2 new."),
        (Evidence(Fetched(PAPERS)), "3 items, none new. New papers were expected."),
        (
            Evidence(Fetched(remarks=("No papers in page.txt",))),
            "0 items. New papers were expected. No papers in page.txt.",
        ),
        (
            Evidence(
                Fetched(
                    PAPERS[:1],
                    (Skipped("item 2", "It has no title."),),
                    Checkpoint(highest_id="2604.00002"),
                    remarks=("cs.LG failed: it answered 503.",),
                    asked=3,
                    unchanged=1,
                ),
                highest_before="2604.00002",
            ),
            (
                "2 items, none new, 1 skipped, highest id 2604.00002 as before, "
                "1 of 3 answers unchanged since last time (304). New papers were expected. "
                "cs.LG failed: it answered 503."
            ),
        ),
    ],
)
def test_the_note_has_the_evidence(evidence: Evidence, note: str) -> None:
    assert judge(evidence, now=MONDAY).note == note


def state_of(evidence: Evidence, now: dt.datetime = MONDAY) -> State:
    return judge(evidence, now=now).state


@pytest.mark.parametrize(("new", "state"), [(0, State.WAITING), (24, State.WAITING), (25, State.FRESH)])
def test_far_fewer_than_usual_on_this_weekday_is_not_fresh(new: int, state: State) -> None:
    mondays = [came(MONDAY - n * 7 * DAY, new=100) for n in (3, 2, 1)]
    others = [came(MONDAY - n * DAY, new=4) for n in (6, 5, 4, 3)]
    freshness = judge(Evidence(Fetched(PAPERS), new=new, history=[*mondays, *others]), now=MONDAY)
    assert freshness.state is state
    assert ("About 100 new papers are usual on a Monday" in freshness.note) == (state is State.WAITING)


def test_what_comes_in_two_parts_is_one_day() -> None:
    earlier = came(MONDAY, new=20, state=State.WAITING)
    history = [*working_days(*[100] * 10), earlier]
    assert state_of(Evidence(Fetched(PAPERS), new=4, history=history)) is State.WAITING
    assert state_of(Evidence(Fetched(PAPERS), new=5, history=history)) is State.FRESH


def test_a_holiday_and_its_reason_excuse_an_empty_answer_and_never_stop_papers() -> None:
    holiday = Fetched(PAPERS, is_daily=True, quiet_because="arXiv announces nothing on 26 November, a holiday")
    quiet = judge(Evidence(holiday, history=working_days(*[100] * 10)), now=MONDAY)
    assert quiet.state is State.QUIET
    assert "holiday" in quiet.note
    assert state_of(Evidence(holiday, new=3, history=working_days(*[100] * 10))) is State.FRESH


def test_the_outages_of_a_daily_source_do_not_become_its_habit() -> None:
    history = working_days(*[0] * 20, 50, 50, 50)
    assert usual(history, MONDAY.date(), is_daily=True) == 50
    assert usual(history, MONDAY.date()) == 0
    assert state_of(Evidence(Fetched(is_daily=True), history=history)) is State.WAITING


@pytest.mark.parametrize(
    ("history", "state"),
    [
        (working_days(*[40] * 10), State.WAITING),
        (working_days(0, 2, 1, 0, 3), State.QUIET),
        (working_days(0, 0), State.QUIET),
        (working_days(0, 0, 0), State.WAITING),
        ([], State.QUIET),
    ],
    ids=["large", "small", "young", "never had any", "unknown"],
)
def test_one_category_that_has_nothing_while_others_have_is_missed_if_it_is_large(
    history: list[SourceDay], state: State
) -> None:
    assert state_of(Evidence(Fetched(is_daily=True), history=history, has_fresh_siblings=True)) is state


def test_a_source_that_announces_at_weekends_is_waited_for_at_weekends() -> None:
    history = [came(SUNDAY - n * 7 * DAY, new=3) for n in (3, 2, 1)]
    assert state_of(Evidence(Fetched(), history=history), now=SUNDAY) is State.WAITING


def test_what_came_stays_come_and_what_is_given_up_stays_so_until_something_comes() -> None:
    assert after(None, State.WAITING) is State.WAITING
    assert [after(State.FRESH, state) for state in State] == [State.FRESH] * 5
    assert after(State.STALLED, State.WAITING) is State.STALLED
    assert after(State.STALLED, State.QUIET) is State.QUIET
    assert after(State.STALLED, State.FRESH) is State.FRESH
    assert after(State.STALLED, State.FAILED) is State.FAILED


def test_a_source_is_fresh_if_a_category_is_and_names_those_that_lack() -> None:
    whole = Freshness(State.QUIET, 9, new=5, note="9 items, 5 new. b failed: no.")
    states = {"a": State.FRESH, "b": State.FAILED, "c": State.WAITING}
    judged = together(whole, {name: Freshness(state, note=f"{name} says.") for name, state in states.items()})
    assert (judged.state, judged.note) == (State.FRESH, "9 items, 5 new. b failed: no. c: c says.")
    assert together(whole, {}) is whole
    assert together(whole, {"a": Freshness(State.QUIET), "b": Freshness(State.STALLED)}).state is State.STALLED


def stood(*days: SourceDay, now: dt.datetime = MONDAY) -> Standing:
    return standing("x", "", [replace(day, fetched_at=MONDAY) for day in days], now=now)


def test_an_outage_goes_on_over_a_weekend_and_ends_with_something_new() -> None:
    friday, saturday, sunday = (MONDAY - n * DAY for n in (3, 2, 1))
    weekend = [came(day, 0, State.QUIET) for day in (saturday, sunday)]
    stalled = stood(came(friday, 0), *weekend, came(MONDAY, 0, State.WAITING))
    assert (stalled.out_since, stalled.needs_attention) == (friday.date(), True)
    assert stood(came(friday, 0), *weekend, came(MONDAY, 5)).out_since is None
    # By Monday it was still to come.
    waiting = stood(came(friday, 5), *weekend, came(MONDAY, 0, State.WAITING))
    assert (waiting.out_since, waiting.needs_attention) == (MONDAY.date(), False)
    assert stood(came(friday, 5), came(MONDAY, 0, State.FAILED)).needs_attention


def test_a_source_that_nobody_asked_since_yesterday_needs_attention() -> None:
    assert not stood(came(MONDAY, 5), now=MONDAY + DAY).needs_attention
    assert stood(came(MONDAY, 5), now=MONDAY + 2 * DAY).needs_attention


def test_days_that_lack_something_or_have_nobody_asked_are_repaired() -> None:
    history = working_days(5, 0, 5)  # Friday, Thursday, Wednesday
    history[1] = replace(history[1], state=State.QUIET)
    since = (MONDAY - 6 * DAY).date()
    days = days_to_repair(history, since=since, today=MONDAY.date(), is_quiet=lambda day: day.weekday() >= 5)
    assert days == [since]
    history[1] = replace(history[1], state=State.WAITING)
    days = days_to_repair(history, since=since, today=MONDAY.date(), is_quiet=lambda _: False)
    assert [day.day for day in days] == [14, 16, 18, 19]
