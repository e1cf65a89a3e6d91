"""What the request says about our own host leads nobody anywhere, and a slash too many does not lose a page."""

from collections import defaultdict

import httpx
import pytest
from fastapi.routing import APIRoute
from tests.web.conftest import LINKS, NOW
from tests.world import ON_SQLITE

from dailypapers.domain.link import Purpose
from dailypapers.web.http.page import WebContext
from dailypapers.web.routes import web_app

HOSTILE = "evil.example"


@ON_SQLITE
async def test_no_answer_repeats_the_host_that_a_request_names(context: WebContext, alice: int) -> None:
    app = web_app(context)
    routes = [route for route in app.routes if isinstance(route, APIRoute)]
    assert len(routes) > 20
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://pages", headers={"host": HOSTILE}) as client:
        named = defaultdict(lambda: "1", vote="like", day="2026-04-20", kind="bib", name="site.css", provider="ses")
        for route in routes:
            purpose = route.path.split("/")[1]
            token = LINKS.token(Purpose(purpose), alice, issued=NOW) if purpose in set(Purpose) else "x"
            path = route.path.format_map(named | {"token": token})
            for end in ("", "/", "//"):
                for method in route.methods or ():
                    answer = await client.request(method, path + end, headers={"x-forwarded-host": HOSTILE})
                    # A form leads on to a page of ours, by its path.
                    is_form = method == "POST" and answer.status_code == 303
                    assert answer.headers["location"].startswith("/") if is_form else answer.status_code // 100 != 3
                    assert HOSTILE not in answer.text + str(answer.headers), (method, path)


@pytest.mark.parametrize("purpose", [Purpose.CONFIRM, Purpose.PREFERENCES, Purpose.UNSUBSCRIBE, Purpose.ERASE])
@ON_SQLITE
async def test_a_slash_at_the_end_is_the_same_page(pages: httpx.AsyncClient, alice: int, purpose: Purpose) -> None:
    link = LINKS.url(purpose, alice, issued=NOW)
    for method in ("GET", "POST"):
        answer = await pages.request(method, f"{link}/")
        assert answer.status_code in {200, 303, 422}


@ON_SQLITE
async def test_two_slashes_are_no_page(pages: httpx.AsyncClient) -> None:
    for path in ("/search//", "//evil.example/"):
        answer = await pages.get(f"http://pages{path}")
        assert (answer.status_code, "Page not found" in answer.text) == (404, True)
