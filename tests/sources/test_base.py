import datetime as dt
from dataclasses import replace

import pytest

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.source import Announcement, Checkpoint, Skipped
from dailypapers.sources.base import Reading, fetched
from dailypapers.sources.http.client import Response

MONDAY = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
PAPER = Announcement(Paper(PaperId("arxiv", "2604.00001"), "A title"), "arxiv", MONDAY.date())
URL = "https://example.org/feed"


@pytest.mark.parametrize("name", ["x" * 9000, "a\0b", "a\ud800"])
def test_a_paper_that_cannot_be_kept_by_its_id_is_skipped_and_the_rest_goes_on(name: str) -> None:
    nameless = replace(PAPER, paper=replace(PAPER.paper, id=PaperId("file", name)))
    answer = fetched(Reading((nameless, PAPER)), {}, since=None)
    assert answer.announcements == (PAPER,)
    assert answer.skipped == (Skipped("A title", "Its id is too long or not text."),)


def test_the_answer_has_the_evidence() -> None:
    reading = Reading((PAPER,), (Skipped("item 2", "It has no title."),), ("cs.LG failed: it answered 503.",))
    other = "https://example.org/other"
    answers = {URL: Response(URL, 200, b""), other: Response(other, 304, b"", not_modified=True)}
    answer = fetched(reading, answers, since=None, zone="Asia/Tokyo")
    assert (answer.items, answer.asked, answer.unchanged, answer.zone) == (2, 2, 1, "Asia/Tokyo")
    assert answer.remarks == reading.remarks


@pytest.mark.parametrize(
    ("before", "now", "after"),
    [("", "", ""), ("", "2604.2", "2604.2"), ("2604.2", "2604.1", "2604.2"), ("2604.2", "", "2604.2")],
)
def test_the_highest_id_never_falls(before: str, now: str, after: str) -> None:
    answer = fetched(Reading(), {}, since=Checkpoint(highest_id=before), highest_id=now)
    assert answer.checkpoint.highest_id == after


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
    checkpoint = fetched(Reading(), answers, since=since).checkpoint
    assert checkpoint.etags == (("changed", "new"), ("failed", "old"), ("same", "old"))
    assert checkpoint.last_modified == (("changed", "today"), ("same", "yesterday"))
    assert checkpoint.highest_id == "2604.00001"
