"""GET shows, POST acts; a scanner that opens every link changes nothing."""

import datetime as dt
from dataclasses import replace

import httpx
import pytest
import sqlalchemy as sa
from tests.web.conftest import LINKS, NOW

from dailypapers.domain.link import Purpose
from dailypapers.domain.source import Freshness, State
from dailypapers.domain.subscriber import SubscriberState
from dailypapers.store import editions, source_days, subscribers
from dailypapers.store.database import reading, writing
from dailypapers.store.schema import metadata
from dailypapers.tokens import Signer
from dailypapers.web.http.page import WebContext
from dailypapers.web.routes import web_app


def state(engine: sa.Engine) -> SubscriberState:
    with reading(engine) as tx:
        reader = subscribers.by_address(tx, "alice@example.org")
    assert reader is not None
    return reader.state


def everything(engine: sa.Engine) -> list[object]:
    with reading(engine) as tx:
        # In an order of our own: PostgreSQL gives a row that was written again last.
        return [sorted(tx.execute(sa.select(table)).all(), key=repr) for table in metadata.sorted_tables]


async def test_confirming_takes_a_button(pages: httpx.AsyncClient, engine: sa.Engine, alice: int) -> None:
    link = LINKS.url(Purpose.CONFIRM, alice, issued=NOW)
    shown = await pages.get(link)
    assert (shown.status_code, state(engine)) == (200, SubscriberState.PENDING)
    assert '<form method="post"' in shown.text
    assert (await pages.post(link)).status_code == 200
    assert state(engine) is SubscriberState.ACTIVE
    assert "You are subscribed" in (await pages.post(link)).text


async def test_a_scanner_that_opens_every_link_changes_nothing(
    pages: httpx.AsyncClient, engine: sa.Engine, alice: int
) -> None:
    before = everything(engine)
    for purpose in Purpose:
        link = LINKS.url(purpose, alice, issued=NOW)
        for method in ("GET", "HEAD"):
            await pages.request(method, link)
    await pages.get("/")
    assert everything(engine) == before


@pytest.mark.parametrize("form", ["multipart", "urlencoded", "nothing"])
async def test_one_click_unsubscribes_without_redirect_or_cookie(
    pages: httpx.AsyncClient, engine: sa.Engine, alice: int, form: str
) -> None:
    link = LINKS.url(Purpose.UNSUBSCRIBE, alice, issued=NOW)
    field = {"List-Unsubscribe": "One-Click"}
    if form == "multipart":
        answer = await pages.post(link, files={"List-Unsubscribe": (None, "One-Click")})
    else:
        answer = await pages.post(link, data=field if form == "urlencoded" else None)
    assert answer.status_code == 200
    assert "location" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert state(engine) is SubscriberState.UNSUBSCRIBED
    assert (await pages.post(link)).status_code == 200


async def test_forged_swapped_and_old_links_get_a_calm_page(pages: httpx.AsyncClient, alice: int) -> None:
    confirm = LINKS.url(Purpose.CONFIRM, alice, issued=NOW)
    old = LINKS.url(Purpose.CONFIRM, alice, issued=NOW - dt.timedelta(days=30))
    for link in (confirm.replace("confirm", "unsubscribe"), confirm[:-2], old, "http://pages/confirm/x"):
        for method in ("GET", "POST"):
            answer = await pages.request(method, link)
            assert answer.status_code == 410
            assert "This link does not work" in answer.text


async def test_nothing_foreign_is_loaded(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    with writing(engine) as tx:
        editions.close(tx, NOW.date(), now=NOW)
    answer = await pages.get("/")
    assert "20 April 2026" in answer.text
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    sheet = answer.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    kept = await pages.get(sheet)
    assert (kept.status_code, "immutable" in kept.headers["cache-control"]) == (200, True)


async def test_an_unknown_address_is_a_calm_page(pages: httpx.AsyncClient) -> None:
    answer = await pages.get("/nothing/here")
    assert (answer.status_code, "Page not found" in answer.text) == (404, True)


async def test_what_breaks_is_a_calm_page_too(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    with writing(engine) as tx:
        editions.close(tx, NOW.date(), now=NOW)
        row = {"source": "s", "fetched_at": NOW, "state": "nonsense", "items": 1, "new": 1, "skipped": 0, "note": ""}
        tx.execute(sa.insert(metadata.tables["fetches"]).values(**row, edition_id=1))
    answer = await pages.get("/")
    assert (answer.status_code, "our fault" in answer.text) == (500, True)
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


async def test_head_is_answered_like_get(pages: httpx.AsyncClient, alice: int) -> None:
    for link in ("/", "/healthz", LINKS.url(Purpose.UNSUBSCRIBE, alice, issued=NOW)):
        answer = await pages.head(link)
        assert (answer.status_code, answer.text) == (200, "")


async def test_what_may_not_be_done_names_what_may(pages: httpx.AsyncClient) -> None:
    for method, path, allowed in (
        ("POST", "/archive", "GET, HEAD"),
        ("DELETE", "/subscribe", "GET, HEAD, POST"),
        ("PUT", "/unsubscribe/a-token/", "GET, HEAD, POST"),
    ):
        answer = await pages.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
        assert "Page not found" in answer.text


async def test_health_says_which_source_is_out_and_nothing_private(
    pages: httpx.AsyncClient, context: WebContext
) -> None:
    assert (await pages.get("/healthz")).text == "ok\n"
    with writing(context.engine) as tx:
        failed = Freshness(State.FAILED, note="https://intern.example/feed answered 503.")
        source_days.record(tx, "arxiv", "", NOW.date(), failed, now=NOW)
        source_days.record(tx, "nature", "", NOW.date(), Freshness(State.FRESH, new=3), now=NOW)
    answer = await pages.get("/healthz")
    assert answer.status_code == 200
    assert answer.text == f"degraded\narXiv: failed on {NOW:%Y-%m-%d}; nothing new yet.\n"


@pytest.mark.parametrize(("base", "kept"), [("https://papers.example.org", True), ("http://localhost:8000", False)])
async def test_a_browser_that_came_over_tls_comes_back_over_tls(context: WebContext, base: str, kept: bool) -> None:
    renderer = replace(context.renderer, signer=Signer(base, b"secret"))
    transport = httpx.ASGITransport(app=web_app(replace(context, renderer=renderer)))
    async with httpx.AsyncClient(transport=transport, base_url=base, follow_redirects=True) as client:
        answer = await client.get("/")
    assert ("strict-transport-security" in answer.headers) is kept
