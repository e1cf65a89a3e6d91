"""Every page is in one table: GET shows it, POST acts on it where it has a button, and errors are calm pages."""

import re
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
import sqlalchemy as sa
from starlette.routing import Route
from tests.web.conftest import LINKS, NOW
from tests.web.test_pages import everything

from dailypapers.domain.link import Purpose
from dailypapers.store.database import connect
from dailypapers.web.http.page import WebContext
from dailypapers.web.routes import web_app


def routes(context: WebContext) -> Iterator[tuple[str, set[str]]]:
    for route in web_app(context).routes:
        assert isinstance(route, Route)
        if route.path == "/api/{path:path}":
            continue  # It has a table of its own.
        yield route.path, set(route.methods or ())


def test_nothing_is_served_that_is_not_in_the_table(context: WebContext) -> None:
    paths = {path for path, _ in routes(context)}
    assert not paths & {"/docs", "/redoc", "/openapi.json"}
    assert {"/", "/healthz", "/subscribe", "/unsubscribe/{token}", "/static/{name}"} <= paths


def test_a_route_shows_or_acts_and_never_does_both(context: WebContext) -> None:
    for path, methods in routes(context):
        assert methods in ({"GET", "HEAD"}, {"POST"}), path


def test_whatever_acts_on_a_token_can_be_looked_at_first(context: WebContext) -> None:
    by_method = {method: {path for path, methods in routes(context) if method in methods} for method in ("GET", "POST")}
    told_by_programs = {"/hooks/{provider}"}
    # Operators' forms carry a session's token, and stand on other pages of theirs.
    operators = {path for path in by_method["POST"] if path.startswith("/admin")}
    assert by_method["POST"] - by_method["GET"] - told_by_programs - operators == {"/preferences/{token}/preview"}


async def test_looking_at_every_address_changes_nothing(
    pages: httpx.AsyncClient, context: WebContext, engine: sa.Engine, alice: int
) -> None:
    before = everything(engine)
    for path, methods in routes(context):
        if "GET" not in methods:
            continue
        for purpose in Purpose:
            token = LINKS.token(purpose, alice, issued=NOW, about=1)
            address = path.replace("{token}", token).replace("{vote}", "like").replace("{kind}", "bib")
            address = re.sub(r"\{\w+\}", "x", address)
            assert (await pages.get(address)).status_code < 500, address
            if "{token}" not in path:
                break
    assert everything(engine) == before


@pytest.mark.parametrize(
    ("method", "path", "status", "says"),
    [
        ("GET", "/nothing/here", 404, "Page not found"),
        ("GET", "/confirm/not-a-token", 410, "This link does not work"),
        ("POST", "/confirm/not-a-token", 410, "This link does not work"),
        ("POST", "/archive", 405, "Page not found"),
        ("GET", "/archive/not-a-day", 404, "Page not found"),
    ],
)
async def test_an_error_is_a_page_that_says_what_to_do(
    pages: httpx.AsyncClient, method: str, path: str, status: int, says: str
) -> None:
    answer = await pages.request(method, path)
    assert (answer.status_code, says in answer.text) == (status, True)
    assert "<html" in answer.text


async def test_a_database_that_is_not_there_is_said_to_pass(context: WebContext) -> None:
    away = replace(context, engine=connect("sqlite:////no/such/folder/papers.db"))
    transport = httpx.ASGITransport(app=web_app(away), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://pages", follow_redirects=True) as client:
        answer = await client.get("/archive")
    assert (answer.status_code, "Temporarily unavailable" in answer.text) == (503, True)
    assert "/no/such/folder" not in answer.text
