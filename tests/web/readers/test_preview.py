"""The front page's preview: a fragment for anybody, bounded whatever is typed."""

import datetime as dt

import httpx
import pytest
import sqlalchemy as sa
from tests.digests.test_preview import TITLES, announce, close
from tests.rendering.test_digest import without_isolates
from tests.web.conftest import NOW
from tests.world import ON_SQLITE

from dailypapers.digests import preview
from dailypapers.web.http.page import WebContext
from dailypapers.web.readers.preview import topics


@pytest.fixture(autouse=True)
def edition(engine: sa.Engine, context: WebContext) -> None:
    announce(engine, TITLES, upvotes=(None, 3, 20))
    close(engine)
    context.previews.load(now=NOW)


@ON_SQLITE
async def test_it_is_a_part_of_a_page(pages: httpx.AsyncClient) -> None:
    answer = await pages.get("/preview", params={"topic": "graph neural networks"})
    assert "<html" not in answer.text
    assert TITLES[0] in answer.text


def test_a_forms_topics_are_composed_and_stand_on_one_line() -> None:
    assert topics(["Scho\u0308n,\u200b bosons ", "Sch\u00f6n"]) == ("Sch\u00f6n", "bosons")


@ON_SQLITE
async def test_without_a_topic_it_is_what_is_trending(pages: httpx.AsyncClient) -> None:
    assert "Trending today" in (await pages.get("/preview")).text


@ON_SQLITE
async def test_a_day_with_nothing_for_one_is_said(pages: httpx.AsyncClient) -> None:
    answer = await pages.get("/preview", params={"topic": "medieval falconry"})
    assert "you would get no email" in answer.text
    assert "Nothing today on <em>medieval falconry</em>" in without_isolates(answer.text)


@ON_SQLITE
async def test_of_several_topics_those_that_brought_nothing_are_named(pages: httpx.AsyncClient) -> None:
    wanted = "graph neural networks, medieval falconry, zebrafish development, the"
    answer = await pages.get("/preview", params={"topic": wanted})
    assert TITLES[0] in answer.text
    quiet = answer.text.partition("Nothing today on these topics")[2].partition("</ul>")[0]
    assert ["medieval falconry" in quiet, "zebrafish" in quiet, "graph" in quiet] == [True, True, False]
    # What can never bring anything is not quiet today; a sentence says why not.
    assert "“the” contains no distinctive words" in answer.text


@ON_SQLITE
async def test_a_misspelt_topic_links_to_what_was_meant(
    pages: httpx.AsyncClient, engine: sa.Engine, context: WebContext
) -> None:
    tomorrow = NOW + dt.timedelta(days=1)
    announce(engine, ["Graph networks of old"], now=tomorrow)
    close(engine, tomorrow)
    context.previews.load(now=tomorrow)
    for path in ("/preview", "/"):
        answer = await pages.get(path, params={"topic": "netwroks, genomics & <b>"})
        link = "/?topic=networks&amp;topic=genomics+%26+%3Cb%3E"
        assert f'Did you mean <a href="{link}"><em>networks</em></a>?' in without_isolates(answer.text)
    answer = await pages.get("/preview", params={"topic": "networks"})
    assert "Did you mean" not in answer.text


@ON_SQLITE
async def test_where_no_topic_can_be_used_that_is_why_it_is_what_is_trending(pages: httpx.AsyncClient) -> None:
    answer = await pages.get("/preview", params={"topic": "the"})
    assert "Your topics can’t be used, so these are the most popular." in answer.text
    assert "chosen any topics" not in answer.text


@pytest.mark.parametrize(
    "topic", ["🐦🐦", "شبكات عصبية", "<script>alert(1)</script>", "a\x00b\x1bc", "x" * 20_000, ",,,;", "%", "\ud83d"]
)
@ON_SQLITE
async def test_whatever_is_typed_is_answered_calmly(pages: httpx.AsyncClient, topic: str) -> None:
    for path in ("/preview", "/"):
        sent = httpx.QueryParams({"topic": topic.encode("utf-8", "replace").decode()})
        answer = await pages.get(path, params=sent)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text


@ON_SQLITE
async def test_foreign_letters_are_answered_with_advice(pages: httpx.AsyncClient) -> None:
    answer = await pages.get("/preview", params={"topic": "شبكات عصبية"})
    assert "contains no Latin letters" in answer.text


@ON_SQLITE
async def test_thousands_of_topics_are_cut_short(pages: httpx.AsyncClient) -> None:
    answer = await pages.get("/preview", params={"topic": ",".join(f"topic{n}" for n in range(5_000))})
    assert answer.status_code == 200


@ON_SQLITE
async def test_a_busy_service_says_when_to_come_again(
    pages: httpx.AsyncClient, context: WebContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "MAX_WAIT_SECONDS", 0.01)
    with context.previews.one_at_a_time():
        answer = await pages.get("/preview", params={"topic": "graphs"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "try again in a few seconds" in answer.text
