"""The one-time link: a password is set once."""

import sqlalchemy as sa
from tests.web.admin.conftest import Operator, browser, csrf_of
from tests.web.conftest import NOW

from dailypapers.accounts.invite import invite
from dailypapers.domain.account import Role
from dailypapers.store.database import writing
from dailypapers.web.http.page import WebContext

PASSWORD = "correct horse battery staple"


async def test_a_password_is_set_once_and_guessable_ones_are_refused(context: WebContext, engine: sa.Engine) -> None:
    with writing(engine) as tx:
        path = f"/invitation/{invite(tx, 'ann@example.org', Role.OWNER, now=NOW)}"
    async with browser(context) as client:
        visitor = Operator(engine, client)
        for password, again, why in (("short", "short", "at least 12"), (PASSWORD, f"{PASSWORD}r", "differ")):
            answer = await visitor.post(path, password=password, again=again)
            assert (answer.status_code, why in answer.text) == (400, True)
        csrf = csrf_of(await visitor.look(path))
        done = await visitor.post(path, password=PASSWORD, again=PASSWORD)
        assert done.headers["location"] == "/admin/sign-in?notice=password"
        assert "Your password is set" in await visitor.look("/sign-in?notice=password")
        assert "used before" in await visitor.look(path, 410)
        late = await client.post(f"/admin{path}", data={"csrf": csrf, "password": PASSWORD, "again": PASSWORD})
        assert late.status_code == 410
        signed_in = await visitor.post("/sign-in", email="ann@example.org", password=PASSWORD)
        assert signed_in.status_code == 303
