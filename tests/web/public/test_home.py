"""The front page: what is trending today, and the digest one would get."""

import httpx
import pytest
import sqlalchemy as sa
from tests.digests.test_preview import TITLES, announce, close
from tests.web.conftest import NOW

from dailypapers.web.http.page import WebContext


@pytest.fixture
def edition(engine: sa.Engine, context: WebContext) -> None:
    announce(engine, TITLES, upvotes=(None, 3, 20))
    close(engine)
    context.previews.load(now=NOW)


async def test_it_says_what_it_is_before_there_is_anything(pages: httpx.AsyncClient) -> None:
    answer = await pages.get("/")
    assert answer.status_code == 200
    assert "Get trending papers in your email inbox once a day" in answer.text
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
