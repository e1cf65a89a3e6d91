"""Signing in: by password, then by code; out again; and never to another site."""

import pyotp
import pytest
import sqlalchemy as sa
from tests.web.admin.conftest import PASSWORD, Operator, account, browser, csrf_of
from tests.web.conftest import NOW

from dailypapers.accounts.sign_in import LIMITS
from dailypapers.store import accounts
from dailypapers.store.database import writing
from dailypapers.web.admin.sign_in import wanted_page
from dailypapers.web.http.page import WebContext

SECRET = pyotp.random_base32()


async def test_the_right_password_opens_the_page_that_was_asked_for(context: WebContext, engine: sa.Engine) -> None:
    account(engine)
    async with browser(context) as client:
        visitor = Operator(engine, client)
        wrong = await visitor.post("/sign-in", email="ann@example.org", password="wrong")
        assert (wrong.status_code, "address or the password is wrong" in wrong.text) == (403, True)
        right = await visitor.post("/sign-in", email="Ann@example.org", password=PASSWORD, next="/account")
        assert (right.status_code, right.headers["location"]) == (303, "/admin/account")
        page = await visitor.look("/account")
        assert "Signed in as ann@example.org" in page
        assert (await client.get("/admin/sign-in")).headers["location"] == "/admin"
        out = await visitor.post("/sign-out", at="/account")
        assert out.headers["location"] == "/admin/sign-in?notice=signed-out"
        assert (await client.get("/admin")).status_code == 303


async def test_a_second_factor_is_asked_for_before_anything_is_shown(context: WebContext, engine: sa.Engine) -> None:
    ann = account(engine)
    with writing(engine) as tx:
        accounts.set_second_factor(tx, ann, SECRET)
    async with browser(context) as client:
        visitor = Operator(engine, client)
        await visitor.post("/sign-in", email="ann@example.org", password=PASSWORD)
        half = dict(client.cookies)
        assert (await client.get("/admin")).headers["location"] == "/admin/code"
        wrong = await visitor.post("/code", code="000000")
        assert (wrong.status_code, "This code is wrong" in wrong.text) == (403, True)
        right = await visitor.post("/code", code=pyotp.TOTP(SECRET).at(NOW))
        assert right.headers["location"] == "/admin"
        assert dict(client.cookies) != half
        await visitor.look()
        assert (await client.get("/admin/code")).headers["location"] == "/admin"


async def test_guessing_ends_in_one_sentence_for_any_account(context: WebContext, engine: sa.Engine) -> None:
    account(engine)
    async with browser(context) as client:
        csrf = csrf_of((await client.get("/admin/sign-in")).text)
        for email in ("ann@example.org", "nobody@example.org"):
            sent = {"csrf": csrf, "email": email, "password": "wrong"}
            answers = [
                await client.post("/admin/sign-in", data=sent) for _ in range(LIMITS.per_account_and_network + 1)
            ]
            assert [answer.status_code for answer in answers][-2:] == [403, 429]
            assert "wait 15 minutes" in answers[-1].text


async def test_a_form_that_another_site_made_signs_nobody_in(context: WebContext, engine: sa.Engine) -> None:
    account(engine)
    async with browser(context) as client:
        answer = await client.post(
            "/admin/sign-in", data={"email": "ann@example.org", "password": PASSWORD, "csrf": ""}
        )
        assert (answer.status_code, "This form is too old" in answer.text) == (403, True)
        assert (await client.get("/admin/code")).headers["location"] == "/admin/sign-in"


async def test_other_browsers_can_be_signed_out(owner: Operator, context: WebContext) -> None:
    answer = await owner.post("/sign-others-out", at="/account")
    assert answer.headers["location"] == "/admin/account?done=sessions"
    assert "signed out everywhere else" in await owner.look("/account?done=sessions")
    assert owner.entries() == ["sessions ended"]


@pytest.mark.parametrize("path", ["//elsewhere.example.org", "https://elsewhere.example.org", "/\\elsewhere", "x"])
def test_nobody_is_led_to_another_site(path: str) -> None:
    assert wanted_page(path) == ""
    assert wanted_page("/subscribers?q=a") == "/subscribers?q=a"


async def test_a_form_that_this_browser_was_not_given_is_refused(context: WebContext, engine: sa.Engine) -> None:
    account(engine)
    async with browser(context) as client:
        await client.get("/admin/sign-in")
        for csrf in ("", "another", "ü"):
            answer = await client.post("/admin/sign-in", data={"csrf": csrf, "email": "ann@example.org"})
            assert (csrf, answer.status_code) == (csrf, 403)
