"""The search page: calm whatever is typed, and usable without any script."""

import datetime as dt
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import quote

import httpx
import pytest
import sqlalchemy as sa
from tests.world import ON_SQLITE

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.library.search import Finder
from dailypapers.store import papers
from dailypapers.store.database import reading, writing
from dailypapers.store.schema import metadata
from dailypapers.web.http.page import WebContext
from dailypapers.web.public.sign_up_policy import SignUpPolicy
from dailypapers.web.routes import web_app

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
HOSTILE = '<script>alert(1)</script> " onfocus=alert(1)'


def paper(number: int, title: str, abstract: str) -> Paper:
    return Paper(
        PaperId("arxiv", f"2604.{number:05}"),
        title,
        abstract,
        ("Ann Lee", "Bo Li", "Cy Ray", "Di Wu", "Eve Lin", "Fay Ho"),
        ("cs.LG",),
        f"https://arxiv.org/abs/2604.{number:05}",
        NOW.date(),
        "https://github.com/example/code",
    )


@pytest.fixture
async def found(context: WebContext, engine: sa.Engine) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in front of pages that search three dozen papers."""
    some = [paper(n, f"Graphs, part {n}", "We draw graphs. " * 40) for n in range(1, 37)]
    with writing(engine) as tx:
        papers.keep(tx, [*some, paper(99, f"Robots & {HOSTILE}", "They walk.")], now=NOW)
    finder = Finder(engine)
    finder.refresh()
    transport = httpx.ASGITransport(app=web_app(replace(context, finder=finder)), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://pages") as client:
        yield client


@ON_SQLITE
async def test_results_show_title_authors_abstract_and_reason(found: httpx.AsyncClient) -> None:
    page = (await found.get("/search", params={"q": "graphs"})).text
    assert page.count("<article") == 20
    for told in ("and 2 others", "20 April 2026", "cs.LG", "We draw graphs.", "Read more", "Matches Graphs", ">Code<"):
        assert told in page
    assert 'value="graphs"' in page
    assert "36 matching papers" in page


@ON_SQLITE
async def test_the_next_page_is_a_link(found: httpx.AsyncClient) -> None:
    first = (await found.get("/search", params={"q": 'draw "graphs" & more'})).text
    link = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = (await found.get(f"/search{link}")).text
    assert second.count("<article") == 16
    assert "Page 2 of 2" in second


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Enter what you are looking for"),
        ("图神经网络", "search in English"),
        ("🦜", "contains no distinctive words"),
        ("of the and", "contains no distinctive words"),
        ("xyzzy", "No papers found for"),
        ("2604.99999", "The paper 2604.99999 is not in our library"),
        ("graphs " * 5000, "only its first words"),
        ('"graphs draw we"', "the exact phrase"),
        ("2604.00003", "The paper you asked for"),
        ("author:lee cat:cs", "newest first"),
        ("\x00\x07", "Enter what you are looking for"),
        ("\u200b \ufeff\u202e", "Enter what you are looking for"),
        ("1234567", "No papers found for"),
    ],
)
@ON_SQLITE
async def test_whatever_is_typed_has_a_calm_page(found: httpx.AsyncClient, text: str, said: str) -> None:
    answer = await found.get("/search", params={"q": text})
    assert (answer.status_code, said in answer.text) == (200, True)


@ON_SQLITE
async def test_what_is_typed_and_what_is_found_stays_text(found: httpx.AsyncClient) -> None:
    for text in (HOSTILE, "robots walk"):
        page = (await found.get("/search", params={"q": text})).text
        assert "<script>alert" not in page
        assert 'onfocus=alert(1)"' not in page.replace("&#34;", '"').replace('" onfocus', "")
        assert "Robots &amp; &lt;script&gt;" in page


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", "²", "9" * 30, ""])
@ON_SQLITE
async def test_a_page_that_is_none_is_the_nearest(found: httpx.AsyncClient, page: str) -> None:
    answer = await found.get("/search", params={"q": "graphs", "page": page})
    assert (answer.status_code, "<article" in answer.text) == (200, True)


@ON_SQLITE
async def test_before_the_index_is_made_it_says_so(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    assert "being prepared" in (await pages.get("/search?q=graphs")).text


@ON_SQLITE
async def test_searching_changes_nothing(found: httpx.AsyncClient, engine: sa.Engine) -> None:
    def everything() -> list[object]:
        with reading(engine) as tx:
            return [tx.execute(sa.select(table)).all() for table in metadata.sorted_tables]

    before = everything()
    for method in ("GET", "HEAD"):
        for text in ("graphs", "2604.00003", "Ann Lee"):
            assert (await found.request(method, "/search", params={"q": text})).status_code == 200
    assert everything() == before


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("graphs", "graphs"),
        ('"graphs" & xyzzy', "graphs %26 xyzzy"),
        ("xyzzy", "xyzzy"),
        ("cat:cs.LG graphs", ""),
        ("2604.00003", ""),
        ("of the and", ""),
        ("", ""),
    ],
)
@ON_SQLITE
async def test_what_was_looked_for_can_be_subscribed_to(found: httpx.AsyncClient, text: str, topic: str) -> None:
    page = (await found.get("/search", params={"q": text})).text
    links = re.findall(r'href="/subscribe\?topic=([^"]*)"', page)
    assert links == ([quote(topic, safe="%")] if topic else [])


@ON_SQLITE
async def test_where_sign_up_is_closed_a_search_offers_no_subscription(context: WebContext) -> None:
    app = web_app(replace(context, sign_up_policy=SignUpPolicy(open=False)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://pages") as client:
        assert "by email" not in (await client.get("/search", params={"q": "xyzzy"})).text
