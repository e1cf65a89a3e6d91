"""Hostile bodies: a calm page, whatever was sent, and nothing has changed."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import sqlalchemy as sa
from fastapi import Request
from fastapi.responses import PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send
from tests.web.conftest import LINKS, NOW
from tests.web.test_pages import everything

from dailypapers.domain.link import Purpose
from dailypapers.web.http.guard import Guard


async def pieces(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 100_000):
        yield b"x" * 100_000


async def test_ten_megabytes_are_refused_with_a_calm_page(
    pages: httpx.AsyncClient, engine: sa.Engine, alice: int
) -> None:
    before = everything(engine)
    for link in ("/subscribe", LINKS.url(Purpose.UNSUBSCRIBE, alice, issued=NOW)):
        whole = await pages.post(link, content=b"email=" + b"x" * 10_000_000)
        chunked = await pages.post(link, content=pieces(10_000_000))
        for answer in (whole, chunked):
            assert (answer.status_code, "This is too large" in answer.text) == (413, True)
            assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert everything(engine) == before


async def test_ten_thousand_fields_are_refused(pages: httpx.AsyncClient) -> None:
    fields = {f"field{i}": "x" for i in range(10_000)}
    parts = {name: (None, value) for name, value in fields.items()}
    for answer in (await pages.post("/subscribe", data=fields), await pages.post("/subscribe", files=parts)):
        assert (answer.status_code, "couldn’t read" in answer.text) == (400, True)


async def test_a_file_where_a_word_should_be_and_other_types_are_an_empty_form(pages: httpx.AsyncClient) -> None:
    as_json = await pages.post("/subscribe", json={"email": "alice@example.org"})
    as_file = await pages.post("/subscribe", files={"email": ("a.txt", b"alice@example.org")})
    broken = await pages.post("/subscribe", content=b"x", headers={"content-type": "multipart/form-data; boundary=y"})
    nothing = await pages.post("/subscribe")
    for answer in (as_json, as_file, nothing):
        assert (answer.status_code, "<form" in answer.text) == (422, True)
    assert broken.status_code in {400, 422}


async def test_a_body_that_never_ends_is_given_up() -> None:
    sent: list[Message] = []

    async def page(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise AssertionError("no page is asked")

    async def never() -> Message:
        await asyncio.sleep(3600)
        raise AssertionError

    async def keep(message: Message) -> None:
        sent.append(message)

    def refuse(_request: Request, status: int) -> Response:
        return PlainTextResponse("no", status)

    await Guard(page, refuse=refuse, seconds=0.01)({"type": "http", "method": "POST", "headers": []}, never, keep)
    assert sent[0]["status"] == 408
