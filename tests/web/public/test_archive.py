"""The public archive: editions by month, each with its papers, as files and as a feed."""

import datetime as dt
import re
from xml.etree import ElementTree as ET

import httpx
import pytest
import sqlalchemy as sa
from tests.world import ON_SQLITE

from dailypapers.domain.paper import Paper, PaperId, Signals
from dailypapers.domain.source import Announcement, Freshness, State
from dailypapers.store import editions, papers
from dailypapers.store.database import reading, writing
from dailypapers.store.schema import metadata

MONDAY = dt.datetime(2026, 3, 30, 5, 30, tzinfo=dt.UTC)
ATOM = "{http://www.w3.org/2005/Atom}"


def announce(engine: sa.Engine, when: dt.datetime, *titles: tuple[str, int | None], state: State = State.FRESH) -> None:
    """Close an edition of these titles, with their upvotes."""
    items = [
        Announcement(
            Paper(PaperId("file", f"{when:%d}-{n:03}"), title, f"About {title}.", ("Ann Lee",), url="https://e.org/x"),
            "hf",
            when.date(),
            signals=None if upvotes is None else Signals(upvotes=upvotes),
        )
        for n, (title, upvotes) in enumerate(titles)
    ]
    with writing(engine) as tx:
        papers.add(tx, items, now=when)
        editions.record_fetch(tx, "hf", Freshness(state, len(items), new=len(items)), now=when)
        editions.close(tx, when.date(), now=when)


@pytest.fixture
def world(engine: sa.Engine) -> None:
    """Three days over the end of a month."""
    day = dt.timedelta(days=1)
    announce(engine, MONDAY, ("Quiet <i>paper</i>", None), ("Loud paper & more", 30), ("Middling paper", 4))
    announce(engine, MONDAY + day, *[(f"Paper number {n}", None) for n in range(120)], state=State.FAILED)
    announce(engine, MONDAY + 2 * day)


@pytest.mark.usefixtures("world")
@ON_SQLITE
async def test_editions_are_listed_by_month_newest_first(pages: httpx.AsyncClient) -> None:
    page = (await pages.get("/archive")).text
    places = [page.index(text) for text in ("April 2026", "Wed, 1 Apr", "March 2026", "Tue, 31 Mar", "Mon, 30 Mar")]
    assert places == sorted(places)
    assert "3 papers" in page
    assert "Loud paper &amp; more" in page
    assert "Paper number" not in page


@pytest.mark.usefixtures("world")
@ON_SQLITE
async def test_an_edition_shows_the_most_talked_about_first(pages: httpx.AsyncClient) -> None:
    page = (await pages.get("/archive/2026-03-30")).text
    places = [page.index(text) for text in ("Loud paper &amp; more", "Middling paper", "Quiet &lt;i&gt;paper")]
    assert places == sorted(places)
    assert 'rel="next" href="/archive/2026-03-31"' in page
    assert 'rel="prev"' not in page


@pytest.mark.usefixtures("world")
@ON_SQLITE
async def test_a_large_edition_has_pages_and_says_which_source_was_down(pages: httpx.AsyncClient) -> None:
    first, last = [(await pages.get("/archive/2026-03-31", params={"page": n})).text for n in (1, 3)]
    assert (first.count("<article"), last.count("<article")) == (50, 20)
    assert "hf could not be reached" in first
    assert "Page 3 of 3" in last


@pytest.mark.usefixtures("world")
@ON_SQLITE
async def test_an_edition_without_papers_is_a_calm_page(pages: httpx.AsyncClient) -> None:
    answer = await pages.get("/archive/2026-04-01")
    assert (answer.status_code, "No new papers were announced" in answer.text) == (200, True)


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("day", ["2026-03-29", "2026-02-30", "20260330", "2026-W14-1", "x", "²026-03-30", "9" * 500])
@ON_SQLITE
async def test_a_day_without_edition_is_not_found_calmly(pages: httpx.AsyncClient, day: str) -> None:
    for address in (f"/archive/{day}", f"/archive/{day}/papers.bib"):
        answer = await pages.get(address)
        assert (answer.status_code, "Page not found" in answer.text) == (404, True)


@ON_SQLITE
async def test_before_the_first_edition_all_pages_are_calm(pages: httpx.AsyncClient) -> None:
    assert "is not ready yet" in (await pages.get("/archive")).text
    assert ET.fromstring((await pages.get("/archive/feed.atom")).text).tag == f"{ATOM}feed"  # noqa: S314 - our own


@pytest.mark.usefixtures("world")
@ON_SQLITE
async def test_an_edition_can_be_taken_away_as_references(pages: httpx.AsyncClient) -> None:
    bib, ris = [await pages.get(f"/archive/2026-03-30/papers.{kind}") for kind in ("bib", "ris")]
    assert bib.text.count("@misc{") == ris.text.count("TY  - ") == 3
    assert 'filename="papers-2026-03-30.bib"' in bib.headers["content-disposition"]
    assert (await pages.get("/archive/2026-03-30/papers.exe")).status_code == 404


@pytest.mark.usefixtures("world")
@ON_SQLITE
async def test_the_feed_has_an_entry_for_each_edition_with_its_top_papers(pages: httpx.AsyncClient) -> None:
    answer = await pages.get("/archive/feed.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ET.fromstring(answer.text)  # noqa: S314 - our own
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [
        f"http://pages/archive/{day}" for day in ("2026-04-01", "2026-03-31", "2026-03-30")
    ]
    summary = entries[-1].findtext(f"{ATOM}summary") or ""
    assert summary.index("Loud paper &amp; more") < summary.index("Quiet &lt;i&gt;paper")
    assert entries[-1].findtext(f"{ATOM}title") == "2026-03-30: Loud paper & more"
    assert feed.findtext(f"{ATOM}updated") == "2026-04-01T05:30:00Z"


@pytest.mark.usefixtures("world")
@ON_SQLITE
async def test_a_feed_somebody_has_is_not_sent_again(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    first = await pages.get("/archive/feed.atom")
    tag, modified = first.headers["etag"], first.headers["last-modified"]
    for headers in (
        {"If-None-Match": tag},
        {"If-None-Match": f'"x", W/{tag}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": modified},
    ):
        again = await pages.get("/archive/feed.atom", headers=headers)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    for headers in (
        {"If-None-Match": '"x"', "If-Modified-Since": modified},
        {"If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"},
        {"If-Modified-Since": "nonsense"},
    ):
        assert (await pages.get("/archive/feed.atom", headers=headers)).status_code == 200
    announce(engine, MONDAY + dt.timedelta(days=3), ("Newer", 1))
    for headers in ({"If-None-Match": tag}, {"If-Modified-Since": modified}):
        assert (await pages.get("/archive/feed.atom", headers=headers)).status_code == 200


@pytest.mark.usefixtures("world")
@ON_SQLITE
async def test_looking_changes_nothing(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    def everything() -> list[object]:
        with reading(engine) as tx:
            return [tx.execute(sa.select(table)).all() for table in metadata.sorted_tables]

    before = everything()
    addresses = ("/archive", "/archive/2026-03-30", "/archive/feed.atom", "/archive/2026-03-30/papers.ris")
    for method in ("GET", "HEAD"):
        for address in addresses:
            assert (await pages.request(method, address)).status_code == 200
    assert everything() == before


async def test_an_edition_is_a_link_by_its_first_papers_title(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    announce(engine, MONDAY, ("Graphs & <friends>", 9))
    page = (await pages.get("/archive")).text
    assert re.search(r'<a [^>]*href="/archive/[\d-]+">Graphs &amp; &lt;friends&gt;</a>', page)
