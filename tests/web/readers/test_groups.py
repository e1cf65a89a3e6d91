"""Groups are started from the preferences, joined by invitation and left by one link; GET changes nothing."""

import httpx
import pytest
import sqlalchemy as sa
from tests.a_group import OPEN, a_group, a_reader
from tests.web.conftest import LINKS, NOW
from tests.web.test_pages import everything

from dailypapers.domain.group import Role
from dailypapers.domain.link import Purpose
from dailypapers.store import groups, history
from dailypapers.store.database import reading, writing

STARTED = {"group": "Graph club", "topics": "graphs\ncells", "days": "weekdays", "member": "Ada", "shows_name": "1"}


def link(purpose: Purpose, reader: int, group: int) -> str:
    return f"/{purpose}/{LINKS.token(purpose, reader, issued=NOW, about=group)}"


async def test_a_group_is_started_joined_and_left(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    ada, bob = a_reader(engine, "ada"), a_reader(engine, "bob")
    start = f"/groups/{LINKS.token(Purpose.PREFERENCES, ada, issued=NOW)}"
    assert start in (await pages.get(start.replace("groups", "preferences", 1))).text
    before = everything(engine)
    assert "Start a group" in (await pages.get(start)).text
    assert everything(engine) == before
    answer = await pages.post(start, data=STARTED)
    # To reload the page that the form led on to starts no second group.
    assert (answer.request.method, answer.request.url.path.startswith("/group/")) == ("GET", True)
    started = answer.text
    assert "The group has started" in started
    with reading(engine) as tx:
        ((group, member),) = groups.of_subscriber(tx, ada)
    assert member.role is Role.ORGANISER
    assert (group.topics, group.rhythm.days) == (("graphs", "cells"), frozenset(range(5)))
    page = link(Purpose.GROUP, ada, group.id)
    # Its forms lead to the group, wherever the page is shown.
    assert started.count(f'<form method="post" action="{page}"') == 3
    assert page.removeprefix("/group/")[:20] in (await pages.get(start)).text
    told = [
        (await pages.post(page, data={"action": "invite", "address": f"{who}@example.org"})).text
        for who in ("bob", "nobody")
    ]
    assert told[0] == told[1]
    assert "If we may email this address" in told[0]
    with reading(engine) as tx:
        assert len(history.of_subscriber(tx, bob)) == 1
    joining = link(Purpose.INVITATION, bob, group.id)
    before = everything(engine)
    assert "Join Graph club?" in (await pages.get(joining)).text
    assert (await pages.get(link(Purpose.GROUP, bob, group.id))).status_code == 410
    assert everything(engine) == before
    assert "You have joined Graph club" in (await pages.post(joining, data={"member": "Bob"})).text
    assert "You have joined Graph club" in (await pages.post(joining, data={"member": "Bob"})).text
    shown = (await pages.get(page)).text
    assert "bob@example.org" in shown
    assert "One member who doesn’t show a name" in shown
    assert "ada@example.org" not in (await pages.get(link(Purpose.GROUP, bob, group.id))).text
    leaving = link(Purpose.LEAVE, bob, group.id)
    before = everything(engine)
    assert "Leave Graph club?" in (await pages.get(leaving)).text
    assert everything(engine) == before
    assert "You are not in this group" in (await pages.post(leaving, content=b"List-Unsubscribe=One-Click")).text
    assert (await pages.get(link(Purpose.GROUP, bob, group.id))).status_code == 410
    assert "the group will end" in (await pages.get(link(Purpose.LEAVE, ada, group.id))).text
    await pages.post(link(Purpose.LEAVE, ada, group.id))
    with reading(engine) as tx:
        assert groups.every(tx) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"group": "see evil.example"}, "Names can have up to 60"),
        ({"group": ""}, "give the group a name"),
        ({"topics": " "}, "at least one topic"),
        ({"member": ""}, "enter the name to show"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_made(
    pages: httpx.AsyncClient, engine: sa.Engine, changed: dict[str, str], said: str
) -> None:
    start = f"/groups/{LINKS.token(Purpose.PREFERENCES, a_reader(engine, 'ada'), issued=NOW)}"
    answer = await pages.post(start, data=STARTED | changed)
    assert answer.status_code == 422
    assert said in answer.text
    with reading(engine) as tx:
        assert groups.every(tx) == []


async def test_only_an_organiser_organises(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    ada, bob = a_reader(engine, "ada"), a_reader(engine, "bob")
    group = a_group(engine, (ada, OPEN), (bob, OPEN))
    theirs = link(Purpose.GROUP, bob, group)
    for sent in ({"action": "remove", "remove": str(ada)}, {"action": "change", "group": "Mine", "topics": "x"}):
        await pages.post(theirs, data=sent)
    with reading(engine) as tx:
        assert len(groups.members(tx, group)) == 2
        assert [each.name for each in groups.every(tx)] == ["Graph club"]
    mine = link(Purpose.GROUP, ada, group)
    assert "Changed." in (await pages.post(mine, data={"action": "change", "group": "Ours", "topics": "x"})).text
    assert "Saved." in (await pages.post(mine, data={"action": "terms", "member": "Countess"})).text
    assert "Removed." in (await pages.post(mine, data={"action": "remove", "remove": str(bob)})).text
    with writing(engine) as tx:
        assert [each.terms.name for each in groups.members(tx, group)] == ["Countess"]
