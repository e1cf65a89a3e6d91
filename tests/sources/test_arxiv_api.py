"""arXiv's API as it answers, and as it fails."""

import asyncio
import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.playing_arxiv import Listed, api_error, api_page
from tests.playing_sources import Asked, Route, playing_sources

from dailypapers.domain.paper import PaperId
from dailypapers.errors import FetchFailed
from dailypapers.sources import arxiv_api
from dailypapers.sources.base import Harvested
from dailypapers.sources.http.client import Http

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 1, 31)
PAPERS = [Listed(f"2601.0000{n}", f"Paper {n}") for n in range(1, 6)]


def search(routes: Mapping[str, Route], *, start: int = 0, asked: list[Asked] | None = None) -> Harvested:
    async def ask(base: str) -> Harvested:
        async with Http(allow_private=True, pace=0, backoff=0) as http:
            return await arxiv_api.search(http, base, "cs.LG", FIRST, LAST, start=start)

    with playing_sources(routes, asked=asked) as base:
        return asyncio.run(ask(base))


def test_what_the_feeds_do_not_have_is_read() -> None:
    more = (
        "<arxiv:comment>12 pages, accepted at ICML</arxiv:comment><arxiv:journal_ref>J. Phys. 3</arxiv:journal_ref>"
        "<arxiv:doi>10.1000/J.1 not-a-doi</arxiv:doi>"
        "<author><name>Bo Li</name><arxiv:affiliation>MIT</arxiv:affiliation></author>"
    )
    page = api_page(PAPERS[:1], more=more)
    (described,) = arxiv_api.read_answer(page.content()).described
    paper, shown = described.paper, described.presentation
    assert (str(paper.id), paper.authors, paper.published) == (
        "arxiv:2601.00001",
        ("Ann Lee", "Bo Li"),
        dt.date(2026, 1, 5),
    )
    assert (paper.categories, paper.also) == (("cs.LG", "stat.ML"), (PaperId("doi", "10.1000/j.1"),))
    assert (shown.comment, shown.journal, shown.affiliations) == ("12 pages, accepted at ICML", "J. Phys. 3", ("MIT",))


def test_pages_follow_one_another_whatever_the_api_calls_their_beginning() -> None:
    asked: list[Asked] = []
    # It begins earlier than it was asked to: the pages overlap.
    page = search({"/api/query": api_page(PAPERS[1:4], start=1, total=5)}, start=2, asked=asked)
    assert (len(page.papers), page.token) == (3, "4")
    assert "start=2&" in asked[0].path
    assert "submittedDate:%5B202601010000%20TO%20202601312359%5D" in asked[0].path
    assert search({"/api/query": api_page(PAPERS[3:], start=3, total=5)}, start=4).token == ""


def test_an_empty_page_is_asked_for_again_and_does_not_end_it_early() -> None:
    empty, full = api_page([], start=2, total=5), api_page(PAPERS[2:], start=2, total=5)
    assert len(search({"/api/query": [empty, empty, full]}, start=2).papers) == 3
    with pytest.raises(FetchFailed, match="says there are 5 papers and gives none after the first 2"):
        search({"/api/query": empty}, start=2)
    assert search({"/api/query": api_page([], total=0)}) == Harvested(())


@pytest.mark.parametrize(
    ("route", "why"),
    [
        (api_error("incorrect id format for abc"), "arXiv's API says “incorrect id format for abc”"),
        (api_page(PAPERS, total=30_001), "more than the API gives"),
    ],
)
def test_what_is_no_answer_is_said(route: Route, why: str) -> None:
    with pytest.raises(FetchFailed, match=why):
        search({"/api/query": route})


@pytest.mark.parametrize("body", [b"<html></html>", b"Rate exceeded.", b""])
def test_what_is_not_a_feed_is_an_error(body: bytes) -> None:
    with pytest.raises(FetchFailed):
        arxiv_api.read_answer(body)


def test_recorded_answers_are_read_whole(recordings: Path) -> None:
    for file in sorted((recordings / "arxiv/arxiv_api/arxiv.py-2026").glob("q_*.json")):
        answer = arxiv_api.read_answer(json.loads(file.read_text("utf-8"))["body"].encode())
        assert (answer.skipped, len(answer.described) > 0) == ((), True)
        assert answer.end <= answer.total
    (glacier, _) = arxiv_api.read_answer(
        (recordings / "arxiv/arxiv_api/arxiv_glacier_2026-08-07.xml").read_bytes()
    ).described
    assert glacier.presentation.comment.startswith("7 pages, 4 figures")
    assert glacier.paper.also == (PaperId("doi", "10.1088/1742-6596/309/1/012012"),)
