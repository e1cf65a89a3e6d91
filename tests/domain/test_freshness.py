"""Fresh is what brought something nobody knew; the rest is told apart by what was to be expected."""

import datetime as dt

import pytest

from dailypapers.domain.freshness import Evidence, judge
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.source import Announcement, Checkpoint, Fetched, Skipped, SourceStatus, State

MONDAY = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
SUNDAY = MONDAY - dt.timedelta(days=1)
DAY = dt.timedelta(days=1)
PAPERS = tuple(Announcement(Paper(PaperId("arxiv", f"2604.0000{n}"), "A title"), "x", MONDAY.date()) for n in range(3))


def fetch(when: dt.datetime, new: int, state: State | None = None) -> SourceStatus:
    state = state or (State.FRESH if new else State.WAITING)
    return SourceStatus("x", state, items=3, new=new, skipped=0, note="", fetched_at=when)


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
    earlier = fetch(MONDAY - dt.timedelta(hours=3), new=5)
    assert judge(Evidence(Fetched(PAPERS), history=(earlier,)), now=MONDAY).state is State.QUIET


@pytest.mark.parametrize(
    ("busy", "state"), [(0, State.QUIET), (4, State.QUIET), (5, State.WAITING), (10, State.WAITING)]
)
def test_a_source_that_seldom_announces_is_not_waited_for(busy: int, state: State) -> None:
    weekdays = [MONDAY - n * DAY for n in (3, 4, 5, 6, 7, 10, 11, 12, 13, 14)]
    weekend = [fetch(MONDAY - n * DAY, new=0) for n in (1, 2, 8, 9)]
    failed = [fetch(day - dt.timedelta(hours=1), new=0, state=State.FAILED) for day in weekdays]
    history = [fetch(day, new=int(n < busy)) for n, day in enumerate(weekdays)]
    assert judge(Evidence(Fetched(), history=[*weekend, *failed, *history]), now=MONDAY).state is state


def test_two_weeks_without_anything_are_still_waited_for() -> None:
    history = [fetch(MONDAY - n * DAY, new=int(n > 14)) for n in range(1, 29)]
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
