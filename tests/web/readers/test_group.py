"""A group's page is for its members, and names those who agreed."""

import httpx
import sqlalchemy as sa
from tests.a_group import CLOSED, OPEN, a_group, a_reader
from tests.web.conftest import LINKS, NOW

from dailypapers.domain.link import Purpose


async def test_a_member_sees_names_by_consent_and_a_token_of_another_purpose_opens_nothing(
    pages: httpx.AsyncClient, engine: sa.Engine
) -> None:
    ada, bob = a_reader(engine, "ada"), a_reader(engine, "bob")
    group = a_group(engine, (ada, OPEN), (bob, CLOSED))
    shown = (await pages.get(f"/group/{LINKS.token(Purpose.GROUP, bob, issued=NOW, about=group)}")).text
    assert "<li>Ada</li>" in shown
    assert "<li>Bob</li>" not in shown
    wrong = await pages.get(f"/group/{LINKS.token(Purpose.LEAVE, bob, issued=NOW, about=group)}")
    assert wrong.status_code == 410
