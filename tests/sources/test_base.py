import datetime as dt
from dataclasses import replace

import pytest

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.source import Announcement, Checkpoint, Skipped, State
from dailypapers.sources.base import Reading, fetched
from dailypapers.sources.http.client import Response

MONDAY = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
SUNDAY = dt.datetime(2026, 4, 19, 8, 0, tzinfo=dt.UTC)
PAPER = Announcement(Paper(PaperId("arxiv", "2604.00001"), "A title"), "arxiv", MONDAY.date())
URL = "https://example.org/feed"


@pytest.mark.parametrize(
    ("announcements", "now", "state"),
    [
        ((PAPER,), MONDAY, State.FRESH),
        ((PAPER,), SUNDAY, State.FRESH),
        ((), MONDAY, State.WAITING),
        ((), SUNDAY, State.QUIET),
    ],
)
def test_the_state_follows_from_the_items_and_the_day(
    announcements: tuple[Announcement, ...], now: dt.datetime, state: State
) -> None:
    assert fetched(Reading(announcements), {URL: Response(URL, 200, b"")}, since=None, now=now).freshness.state is state


@pytest.mark.parametrize("name", ["x" * 9000, "a\0b", "a\ud800"])
def test_a_paper_that_cannot_be_kept_by_its_id_is_skipped_and_the_rest_goes_on(name: str) -> None:
    nameless = replace(PAPER, paper=replace(PAPER.paper, id=PaperId("file", name)))
    answer = fetched(Reading((nameless, PAPER)), {}, since=None, now=MONDAY)
    assert answer.announcements == (PAPER,)
    assert answer.skipped == (Skipped("A title", "Its id is no id."),)


def test_the_weekend_is_counted_where_the_source_is() -> None:
    early_monday = dt.datetime(2026, 4, 20, 2, 0, tzinfo=dt.UTC)
    answer = fetched(Reading(), {URL: Response(URL, 200, b"")}, since=None, now=early_monday, zone="America/New_York")
    assert answer.freshness.state is State.QUIET


def test_the_note_has_the_evidence() -> None:
    reading = Reading((PAPER,), (Skipped("item 2", "It has no title."),), ("cs.LG failed: it answered 503.",))
    other = "https://example.org/other"
    answers = {URL: Response(URL, 200, b""), other: Response(other, 304, b"", not_modified=True)}
    note = fetched(reading, answers, since=None, now=MONDAY).freshness.note
    assert note == (
        "2 items, 1 of them skipped, 1 of 2 answers unchanged since last time (304). cs.LG failed: it answered 503."
    )


def test_validators_are_kept_only_where_they_still_vouch_for_something() -> None:
    since = Checkpoint(
        etags=(("changed", "old"), ("failed", "old"), ("gone", "old"), ("same", "old"), ("without", "old")),
        last_modified=(("same", "yesterday"),),
        highest_id="2604.00001",
    )
    answers = {
        "changed": Response("changed", 200, b"", etag="new", last_modified="today"),
        "failed": None,
        "same": Response("same", 304, b"", not_modified=True),
        "without": Response("without", 200, b""),
    }
    checkpoint = fetched(Reading(), answers, since=since, now=MONDAY).checkpoint
    assert checkpoint.etags == (("changed", "new"), ("failed", "old"), ("same", "old"))
    assert checkpoint.last_modified == (("changed", "today"), ("same", "yesterday"))
    assert checkpoint.highest_id == "2604.00001"
