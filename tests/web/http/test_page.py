"""Every answer carries the headers that keep it to itself, and is as small as the browser takes it."""

import gzip
from dataclasses import replace

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs
from tests.world import ON_SQLITE

from dailypapers.tokens import Signer
from dailypapers.web.http import static
from dailypapers.web.http.page import Secured, WebContext
from dailypapers.web.http.static import Static


def at(context: WebContext, base: str) -> WebContext:
    """The pages of a service that lives at this address."""
    return replace(context, renderer=replace(context.renderer, signer=Signer(base, b"secret")))


@pytest.mark.parametrize(
    ("base", "root", "home"),
    [
        ("https://papers.example.org", "/", "https://papers.example.org/"),
        ("https://example.org/papers", "/papers/", "https://example.org/papers/"),
    ],
)
@ON_SQLITE
def test_a_service_may_live_below_anothers_address(context: WebContext, base: str, root: str, home: str) -> None:
    here = replace(at(context, base), static={"pages.css": Static(b"", b"", "text/css", "abc")})
    assert (here.root, here.home) == (root, home)
    assert here.address_of("pages.css") == f"{root}static/pages.css?abc"
    assert here.signer.base_url == base


def a_request(**headers: str) -> Request:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": "/x", "headers": named})


@pytest.fixture
def with_static(context: WebContext) -> WebContext:
    """The pages with the files they name."""
    return replace(context, static=static.load(context.templates))


@pytest.mark.parametrize(("accepts", "packed"), [("gzip, br", True), ("identity", False), ("", False)])
@ON_SQLITE
def test_a_page_is_packed_for_a_browser_that_takes_it(with_static: WebContext, accepts: str, packed: bool) -> None:
    values = {"title": "A <title>", "message": "A long message. " * 200}
    answer = with_static.page(a_request(accept_encoding=accepts), "message", status=418, **values)
    assert (answer.status_code, answer.headers["vary"]) == (418, "Accept-Encoding, Accept-Language")
    assert (answer.headers.get("content-encoding") == "gzip") is packed
    html = (gzip.decompress(bytes(answer.body)) if packed else bytes(answer.body)).decode()
    assert "A &lt;title&gt;" in html
    assert answer.headers["content-length"] == str(len(answer.body))


@ON_SQLITE
def test_packing_gives_the_same_bytes_again(with_static: WebContext) -> None:
    bodies = {
        bytes(with_static.page(a_request(accept_encoding="gzip"), "message", title="T", message="M" * 2000).body)
        for _ in range(2)
    }
    assert len(bodies) == 1


@ON_SQLITE
def test_half_of_a_surrogate_pair_does_not_break_a_page(with_static: WebContext) -> None:
    assert b"a?b" in bytes(with_static.page(a_request(), "message", title="T", message="a\ud800b").body)


async def ask(context: WebContext, app: object, *, raising: bool = False) -> httpx.Response:
    secured = Secured(app, context)  # type: ignore[arg-type]
    transport = httpx.ASGITransport(app=secured, raise_app_exceptions=raising)
    async with httpx.AsyncClient(transport=transport, base_url="http://pages", follow_redirects=True) as client:
        return await client.get("/x")


@ON_SQLITE
async def test_every_answer_keeps_its_page_to_itself(context: WebContext) -> None:
    answer = await ask(context, PlainTextResponse("Hello."))
    assert answer.text == "Hello."
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer", "addresses have tokens in them"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in answer.headers
    encrypted = await ask(at(context, "https://papers.example.org"), PlainTextResponse("Hello."))
    assert "includesubdomains" not in encrypted.headers["strict-transport-security"].lower()


@ON_SQLITE
async def test_a_page_may_say_itself_how_long_it_is_good(context: WebContext) -> None:
    answer = await ask(context, PlainTextResponse("Hello.", headers={"Cache-Control": "max-age=60"}))
    assert answer.headers["cache-control"] == "max-age=60"


async def breaks(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise RuntimeError("alice@example.org")


async def breaks_half_way(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise RuntimeError("half-way")


@ON_SQLITE
async def test_what_breaks_is_logged_and_the_visitor_reads_nothing_of_it(with_static: WebContext) -> None:
    with capture_logs() as logs:
        answer = await ask(with_static, breaks)
    assert (answer.status_code, "alice" in answer.text) == (500, False)
    assert "Something went wrong" in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("page broke", "error")]


@ON_SQLITE
async def test_what_breaks_after_its_beginning_is_not_answered_twice(with_static: WebContext) -> None:
    with capture_logs(), pytest.raises(RuntimeError, match="half-way"):
        await ask(with_static, breaks_half_way, raising=True)


@ON_SQLITE
async def test_what_is_not_a_page_is_passed_on(context: WebContext) -> None:
    seen: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["type"])

    await Secured(app, context)({"type": "lifespan"}, None, None)  # type: ignore[arg-type]
    assert seen == ["lifespan"]
