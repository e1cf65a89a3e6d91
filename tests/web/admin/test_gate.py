"""The way in: off without accounts, for nobody without a session, and for no other site's forms."""

from dataclasses import replace
from functools import partial

import sqlalchemy as sa
from fastapi.routing import APIRoute
from tests.web.a_digest import a_digest
from tests.web.admin.conftest import Operator, account, browser, later, operator

from dailypapers.web.admin.gate import SESSION_COOKIE
from dailypapers.web.http.page import WebContext
from dailypapers.web.routes import web_app

#: What is open to who is not signed in yet.
OPEN = {"/admin/sign-in", "/admin/code", "/admin/invitation/{token}", "/admin/oidc", "/admin/oidc/callback"}


def addresses(context: WebContext, method: str) -> set[str]:
    routes = [route for route in web_app(context).routes if isinstance(route, APIRoute)]
    return {r.path for r in routes if r.path.startswith("/admin") and method in (r.methods or ())}


async def test_without_an_account_there_are_no_such_pages(context: WebContext) -> None:
    async with browser(context) as client:
        for path in addresses(context, "GET") - {"/admin/oidc", "/admin/oidc/callback"}:
            assert (await client.get(path)).status_code == 404, path
        for path in addresses(context, "POST"):
            assert (await client.post(path)).status_code == 404, path


async def test_nobody_comes_in_without_a_session(context: WebContext, engine: sa.Engine) -> None:
    account(engine)
    async with browser(context) as client:
        for method in ("GET", "POST"):
            for path in addresses(context, method) - OPEN:
                answer = await client.request(method, path)
                assert (path, answer.status_code) == (path, 303)
                assert answer.headers["location"].startswith("/admin/sign-in")
        answer = await client.get("/admin/account?done=off")
        assert answer.headers["location"] == "/admin/sign-in?next=%2Faccount%3Fdone%3Doff"


async def test_a_form_without_the_sessions_token_changes_nothing(context: WebContext, owner: Operator) -> None:
    for path in addresses(context, "POST") - OPEN:
        for fields in ({}, {"csrf": "another"}, {"csrf": "ü"}):
            answer = await owner.client.post(path, data=fields)
            assert (path, answer.status_code) == (path, 403)
            assert "This form is too old" in answer.text
    assert owner.entries() == []


async def test_a_button_that_is_not_there_changes_nothing(owner: Operator, engine: sa.Engine) -> None:
    digest = a_digest(engine)
    await owner.post("/test-mode", at="/checks", action="on")
    before = owner.entries()
    for path in ("/pause", "/test-mode", "/account", f"/deliveries/{digest.delivery}"):
        for fields in ({}, {"action": "nonsense"}):
            answer = await owner.post(path, at="/checks", **fields)
            assert (path, answer.status_code) == (path, 400)
    assert owner.entries() == before
    assert "Switch test mode off" in await owner.look("/checks")


async def test_pages_are_kept_nowhere_and_told_to_nobody(owner: Operator) -> None:
    answer = await owner.client.get("/admin")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    # Packed, what somebody else chose would tell what stands beside it (BREACH).
    assert "content-encoding" not in answer.headers


async def test_a_session_is_for_these_pages_alone_and_over_https_where_we_are(
    context: WebContext, engine: sa.Engine
) -> None:
    account(engine)
    async with browser(context) as client:
        said = (await client.get("/admin/sign-in")).headers["set-cookie"]
    assert all(part in said for part in ("HttpOnly", "Path=/admin", "SameSite=lax"))
    assert "Secure" not in said


async def test_a_session_that_is_over_opens_nothing(context: WebContext) -> None:
    async with operator(context) as signed_in:
        session_id = signed_in.client.cookies[SESSION_COOKIE]
    async with browser(replace(context, clock=lambda: later(context, hours=12))) as client:
        client.cookies.set(SESSION_COOKIE, session_id, path="/admin")
        assert (await client.get("/admin")).status_code == 303


async def test_a_page_that_redraws_itself_keeps_nobody_signed_in(context: WebContext) -> None:
    async with operator(context) as signed_in:
        session_id = signed_in.client.cookies[SESSION_COOKIE]
    for hours, path, status in ((1, "/progress", 200), (1.9, "/progress", 200), (2, "/progress", 303), (2, "", 303)):
        async with browser(replace(context, clock=partial(later, context, hours=hours))) as client:
            client.cookies.set(SESSION_COOKIE, session_id, path="/admin")
            assert (await client.get(f"/admin{path}")).status_code == status
