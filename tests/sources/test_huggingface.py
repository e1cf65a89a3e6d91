import datetime as dt
import json
from typing import Any

import pytest
from tests.playing_sources import Answer, Asked, Route, playing_sources

from dailypapers.domain.paper import Presentation, Signals
from dailypapers.errors import FetchFailed
from dailypapers.sources.http.client import Http
from dailypapers.sources.huggingface import PAGE, HuggingFace, read_day

MONDAY = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
DAY = MONDAY.date()
LIST = "/api/daily_papers"


def entry(id_: str = "2604.01234", *, comments: Any = 3, **record: Any) -> dict[str, Any]:
    paper = {
        "id": id_,
        "title": "A  title",
        "summary": "What\nwe did.",
        "authors": [{"name": "Ann Lee", "hidden": False}, {"name": "Bob Roy", "hidden": True}],
        "publishedAt": "2026-04-16T00:00:00.000Z",
        "submittedOnDailyAt": "2026-04-17T01:00:00.000Z",
        "upvotes": 12,
        "githubRepo": "https://github.com/ann/code",
        "githubStars": 99,
    }
    return {"paper": paper | record, "title": "A  title", "numComments": comments}


def read(*entries: Any) -> Any:
    return read_day(json.dumps(entries).encode(), day=DAY)


def test_an_entry_becomes_a_paper_with_its_signals() -> None:
    (announcement,) = read(entry()).announcements
    paper = announcement.paper
    assert (str(paper.id), paper.title, paper.abstract) == ("arxiv:2604.01234", "A title", "What we did.")
    assert paper.authors == ("Ann Lee", "Bob Roy")
    assert paper.url == "https://arxiv.org/abs/2604.01234"
    assert paper.code_url == "https://github.com/ann/code"
    assert paper.published == dt.date(2026, 4, 16)
    assert announcement.day == dt.date(2026, 4, 17)
    assert announcement.signals == Signals(upvotes=12, comments=3, stars=99)


def test_what_is_shown_of_a_paper_is_kept() -> None:
    record: dict[str, Any] = {
        "authors": ["Ann Lee", {"name": "Bob Roy"}, 7],
        "organization": {"name": "lab", "fullname": "The Lab"},
        "ai_summary": "A  summary.",
        "ai_keywords": ["one", "two", None],
        "projectPage": "https://lab.example/x",
        "mediaUrls": ["https://cdn.example/a.mp4", "javascript:alert(1)"],
    }
    (announcement,) = read(entry(**record) | {"thumbnail": "https://cdn.example/t.png"}).announcements
    assert announcement.paper.authors == ("Ann Lee", "Bob Roy")
    assert announcement.presentation == Presentation(
        "The Lab",
        "A summary.",
        ("one", "two"),
        "https://lab.example/x",
        "https://cdn.example/t.png",
        ("https://cdn.example/a.mp4",),
    )
    (plain,) = read(entry(organization="A lab", ai_keywords="none", mediaUrls=None)).announcements
    assert plain.presentation == Presentation("A lab")
    linked = read(entry(linkedModels=[{}, {}], numTotalModels=9, linkedDatasets=[{}])).announcements[0]
    assert linked.presentation == Presentation(models=9, datasets=1)
    assert read(entry()).announcements[0].presentation is None


@pytest.mark.parametrize(
    "authors",
    [
        "Ann Lee, Bob Roy",
        ["Ann Lee", " Bob Roy ", "", None],
        [{"fullname": "Ann Lee"}, {"user": {"fullname": "Bob Roy"}}, {"name": "  "}, {"user": "x"}],
    ],
)
def test_authors_are_read_in_every_form(authors: object) -> None:
    reading = read({"paper": {"id": "2604.01234", "title": "A title", "authors": authors}})
    assert reading.announcements[0].paper.authors == ("Ann Lee", "Bob Roy")


def test_only_id_and_title_are_needed() -> None:
    reading = read({"paper": {"id": "2604.01234", "title": "A title", "upvotes": None, "authors": None}})
    (announcement,) = reading.announcements
    assert announcement.signals == Signals()
    assert announcement.day == DAY


def test_a_title_outside_the_paper_will_do() -> None:
    (announcement,) = read({"paper": {"id": "2604.01234"}, "title": "Outside"}).announcements
    assert announcement.paper.title == "Outside"


