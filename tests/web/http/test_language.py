"""A page is in its reader's language, or in the one their browser prefers of those that are offered."""

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from tests.pseudo import write_catalogue
from tests.web.a_digest import a_digest
from tests.web.conftest import LINKS, NOW

from dailypapers.digests.layout import message
from dailypapers.digests.render_input import load_inputs
from dailypapers.domain.link import Purpose
from dailypapers.rendering.environment import environment
from dailypapers.settings import shipped
from dailypapers.store import history, subscribers
from dailypapers.store.database import reading, writing
from dailypapers.web.http.page import WebContext
from dailypapers.web.routes import web_app

HEBREW = {"Accept-Language": "de;q=0.9, he-IL, en;q=0.5"}


@pytest.fixture
def spoken(context: WebContext, tmp_path: Path) -> WebContext:
    """A service in English whose readers may choose Hebrew."""
    locale = [write_catalogue(tmp_path / "locale")]
    hebrew = environment(shipped("templates"), language="he", locale=locale)
    return replace(context, renderer=replace(context.renderer, others={"he": lambda: hebrew}))


@pytest.fixture
async def browser(spoken: WebContext) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in front of its pages."""
    transport = httpx.ASGITransport(web_app(spoken))
    async with httpx.AsyncClient(transport=transport, base_url="http://pages", follow_redirects=True) as client:
        yield client


def mailed(spoken: WebContext, address: str) -> str:
    """The text of the one mail that waits for somebody."""
    with reading(spoken.engine) as tx:
        reader = subscribers.by_address(tx, address)
        assert reader is not None
        (render_input,) = load_inputs(tx, history.of_subscriber(tx, reader.id))
    return message(spoken.renderer, render_input).text


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("he", "he"), ("de, he;q=0.3", "he"), ("en, he;q=0.9", "en"), ("fr", "en"), ("", "en"), ("he;q=cats,;,*", "en")],
)
async def test_a_visitor_is_answered_as_their_browser_prefers(
    browser: httpx.AsyncClient, accepted: str, language: str
) -> None:
    page = await browser.get("/subscribe", headers={"Accept-Language": accepted})
    assert f'<html lang="{language}"' in page.text
    assert "Accept-Language" in page.headers["Vary"]
    missing = await browser.get("/nowhere", headers={"Accept-Language": accepted})
    assert (missing.status_code, f'<html lang="{language}"' in missing.text) == (404, True)


async def test_who_subscribes_in_a_language_is_written_to_in_it(browser: httpx.AsyncClient, spoken: WebContext) -> None:
    stamp = spoken.signer.form_timestamp(now=NOW - spoken.sign_up_policy.minimum)
    form = {"email": "dana@example.org", "form_timestamp": stamp}
    assert (await browser.post("/subscribe", data=form, headers=HEBREW)).status_code == 200
    assert (await browser.post("/subscribe", data={**form, "email": "ann@example.org"})).status_code == 200
    hebrew, english = (mailed(spoken, address) for address in ("dana@example.org", "ann@example.org"))
    assert "λλλ" in hebrew
    assert "To confirm" not in hebrew
    assert "λ" not in english
    assert "To confirm" in english


async def test_a_readers_own_choice_counts_more_than_their_browsers(
    browser: httpx.AsyncClient, engine: sa.Engine
) -> None:
    reader = a_digest(engine).reader
    page = partial(LINKS.url, reader=reader, issued=NOW)
    preferences = page(Purpose.PREFERENCES)
    shown = (await browser.get(preferences)).text
    assert '<option value="he" lang="he">' in shown
    with writing(engine) as tx:
        before = subscribers.one(tx, reader)
        assert before is not None
        style = replace(before.style, language="he")
        subscribers.change(tx, reader, rhythm=before.rhythm, amount=before.amount, style=style)
    assert '<html lang="he" dir="rtl">' in (await browser.get(preferences, headers={"Accept-Language": "en"})).text
    assert '<option value="he" lang="he" selected>' in (await browser.get(preferences)).text
