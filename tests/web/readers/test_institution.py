"""Signing in with one's institution, against a provider that signs real tokens: whoever it lists is a member."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import sqlalchemy as sa
from tests.a_group import OPEN, a_group, a_reader
from tests.playing_oidc import CLIENT, SECRET, PlayingProvider, playing_oidc
from tests.web.conftest import NOW

from dailypapers.domain.account import OidcProvider
from dailypapers.store import group_claims, groups
from dailypapers.store.database import reading, writing
from dailypapers.web.http.page import WebContext
from dailypapers.web.routes import web_app


@pytest.fixture
def played() -> Any:
    with playing_oidc() as provider:
        yield provider


@pytest.fixture
async def browser(context: WebContext, played: PlayingProvider) -> AsyncIterator[httpx.AsyncClient]:
    provider = OidcProvider(played.issuer, CLIENT, SECRET, "Example", for_readers=True)
    transport = httpx.ASGITransport(app=web_app(replace(context, oidc=provider)), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://pages") as client:
        yield client


async def signs_in(browser: httpx.AsyncClient, played: PlayingProvider, **claims: Any) -> httpx.Response:
    led = (await browser.get("/oidc")).headers["location"]
    state = parse_qs(urlsplit(led).query)["state"][0]
    code = played.signs_in(led, now=NOW, **claims)
    return await browser.get("/oidc/callback", params={"state": state, "code": code})


def a_claimed_group(engine: sa.Engine) -> tuple[int, int]:
    """Make a group of Ada's that stands for one of the provider's; returns its id, and that of Ann, who is in none."""
    ada, ann = a_reader(engine, "ada"), a_reader(engine, "ann")
    group = a_group(engine, (ada, OPEN))
    with writing(engine) as tx:
        group_claims.put(tx, group, "ml-lab")
    return group, ann


async def test_whoever_is_listed_joins_and_who_no_longer_is_leaves(
    browser: httpx.AsyncClient, played: PlayingProvider, engine: sa.Engine
) -> None:
    group, ann = a_claimed_group(engine)
    joined = (await signs_in(browser, played, groups=["ml-lab"])).text
    assert "signed in as ann@example.org" in joined
    assert "You share nothing there yet" in joined
    page = joined.partition('href="http://pages/group/')[2].partition('"')[0]
    assert "Graph club" in (await browser.get(f"/group/{page}")).text
    assert "Your groups" in (await signs_in(browser, played, groups=["ml-lab"])).text
    assert "no longer in Graph club" in (await signs_in(browser, played, groups=["others"])).text
    with reading(engine) as tx:
        assert groups.member(tx, group, ann) is None
    assert "none of the groups" in (await signs_in(browser, played, groups="ml-lab")).text


async def test_nobody_is_taken_for_who_the_provider_does_not_vouch_for(
    browser: httpx.AsyncClient, played: PlayingProvider, engine: sa.Engine
) -> None:
    group, ann = a_claimed_group(engine)
    for claims, status, words in (
        ({"email_verified": False}, 403, "does not confirm an email address"),
        ({"email_verified": None}, 403, "does not confirm an email address"),
        ({"email": None}, 403, "does not confirm an email address"),
        ({"forged": True}, 403, "did not answer as expected"),
        ({"refused": True}, 403, "did not answer as expected"),
        ({"email": "eve@example.org"}, 200, "Nobody is subscribed as eve@example.org"),
        ({"email": "<b>x"}, 200, "Nobody is subscribed as &lt;b&gt;x"),
    ):
        answer = await signs_in(browser, played, groups=["ml-lab"], **claims)
        assert (answer.status_code, words in answer.text) == (status, True), claims
    with reading(engine) as tx:
        assert groups.member(tx, group, ann) is None


async def test_only_the_browser_that_was_led_there_comes_back(
    browser: httpx.AsyncClient, played: PlayingProvider, engine: sa.Engine
) -> None:
    ada = a_reader(engine, "ada")
    a_group(engine, (ada, OPEN))
    led = (await browser.get("/oidc")).headers["location"]
    code = played.signs_in(led, now=NOW, email="ada@example.org")
    state = parse_qs(urlsplit(led).query)["state"][0]
    for params in ({}, {"code": code}, {"code": code, "state": "x"}, {"state": state}):
        assert (await browser.get("/oidc/callback", params=params)).status_code == 403
    assert (await browser.head("/oidc/callback", params={"code": code, "state": state})).status_code == 403
    browser.cookies.clear()
    stale = await browser.get("/oidc/callback", params={"code": code, "state": state})
    assert (stale.status_code, "begun in another browser" in stale.text) == (403, True)


async def test_there_is_no_such_page_unless_readers_sign_in_there(
    context: WebContext, pages: httpx.AsyncClient, played: PlayingProvider
) -> None:
    assert (await pages.get("/oidc")).status_code == 404
    provider = OidcProvider(played.issuer, CLIENT, SECRET, for_readers=True)
    transport = httpx.ASGITransport(app=web_app(replace(context, oidc=provider)))
    async with httpx.AsyncClient(transport=transport, base_url="http://pages") as client:
        assert (await client.get("/admin/oidc")).status_code == 404
        assert (await client.get("/admin/sign-in")).status_code == 404
    gone = replace(provider, issuer="http://127.0.0.1:1")
    transport = httpx.ASGITransport(app=web_app(replace(context, oidc=gone)))
    async with httpx.AsyncClient(transport=transport, base_url="http://pages") as client:
        assert (await client.get("/oidc")).status_code == 502