def test_a_paper_from_elsewhere_is_named_by_its_page() -> None:
    (announcement,) = read(entry("a report/1")).announcements
    assert str(announcement.paper.id) == "url:https://huggingface.co/papers/a%20report%2F1"
    assert announcement.paper.url == "https://huggingface.co/papers/a%20report%2F1"


@pytest.mark.parametrize("repo", ["javascript:alert(1)", "", None, 7])
def test_code_is_linked_on_the_web_only(repo: Any) -> None:
    (announcement,) = read(entry(githubRepo=repo)).announcements
    assert announcement.paper.code_url == ""


def test_withdrawn_and_broken_entries_are_skipped_with_a_reason() -> None:
    reading = read(
        entry(withdrawnAt="2026-04-18T00:00:00.000Z"),
        "{'paper': 'as a text'}",
        None,
        {"paper": []},
        entry(""),
        entry("\ud800"),
        entry("2604.00002", title="  ") | {"title": ""},
        entry(upvotes="many", comments=-1, githubStars=10**30),
    )
    assert [skipped.why for skipped in reading.skipped] == [
        "2604.01234 was withdrawn.",
        "There is no paper in it.",
        "There is no paper in it.",
        "There is no paper in it.",
        "It has no id.",
        "Its id is too long or not text.",
        "arxiv:2604.00002 has no title.",
    ]
    assert reading.skipped[1].where == "2026-04-20 entry 2"
    assert reading.announcements[0].signals == Signals()


@pytest.mark.parametrize("content", [b"", b"<html>", b"{}", b"[" * 100_000, b"\xff"])
def test_an_answer_that_is_no_list_fails(content: bytes) -> None:
    with pytest.raises(FetchFailed, match="2026-04-20"):
        read_day(content, day=DAY)


async def test_a_run_looks_back_over_weekends_too() -> None:
    asked: list[Asked] = []
    with playing_sources({LIST: Answer("[]")}, asked=asked) as base:
        async with Http(allow_private=True, pace=0) as http:
            answer = await HuggingFace(base, days=3).fetch(http, None, now=MONDAY)
    assert [request.path.partition("?")[2] for request in asked] == [
        "date=2026-04-20&limit=100",
        "date=2026-04-19&limit=100",
        "date=2026-04-18&limit=100",
    ]
    assert (answer.asked, answer.items) == (3, 0)


async def test_long_lists_are_read_page_by_page() -> None:
    full = json.dumps([entry(f"2604.{number:05}") for number in range(PAGE)])
    rest = json.dumps([entry("2604.99999")])
    routes: dict[str, Route] = {
        f"{LIST}?date={DAY}&limit=100": Answer(full),
        f"{LIST}?date={DAY}&limit=100&p=1": Answer(rest),
    }
    with playing_sources(routes) as base:
        async with Http(allow_private=True, pace=0) as http:
            answer = await HuggingFace(base, days=1).fetch(http, None, now=MONDAY)
    assert len(answer.announcements) == PAGE + 1


async def test_a_day_that_fails_is_named_and_a_day_not_begun_is_none() -> None:
    routes: dict[str, Route] = {
        f"{LIST}?date=2026-04-20&limit=100": Answer("not yet", status=400),
        f"{LIST}?date=2026-04-19&limit=100": Answer("oops"),
        f"{LIST}?date=2026-04-18&limit=100": Answer(json.dumps([entry()])),
    }
    with playing_sources(routes) as base:
        async with Http(allow_private=True, pace=0, retries=0, backoff=0) as http:
            answer = await HuggingFace(base, days=4).fetch(http, None, now=MONDAY)
    assert len(answer.announcements) == 1
    assert [remark.partition(":")[0] for remark in answer.remarks] == ["2026-04-19 failed", "2026-04-17 failed"]


async def test_when_all_days_fail_the_source_fails() -> None:
    with playing_sources({LIST: Answer(status=500)}) as base:
        async with Http(allow_private=True, pace=0, retries=0, backoff=0) as http:
            with pytest.raises(FetchFailed, match="it answered 500"):
                await HuggingFace(base, days=2).fetch(http, None, now=MONDAY)
