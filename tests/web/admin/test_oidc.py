"""By OpenID Connect: to the provider and back, and only the browser that went there."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.playing_oidc import CLIENT, SECRET, playing_oidc
from tests.web.admin.conftest import Operator, browser
from tests.web.conftest import NOW

from dailypapers.domain.account import OidcProvider
from dailypapers.web.http.page import WebContext


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_somebody_of_a_group_is_let_in_and_nobody_else(context: WebContext, engine: sa.Engine) -> None:
    with playing_oidc() as played:
        provider = OidcProvider(played.issuer, CLIENT, SECRET, "Example", owner_groups=frozenset({"admins"}))
        async with browser(replace(context, oidc=provider)) as client:
            visitor = Operator(engine, client)
            assert "Sign in with Example" in await visitor.look("/sign-in")
            led = (await client.get("/admin/oidc")).headers["location"]
            assert led.startswith(f"{played.issuer}/authorize?")
            state = dict(part.split("=", 1) for part in led.partition("?")[2].split("&"))["state"]
            for groups, status in ((["others"], 403), (["admins"], 303)):
                code = played.signs_in(led, now=NOW, groups=groups)
                forged = await client.get("/admin/oidc/callback", params={"state": "x", "code": code})
                assert (forged.status_code, "too old" in forged.text) == (403, True)
                back = await client.get("/admin/oidc/callback", params={"state": state, "code": code})
                assert back.status_code == status
            assert "Signed in as ann@example.org" in await visitor.look()
            assert 'name="password"' not in await visitor.look("/account")
    async with browser(replace(context, oidc=provider)) as client:
        answer = await client.get("/admin/oidc")
        assert (answer.status_code, "did not answer" in answer.text) == (502, True)
    async with browser(context) as client:
        assert (await client.get("/admin/oidc")).status_code == 404
