"""A group's page is for its members, and names those who agreed."""

import httpx
import sqlalchemy as sa
from tests.a_group import CLOSED, OPEN, a_group, a_reader
from tests.web.conftest import LINKS, NOW

from dailypapers.domain.link import Purpose
from dailypapers.store import group_comments
from dailypapers.store.database import reading, writing


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


async def test_an_organiser_removes_any_comment_and_a_member_their_own(
    pages: httpx.AsyncClient, engine: sa.Engine
) -> None:
    ada, bob = a_reader(engine, "ada"), a_reader(engine, "bob")
    group = a_group(engine, (ada, OPEN), (bob, CLOSED))
    with writing(engine) as tx:
        group_comments.add(tx, group, ada, [(None, "From Ada <b>")], now=NOW)
        group_comments.add(tx, group, bob, [(None, "From Bob"), (None, "Once more")], now=NOW)
        third, second, first = (each.id for each in group_comments.newest(tx, group, limit=9))
    organiser, member = (f"/group/{LINKS.token(Purpose.GROUP, each, issued=NOW, about=group)}" for each in (ada, bob))
    shown = (await pages.get(member)).text
    assert "<strong>Ada</strong>: From Ada &lt;b&gt;" in shown
    assert "<strong>A member</strong>: From Bob" in shown
    assert shown.count("Remove this comment") == 2
    for page, comment, left in (
        (member, first, 3),
        (member, second, 2),
        (organiser, third, 1),
        (organiser, "x", 1),
        (organiser, "9" * 30, 1),
        (organiser, first, 0),
    ):
        await pages.post(page, data={"action": "remove-comment", "comment": str(comment)})
        with reading(engine) as tx:
            assert len(group_comments.newest(tx, group, limit=9)) == left
