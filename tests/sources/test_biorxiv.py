"""bioRxiv's API: read by its own counts, and by its feed while it is down."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from tests.playing_sources import Answer, Asked, Route, playing_sources

from dailypapers.domain.paper import Presentation
from dailypapers.domain.source import AnnounceType, Checkpoint, Fetched
from dailypapers.errors import FetchFailed
from dailypapers.sources.biorxiv import Biorxiv, read_page
from dailypapers.sources.http.client import Http

NOW = dt.datetime(2026, 7, 18, 8, tzinfo=dt.UTC)
WEEK = "/details/biorxiv/2026-07-11/2026-07-18"


def entry(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "doi": f"10.64898/2026.07.13.{number:06}",
        "title": f"Paper {number}",
        "authors": "Ghafari, T.; Quinn, A. J.",
        "date": "2026-7-5",
        "version": "1",
        "category": "neuroscience",
        "abstract": "More.",
        "published": "NA",
        "server": "bioRxiv",
    } | fields


def page(*entries: dict[str, Any], total: int | str | None = None, status: str = "ok") -> Answer:
    message = {"status": status, "count": len(entries), "total": len(entries) if total is None else total}
    return Answer(json.dumps({"messages": [message], "collection": entries}))


async def fetch(
    routes: dict[str, Route], *, since: Checkpoint | None = None, asked: list[Asked] | None = None, **options: Any
) -> Fetched:
    with playing_sources(routes, asked=asked) as base:
        async with Http(allow_private=True, pace=0, retries=0) as http:
            return await Biorxiv(base_url=base, feeds_url=base, **options).fetch(http, since, now=NOW)


def test_the_recorded_answer_is_read(recordings: Path) -> None:
    page = read_page((recordings / "biorxiv" / "biorxiv_details_2026-07.json").read_bytes(), day=NOW.date())
    assert (page.count, page.total, page.reading.skipped) == (3, 3, ())
    first = page.reading.announcements[0]
    assert str(first.paper.id) == "doi:10.64898/2026.07.13.738145"
    assert first.paper.authors == ("Ghafari, T.", "Quinn, A. J.", "Jensen, O.")
    assert (first.paper.categories, first.day, first.version) == (("neuroscience",), dt.date(2026, 7, 15), 1)
    assert first.presentation == Presentation(
        affiliations=("University of Oxford",),
        pdf_url="https://www.biorxiv.org/content/10.64898/2026.07.13.738145v1.full.pdf",
    )
    assert page.reading.announcements[2].presentation is not None
    assert page.reading.announcements[2].presentation.pdf_url.endswith("695336v3.full.pdf")


def test_a_pdf_is_named_only_where_the_server_and_the_version_are_known() -> None:
    odd = (entry(1, server="evil.example/x"), entry(2, version="x"), entry(3, server=None, version=7))
    content = str(page(*odd).body).encode()
    assert [each.presentation for each in read_page(content, day=NOW.date()).reading.announcements] == [None] * 3


def test_versions_journals_and_odd_entries() -> None:
    entries = [
        entry(1, published="10.1038/s41586-026-00001-1"),
        entry(2, version="3"),
        entry(3, title=""),
        entry(4, doi="nonsense"),
    ]
    reading = read_page(page(*entries).content(), day=NOW.date()).reading
    first, second = reading.announcements
    assert [str(name) for name in first.paper.also] == ["doi:10.1038/s41586-026-00001-1"]
    assert (first.type, second.type, second.version) == (AnnounceType.NEW, AnnounceType.REPLACE, 3)
    assert first.paper.published == dt.date(2026, 7, 5)
    assert [item.where for item in reading.skipped] == ["biorxiv entry 3", "biorxiv entry 4"]


async def test_pages_are_as_long_as_they_say() -> None:
    routes: dict[str, Route] = {
        f"{WEEK}/0/json": page(entry(1), entry(2), total="5"),
        f"{WEEK}/2/json": page(entry(3), entry(4), total="5"),
        f"{WEEK}/4/json": page(entry(5), total="5"),
    }
    answer = await fetch(routes)
    assert (len(answer.announcements), answer.remarks) == (5, ())


async def test_within_a_day_only_the_last_two_are_asked_for_again() -> None:
    asked: list[Asked] = []
    first = await fetch({f"{WEEK}/0/json": page(entry(1))})
    await fetch({"/details/biorxiv/2026-07-17/2026-07-18/0/json": page(entry(1))}, since=first.checkpoint, asked=asked)
    assert len(asked) == 1


async def test_what_is_promised_and_does_not_come_is_said() -> None:
    answer = await fetch({f"{WEEK}/0/json": page(entry(1), total=9), f"{WEEK}/1/json": page(total=9)})
    assert (len(answer.announcements), answer.remarks) == (1, ("9 papers were promised, 1 came",))


async def test_a_later_page_that_fails_loses_no_earlier_one_and_the_week_is_asked_for_again() -> None:
    answer = await fetch({f"{WEEK}/0/json": page(entry(1), total=200), f"{WEEK}/1/json": Answer(status=500)})
    assert len(answer.announcements) == 1
    assert "Papers after the first 1 failed: " in answer.remarks[0]
    assert answer.checkpoint.highest_id == ""


async def test_the_feed_stands_in_for_the_api() -> None:
    rss = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        '<channel rdf:about="x"><title>b</title></channel><item rdf:about="x"><title>Paper 7</title>'
        "<link>https://www.biorxiv.org/content/10.64898/2026.07.13.000007v1?rss=1</link></item></rdf:RDF>"
    )
    answer = await fetch({f"{WEEK}/0/json": page(status="error: database"), "/biorxiv_xml.php": Answer(rss)})
    assert [str(item.paper.id) for item in answer.announcements] == ["doi:10.64898/2026.07.13.000007"]
    assert "the API says “error: database”" in answer.remarks[0]


async def test_nothing_posted_is_an_answer_and_no_answer_is_a_failure() -> None:
    assert (await fetch({f"{WEEK}/0/json": page(status="no posts found")})).items == 0
    with pytest.raises(FetchFailed, match="The feed failed as well"):
        await fetch({f"{WEEK}/0/json": Answer(status=503)})


async def test_only_categories_that_are_wanted_are_announced() -> None:
    routes: dict[str, Route] = {f"{WEEK}/0/json": page(entry(1), entry(2, category="cell biology"))}
    answer = await fetch(routes, categories=("Cell Biology",))
    assert [item.paper.title for item in answer.announcements] == ["Paper 2"]


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"messages": [7]}', b"<html>"])
def test_what_is_no_answer_is_refused(content: bytes) -> None:
    with pytest.raises(FetchFailed):
        read_page(content, day=NOW.date())


def test_an_entry_without_a_doi_is_skipped_with_a_reason() -> None:
    reading = read_page(page(entry(1, doi=""), entry(2)).content(), day=NOW.date()).reading
    assert ([item.why for item in reading.skipped], len(reading.announcements)) == (["It has no DOI."], 1)


@pytest.mark.parametrize("written", ["Cancer Biology", "cancer_biology", "cancer-biology"])
async def test_a_category_is_known_however_it_is_written(written: str) -> None:
    answer = page(entry(1, category="cancer biology"), entry(2))
    assert len((await fetch({f"{WEEK}/0/json": answer}, categories=(written,))).announcements) == 1
