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


@pytest.mark.parametrize(
    "abstract",
    [
        "<jats:title>ABSTRACT</jats:title><jats:p>We saw.</jats:p>",
        "<jats:title>Summary</jats:title><jats:p>We saw.</jats:p>",
        "<jats:p>AbstractWe saw.</jats:p>",
        "Abstract. We saw.",
        "We saw.",
    ],
)
def test_the_heading_of_an_abstract_is_left_out(abstract: str) -> None:
    (announcement,) = read_works(works(work(1, abstract=abstract)).encode(), day=NOW.date()).reading.announcements
    assert announcement.paper.abstract == "We saw."


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
    assert announcement.is_notice
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


def test_a_preprint_and_its_article_are_one_work() -> None:
    relations = {
        "has-preprint": [{"id-type": "doi", "id": "10.1101/2026.01.01.123456"}, {"id-type": "doi", "id": "none"}],
        "is-identical-to": [{"id-type": "doi", "id": "10.48550/arXiv.2604.00001"}],
        "is-supplemented-by": [{"id-type": "doi", "id": "10.5061/dryad.x"}],
    }
    (announcement,) = read_works(works(work(1, relation=relations)).encode(), day=NOW.date()).reading.announcements
    assert [str(name) for name in announcement.paper.also] == ["doi:10.1101/2026.01.01.123456", "arxiv:2604.00001"]


def test_a_notice_about_several_papers_is_about_those_that_have_a_doi() -> None:
    updates = [
        {"DOI": each, "type": "correction"} for each in ("nonsense", "10.1038/xyz-1", "10.1038/xyz-2", "10.1038/XYZ-2")
    ]
    reading = read_works(works(work(2, **{"update-to": updates})).encode(), day=NOW.date()).reading
    assert [str(each.paper.id) for each in reading.announcements] == ["doi:10.1038/xyz-1", "doi:10.1038/xyz-2"]
    assert reading.skipped == ()


async def test_a_papers_own_text_comes_before_what_was_said_about_it() -> None:
    notice = work(2, title=["Correction"], **{"update-to": [{"DOI": work(1)["DOI"], "type": "correction"}]})
    with playing_sources({"/works": Answer(works(notice, work(1)))}) as base:
        async with Http(allow_private=True, pace=0) as http:
            answer = await Crossref(("0028-0836",), base_url=base).fetch(http, None, now=NOW)
    assert [each.paper.title for each in answer.announcements] == ["Paper 1", "Correction (correction)"]


def test_dates_in_text_and_suffixes_of_names_are_read() -> None:
    odd = work(
        1, published={"date-parts": [["2026", "7", "3"]]}, author=[{"given": "Ann", "family": "Lee", "suffix": "Jr."}]
    )
    (announcement,) = read_works(works(odd).encode(), day=NOW.date()).reading.announcements
    assert (announcement.paper.published, announcement.paper.authors) == (dt.date(2026, 7, 3), ("Ann Lee Jr.",))
