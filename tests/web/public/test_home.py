"""The front page: what is trending today, and the digest one would get."""

import datetime as dt
from dataclasses import replace

import httpx
import pytest
import sqlalchemy as sa
from tests.digests.test_preview import TITLES, announce, close
from tests.web.conftest import NOW, SIGNER
from tests.web.test_pages import everything

from dailypapers.digests import preview
from dailypapers.domain.paper import Paper, PaperId, Signals
from dailypapers.domain.source import Announcement
from dailypapers.store import papers
from dailypapers.store.database import writing
from dailypapers.web.http.page import WebContext
from dailypapers.web.public.sign_up_policy import SignUpPolicy
from dailypapers.web.routes import web_app


@pytest.fixture
def edition(engine: sa.Engine, context: WebContext) -> None:
    announce(engine, TITLES, upvotes=(None, 3, 20))
    close(engine)
    context.previews.load(now=NOW)


async def test_it_says_what_it_is_before_there_is_anything(pages: httpx.AsyncClient) -> None:
    answer = await pages.get("/")
    assert answer.status_code == 200
    assert "New papers on your topics, in your inbox once a day" in answer.text
    assert "The first edition is not ready yet." in answer.text


@pytest.mark.usefixtures("edition")
async def test_it_shows_what_is_trending_with_title_abstract_and_upvotes(pages: httpx.AsyncClient) -> None:
    text = (await pages.get("/")).text
    assert text.index(TITLES[2]) < text.index(TITLES[1])
    assert "We speak of the weather in the mountains." in text
    assert '<span class="badge">20 upvotes</span>' in text
    assert "Trending today" in text


@pytest.mark.usefixtures("edition")
async def test_a_topic_shows_the_digest_one_would_get(pages: httpx.AsyncClient) -> None:
    text = (await pages.get("/", params={"topic": "graph neural networks"})).text
    assert "Your digest today" in text
    assert "Matches your topic “graph neural networks”" in text
    assert 'value="graph neural networks"' in text
    assert TITLES[2] not in text


@pytest.mark.usefixtures("edition")
async def test_several_topics_are_parted_by_commas(pages: httpx.AsyncClient) -> None:
    text = (await pages.get("/", params={"topic": "graph neural networks, single-cell genomics"})).text
    assert TITLES[0] in text
    assert TITLES[1] in text


@pytest.mark.usefixtures("edition")
async def test_the_page_is_the_same_while_the_edition_is(pages: httpx.AsyncClient) -> None:
    first, second = (await pages.get("/")).text, (await pages.get("/")).text
    assert first.partition('id="preview"')[2][:2000] == second.partition('id="preview"')[2][:2000]


async def test_papers_that_are_still_being_loaded_are_no_broken_page(
    pages: httpx.AsyncClient, engine: sa.Engine
) -> None:
    announce(engine, TITLES)
    close(engine)
    answer = await pages.get("/")
    assert answer.status_code == 200
    assert "20 April 2026" in answer.text


@pytest.mark.usefixtures("edition")
async def test_without_scripts_the_form_comes_back_as_it_was_filled_in(
    pages: httpx.AsyncClient, engine: sa.Engine
) -> None:
    before = everything(engine)
    stamp = SIGNER.form_timestamp(now=NOW)
    form = {"topic": "graph neural networks", "email": "eve@example.org", "trending": "1", "form_timestamp": stamp}
    text = (await pages.post("/", data=form)).text
    assert "Matches your topic “graph neural networks”" in text
    for kept in ("eve@example.org", "graph neural networks", stamp, '1" checked'):
        assert f'value="{kept}' in text
    assert everything(engine) == before


@pytest.mark.usefixtures("edition")
async def test_a_form_without_anything_in_it_shows_what_is_trending(pages: httpx.AsyncClient) -> None:
    answer = await pages.post("/", data={"form_timestamp": "forged"})
    assert (answer.status_code, "Trending today" in answer.text, "forged" in answer.text) == (200, True, False)


async def test_a_topic_without_papers_today_shows_the_last_week_and_where_to_subscribe(
    pages: httpx.AsyncClient, engine: sa.Engine, context: WebContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "ENOUGH_PAPERS", 1)
    yesterday = NOW - dt.timedelta(days=1)
    announce(engine, TITLES[:1], yesterday)
    close(engine, yesterday)
    announce(engine, TITLES[2:])
    close(engine)
    context.previews.load(now=NOW)
    text = (await pages.get("/", params={"topic": "graph neural networks"})).text
    assert "none relevant enough" in text
    assert text.index("From the last week") < text.index(TITLES[0]) < text.index("Subscribe to get new papers")
    other = (await pages.get("/", params={"topic": "medieval falconry"})).text
    assert ("From the last week" in other, "Subscribe to get new papers on this topic" in other) == (False, True)
    assert ("Search all papers for" in text, "Search all papers for" in other) == (False, True)


@pytest.mark.usefixtures("edition")
async def test_nothing_is_explained_where_upvotes_alone_make_the_order(pages: httpx.AsyncClient) -> None:
    assert "Ordered by upvotes" not in (await pages.get("/")).text


async def test_another_order_than_that_of_upvotes_is_explained(
    pages: httpx.AsyncClient, engine: sa.Engine, context: WebContext
) -> None:
    old, new = (
        Announcement(
            Paper(PaperId("file", name), name, published=NOW.date() - dt.timedelta(days=age)),
            "feed",
            NOW.date(),
            signals=Signals(upvotes=upvotes),
        )
        for name, age, upvotes in (("An old paper on the sea", 30, 99), ("A new paper on the sky", 0, 20))
    )
    with writing(engine) as tx:
        papers.add(tx, [old, new], now=NOW)
    close(engine)
    context.previews.load(now=NOW)
    text = (await pages.get("/")).text
    assert text.index(new.paper.title) < text.index(old.paper.title)
    assert "Ordered by upvotes, how fast they come in, and how new the paper is." in text


async def test_where_sign_up_is_closed_a_topic_can_still_be_tried(context: WebContext, engine: sa.Engine) -> None:
    announce(engine, TITLES)
    close(engine)
    context.previews.load(now=NOW)
    app = web_app(replace(context, sign_up_policy=SignUpPolicy(open=False)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://pages") as client:
        text = (await client.get("/", params={"topic": "medieval falconry"})).text
    assert "New subscriptions are closed" in text
    assert 'value="medieval falconry"' in text
    assert "Subscribe to get" not in text
