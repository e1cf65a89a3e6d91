"""The page of a reader's tools: a key goes in and never comes out."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
import sqlalchemy as sa
from tests.web.a_digest import a_digest
from tests.web.conftest import LINKS, NOW
from tests.web.test_pages import everything

from dailypapers.domain.link import Purpose
from dailypapers.domain.tool import Refusal, ToolKind
from dailypapers.store import e_readers, tools
from dailypapers.store.database import reading, writing
from dailypapers.web.http.page import WebContext
from dailypapers.web.routes import web_app

KEY = "a-key-that-is-secret"


@pytest.fixture
async def pages(context: WebContext) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in front of pages that offer tools."""
    app = web_app(replace(context, tools=tuple(ToolKind)))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://pages", follow_redirects=True
    ) as client:
        yield client


def link(reader: int) -> str:
    return f"/tools/{LINKS.token(Purpose.PREFERENCES, reader, issued=NOW)}"


async def test_a_tool_is_connected_shown_and_disconnected(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    reader = a_digest(engine).reader
    page = link(reader)
    preferences = await pages.get(page.replace("/tools/", "/preferences/"))
    assert page in preferences.text
    before = everything(engine)
    shown = await pages.get(page)
    assert all(name in shown.text for name in ("Zotero", "Readwise Reader", "Notion"))
    assert everything(engine) == before
    connected = await pages.post(page, data={"tool": "zotero", "key": KEY, "action": "connect"})
    assert "will be tried within a minute" in connected.text
    assert KEY not in connected.text
    with writing(engine) as tx:
        (tool,) = tools.of_subscriber(tx, reader)
        tools.switch_off(tx, tool, Refusal.KEY)
    assert "Off: the key was not accepted" in (await pages.get(page)).text
    gone = await pages.post(page, data={"tool": "zotero", "action": "disconnect"})
    assert "Zotero is disconnected, and its key was deleted." in gone.text
    with reading(engine) as tx:
        assert tools.of_subscriber(tx, reader) == []


async def test_what_is_not_a_key_is_said_beside_its_field(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    page = link(a_digest(engine).reader)
    wrong = await pages.post(page, data={"tool": "notion", "key": KEY, "target": "https://notion.so"})
    assert wrong.status_code == 422
    assert "This is not the address of a Notion database" in wrong.text
    assert KEY not in wrong.text
    assert (await pages.post(page, data={"tool": "zotero", "key": "a b"})).status_code == 422


async def test_only_what_is_offered_can_be_connected_and_by_its_reader(
    context: WebContext, pages: httpx.AsyncClient, engine: sa.Engine
) -> None:
    reader = a_digest(engine).reader
    before = everything(engine)
    saved = LINKS.token(Purpose.SAVED, reader, issued=NOW)
    assert (await pages.post(f"/tools/{saved}", data={"tool": "zotero", "key": KEY})).status_code == 410
    assert (await pages.post(link(reader), data={"tool": "delicious", "key": KEY})).status_code == 404
    none = web_app(replace(context, tools=()))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=none), base_url="http://pages", follow_redirects=True
    ) as client:
        assert (await client.post(link(reader), data={"tool": "zotero", "key": KEY})).status_code == 404
        assert "/tools/" not in (await client.get(link(reader).replace("/tools/", "/preferences/"))).text
    assert everything(engine) == before


async def test_saved_papers_are_given_as_csl_and_as_notes(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    saved = LINKS.url(Purpose.SAVED, a_digest(engine).reader, issued=NOW)
    csl, notes = await pages.get(f"{saved}/papers.json"), await pages.get(f"{saved}/papers.zip")
    assert csl.json() == []
    assert notes.headers["Content-Type"] == "application/zip"
    assert notes.content[:2] == b"PK"
    book = await pages.get(f"{saved}/papers.epub")
    assert book.headers["Content-Type"] == "application/epub+zip"
    assert book.content[30:58] == b"mimetypeapplication/epub+zip"


async def test_an_e_reader_is_connected_refused_and_disconnected(context: WebContext, engine: sa.Engine) -> None:
    reader = a_digest(engine).reader
    app = web_app(replace(context, tools=(), has_e_readers=True))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://pages", follow_redirects=True
    ) as client:
        page = link(reader)
        assert page in (await client.get(page.replace("/tools/", "/preferences/"))).text
        before = everything(engine)
        shown = await client.get(page)
        assert context.renderer.sender.address in shown.text
        assert "Each paper you save" not in shown.text
        wrong = await client.post(page, data={"tool": "e-reader", "address": "bob@example.org"})
        assert wrong.status_code == 422
        assert "kindle.com, free.kindle.com and pbsync.com" in wrong.text
        assert 'value="bob@example.org"' in wrong.text
        assert everything(engine) == before
        connected = await client.post(page, data={"tool": "e-reader", "address": "Alice@Kindle.com"})
        assert "go to alice@kindle.com, next on Saturday" in connected.text
        with writing(engine) as tx:
            e_readers.switch_off(tx, reader, "alice@kindle.com", now=NOW)
        assert "Off: alice@kindle.com rejected the last book." in (await client.get(page)).text
        gone = await client.post(page, data={"tool": "e-reader", "action": "disconnect"})
        assert "Your e-reader is disconnected." in gone.text
    app = web_app(replace(context, has_e_readers=False))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://pages", follow_redirects=True
    ) as client:
        assert (await client.post(page, data={"tool": "e-reader", "address": "a@kindle.com"})).status_code == 404
