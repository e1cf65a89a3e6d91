"""Where a digest is posted to as well: tried out before it is kept, never shown again, and ended at once."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
import sqlalchemy as sa
from tests.posted import listening
from tests.web.a_digest import a_digest
from tests.web.conftest import LINKS, NOW, PRESS

from dailypapers.domain.link import Purpose
from dailypapers.posting.channels import ChannelOptions
from dailypapers.store import channels
from dailypapers.store.database import reading, writing
from dailypapers.web.http.page import WebContext
from dailypapers.web.routes import web_app


@pytest.fixture
async def posting_pages(context: WebContext) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in front of pages that may post to this machine."""
    options = ChannelOptions(PRESS, allow_private=True, secret=b"secret")
    transport = httpx.ASGITransport(app=web_app(replace(context, channels=options)), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://pages", follow_redirects=True) as client:
        yield client


def page_of(reader: int) -> str:
    return f"{LINKS.url(Purpose.PREFERENCES, reader, issued=NOW)}/channel"


async def test_an_address_is_tried_out_kept_and_removed(posting_pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    reader = a_digest(engine).reader
    page = page_of(reader)
    with listening() as listener:
        assert "Webhook address" in (await posting_pages.get(page)).text
        assert listener.requests == []
        saved = await posting_pages.post(page, data={"action": "try", "url": f" {listener.url} "})
    assert (saved.status_code, "It works" in saved.text) == (200, True)
    # To reload the page that the form led on to posts nothing again.
    assert saved.request.method == "GET"
    assert len(listener.requests) == 1
    shown = await posting_pages.get(page)
    assert "posted to JSON" in shown.text
    assert listener.url not in shown.text + saved.text
    assert "only emailed" in (await posting_pages.post(page, data={"action": "remove"})).text
    with reading(engine) as tx:
        assert channels.of_subscriber(tx, reader) is None


async def test_what_does_not_work_is_said_and_not_kept(posting_pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    reader = a_digest(engine).reader
    page = page_of(reader)
    with listening(404) as listener:
        refused = await posting_pages.post(page, data={"url": listener.url})
    assert (refused.status_code, "refused (status 404)" in refused.text) == (422, True)
    for url in ("", "nonsense", "https://[", "x" * 3_000):
        answer = await posting_pages.post(page, data={"url": url})
        assert (answer.status_code, "not an address" in answer.text) == (422, True)
    answer = await posting_pages.post(page, data={"url": "http://127.0.0.1:1/"})
    assert "could not be posted there" in answer.text
    with reading(engine) as tx:
        assert channels.of_subscriber(tx, reader) is None


async def test_one_that_was_switched_off_says_so(posting_pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    reader = a_digest(engine).reader
    with listening() as listener:
        await posting_pages.post(page_of(reader), data={"url": listener.url})
    with writing(engine) as tx:
        channel = channels.of_subscriber(tx, reader)
        assert channel is not None
        channels.disable(tx, channel, now=NOW)
    assert "switched off" in (await posting_pages.get(page_of(reader))).text


async def test_only_the_reader_may(posting_pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    forged = page_of(a_digest(engine).reader).replace("/channel", "x/channel")
    assert (await posting_pages.get(forged)).status_code == 410
    assert (await posting_pages.post(forged, data={"url": "https://x.example/"})).status_code == 410


async def test_without_posting_nothing_is_posted(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    page = page_of(a_digest(engine).reader)
    assert "Webhook address" not in (await pages.get(page)).text
    with listening() as listener:
        await pages.post(page, data={"url": listener.url})
    assert listener.requests == []


async def test_the_preferences_lead_there(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    link = LINKS.url(Purpose.PREFERENCES, a_digest(engine).reader, issued=NOW)
    assert f'href="{httpx.URL(link).path}/channel"' in (await pages.get(link)).text
