"""An invitation is for who was invited."""

import httpx
import sqlalchemy as sa
from tests.a_group import OPEN, a_group, a_reader
from tests.web.conftest import LINKS, NOW

from dailypapers.domain.link import Purpose


async def test_who_was_not_invited_learns_nothing_of_the_group(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    ada, bob = a_reader(engine, "ada"), a_reader(engine, "bob")
    group = a_group(engine, (ada, OPEN))
    page = f"/invitation/{LINKS.token(Purpose.INVITATION, bob, issued=NOW, about=group)}"
    for answer in (await pages.get(page), await pages.post(page, data={"member": "Bob"})):
        assert "no longer open" in answer.text
        assert "Graph club" not in answer.text
