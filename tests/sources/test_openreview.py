"""OpenReview's notes."""

import datetime as dt
import json
from typing import Any

import pytest
from tests.playing_sources import Answer, Asked, playing_sources

from dailypapers.domain.paper import Presentation
from dailypapers.errors import FetchFailed
from dailypapers.sources.http.client import Http
from dailypapers.sources.openreview import PAGE, OpenReview, read_notes

NOW = dt.datetime(2026, 7, 18, 8, tzinfo=dt.UTC)


def note(id_: str, **values: Any) -> dict[str, Any]:
    fields = {"title": f"Paper {id_}", "abstract": "More.", "authors": ["Ann Lee", "Bo Chen"], "keywords": ["graphs"]}
    return {"id": id_, "forum": id_, "content": {name: {"value": value} for name, value in (fields | values).items()}}


def notes(*records: Any, count: int | None = None) -> str:
    return json.dumps({"notes": records, "count": len(records) if count is None else count})


async def test_all_pages_of_a_venue_are_asked_for() -> None:
    asked: list[Asked] = []
    pages = [
        Answer(notes(*(note(f"a{n}") for n in range(PAGE)), count=PAGE + 1)),
        Answer(notes(note("last"), count=PAGE + 1)),
    ]
    with playing_sources({"/notes": pages}, asked=asked) as base:
        async with Http(allow_private=True, pace=0) as http:
            answer = await OpenReview("ICLR.cc/2027/Conference", base_url=base).fetch(http, None, now=NOW)
    assert (answer.items, answer.remarks) == (PAGE + 1, ())
    assert [request.path.partition("limit")[2] for request in asked] == ["=1000&offset=0", "=1000&offset=1000"]
    assert "content.venueid=ICLR.cc%2F2027%2FConference" in asked[0].path
    paper = answer.announcements[-1].paper
    assert str(paper.id) == "url:https://openreview.net/forum?id=last"
    assert (paper.title, paper.authors, paper.categories) == ("Paper last", ("Ann Lee", "Bo Chen"), ("graphs",))


def test_venue_the_authors_own_sentence_and_the_pdf_are_told() -> None:
    told = note("a b", venue="ICLR 2027 Oral", TLDR="We make it <b>work</b>.", pdf="/pdf/0a.pdf")
    odd = note("c", venue=7, TLDR=["x"], pdf="https://evil.example/x.pdf")
    reading, _ = read_notes(notes(told, odd).encode(), day=NOW.date())
    assert [each.presentation for each in reading.announcements] == [
        Presentation(
            journal="ICLR 2027 Oral",
            tldr="We make it <b>work</b>.",
            pdf_url="https://openreview.net/pdf?id=a%20b",
        ),
        Presentation(journal="7"),
    ]


def test_withdrawn_and_nameless_notes_are_skipped_with_a_reason() -> None:
    reading, _ = read_notes(
        notes(note("a", title=""), note("b", venueid="ICLR.cc/2027/Conference/Withdrawn_Submission"), 7).encode(),
        day=NOW.date(),
    )
    assert [item.why for item in reading.skipped] == [
        "It has no id or no title.",
        "“Paper b” was withdrawn.",
        "It has no id or no title.",
    ]


@pytest.mark.parametrize(
    ("content", "why"), [(b"<html>", "not valid JSON"), (b'{"message": "Forbidden"}', "OpenReview says “Forbidden”")]
)
def test_what_is_no_answer_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(FetchFailed, match=why):
        read_notes(content, day=NOW.date())


def test_values_without_a_record_around_them_and_authors_with_a_profile_are_read() -> None:
    plain = {
        "id": "a",
        "content": {"title": "Plain", "authors": ["Ann Lee"], "keywords": ["graphs"], "abstract": "More."},
    }
    profiles = note("b", authors=[{"username": "~Ann_Lee1", "fullname": "Ann Lee"}, {"username": "~Bo1"}, 7])
    reading, _ = read_notes(notes(plain, profiles).encode(), day=NOW.date())
    assert [(each.paper.title, each.paper.authors) for each in reading.announcements] == [
        ("Plain", ("Ann Lee",)),
        ("Paper b", ("Ann Lee",)),
    ]
    assert reading.announcements[0].paper.categories == ("graphs",)


def test_deleted_notes_and_those_rejected_without_a_review_are_no_papers() -> None:
    rejected = note("b", venueid="ICLR.cc/2027/Conference/Desk_Rejected_Submission")
    reading, _ = read_notes(notes(note("a") | {"ddate": 1_780_000_000_000}, rejected).encode(), day=NOW.date())
    assert [item.why for item in reading.skipped] == [
        "“Paper a” was deleted.",
        "“Paper b” was rejected without a review.",
    ]
