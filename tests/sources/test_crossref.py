"""Crossref's works of journals."""

import datetime as dt
import json
from typing import Any

import pytest
from tests.playing_sources import Answer, Asked, playing_sources

from dailypapers.domain.paper import Presentation
from dailypapers.domain.source import AnnounceType
from dailypapers.errors import FetchFailed
from dailypapers.sources.crossref import ROWS, Crossref, read_works
from dailypapers.sources.http.client import Http

NOW = dt.datetime(2026, 7, 18, 8, tzinfo=dt.UTC)


def work(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "DOI": f"10.1038/s41586-026-{number:05}-1",
        "title": [f"Paper <i>{number}</i>"],
        "abstract": "<jats:title>Abstract</jats:title><jats:p>We show more.</jats:p>",
        "author": [{"given": "Ann", "family": "Lee"}, {"name": "The Consortium"}],
        "published": {"date-parts": [[2026, 7]]},
        "type": "journal-article",
    } | fields


def works(*records: Any, cursor: str = "", total: int | None = None) -> str:
    message = {"items": records, "next-cursor": cursor, "total-results": len(records) if total is None else total}
    return json.dumps({"status": "ok", "message": message})


def test_a_work_becomes_a_paper() -> None:
    (announcement,) = read_works(works(work(1)).encode(), day=NOW.date()).reading.announcements
    paper = announcement.paper
    assert (str(paper.id), paper.title) == ("doi:10.1038/s41586-026-00001-1", "Paper 1")
    assert (paper.abstract, paper.authors) == ("We show more.", ("Ann Lee", "The Consortium"))
    assert (paper.published, paper.url) == (dt.date(2026, 7, 1), "https://doi.org/10.1038/s41586-026-00001-1")


def test_journal_and_institutions_are_told() -> None:
    author = {"given": "Ann", "family": "Lee", "affiliation": [{"name": "MIT"}, {"name": "<b>ETH</b>"}, {}, 7]}
    told = work(1, author=[author, author, "x"], **{"container-title": ["Nature", "Nat."]})
    (announcement,) = read_works(works(told).encode(), day=NOW.date()).reading.announcements
    assert announcement.presentation == Presentation(journal="Nature", affiliations=("MIT", "ETH"))
    assert read_works(works(work(2)).encode(), day=NOW.date()).reading.announcements[0].presentation is None


def test_a_retraction_is_about_the_paper_and_not_a_new_one() -> None:
    notice = work(
        2, title=["Retraction Note: Paper 1"], **{"update-to": [{"DOI": "10.1038/xyz-1", "type": "retraction"}]}
    )
    (announcement,) = read_works(works(notice).encode(), day=NOW.date()).reading.announcements
    assert (announcement.type, str(announcement.paper.id)) == (AnnounceType.REPLACE, "doi:10.1038/xyz-1")
    assert announcement.paper.title == "Retraction Note: Paper 1 (retraction)"


def test_what_is_no_paper_is_skipped_with_a_reason() -> None:
    odd = [
        work(1, title=[]),
        work(2, type="journal-issue"),
        work(3, DOI="x"),
        work(4, published={"date-parts": [[0]]}),
        7,
    ]
    reading = read_works(works(*odd).encode(), day=NOW.date()).reading
    assert [item.where for item in reading.skipped] == [f"crossref work {n}" for n in (1, 2, 3, 5)]
    assert reading.announcements[0].paper.published is None


async def test_pages_follow_the_cursor_and_counts_are_checked() -> None:
    asked: list[Asked] = []
    full = [work(n) for n in range(ROWS)]
    pages = [Answer(works(*full, cursor="a+/=", total=ROWS + 5)), Answer(works(work(ROWS), total=ROWS + 5))]
    with playing_sources({"/works": pages}, asked=asked) as base:
        async with Http(allow_private=True, pace=0) as http:
            answer = await Crossref(("0028-0836", "1476-4687"), base_url=base).fetch(http, None, now=NOW)
    assert len(answer.announcements) == ROWS + 1
    assert answer.remarks == (f"It says {ROWS + 5} works, {ROWS + 1} came",)
    assert "filter=issn:0028-0836,issn:1476-4687,from-created-date:2026-07-11" in asked[0].path
    assert [request.path.partition("cursor=")[2] for request in asked] == ["*", "a%2B%2F%3D"]


@pytest.mark.parametrize("content", [b"", b"[]", b'{"status": "failed"}', b'{"status": "ok", "message": {}}'])
def test_what_is_no_answer_is_refused(content: bytes) -> None:
    with pytest.raises(FetchFailed):
        read_works(content, day=NOW.date())
