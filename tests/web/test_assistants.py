"""The Model Context Protocol over HTTP, as the SDK's own client speaks it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx2
from mcp.client.streamable_http import streamable_http_client
from tests.web.a_digest import CELLS, GRAPHS, a_digest
from tests.web.conftest import NOW

from dailypapers.accounts import reader_keys as keys
from dailypapers.store.database import writing
from dailypapers.web.http.page import WebContext
from dailypapers.web.routes import web_app
from mcp import Client


@asynccontextmanager
async def a_client(app: Any, key: str) -> AsyncIterator[Client]:
    transport = httpx2.ASGITransport(app=app)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with (
        httpx2.AsyncClient(transport=transport, headers=headers) as http,
        Client(streamable_http_client("http://pages/mcp", http_client=http)) as client,
    ):
        yield client


async def test_each_request_is_answered_by_the_key_it_brings(context: WebContext) -> None:
    got = a_digest(context.engine)
    with writing(context.engine) as tx:
        key = keys.add(tx, got.reader, may_act=True, now=NOW)
    app = web_app(replace(context, has_mcp=True))
    async with app.router.lifespan_context(app):
        async with a_client(app, key) as client:
            picks = await client.call_tool("todays_picks", {})
            assert picks.structured_content
            assert [each["title"] for each in picks.structured_content["papers"]] == [GRAPHS.title, CELLS.title]
            assert not (await client.call_tool("save", {"paper": str(CELLS.id)})).is_error
        for wrong in ("", "dpr_abcdefgh_" + "a" * 43):
            async with a_client(app, wrong) as client:
                refused = await client.call_tool("todays_picks", {})
                assert refused.is_error
                assert "needs a key" in str(refused.content)


async def test_without_the_setting_there_is_no_such_page(pages: Any) -> None:
    assert (await pages.post("/mcp", json={})).status_code == 404
