"""Leaving a group leaves the subscription alone."""

import httpx
import sqlalchemy as sa
from tests.a_group import CLOSED, OPEN, a_group, a_reader
from tests.web.conftest import LINKS, NOW

from dailypapers.domain.link import Purpose
from dailypapers.domain.subscriber import SubscriberState
from dailypapers.store import groups, subscribers
from dailypapers.store.database import reading


async def test_who_leaves_a_group_still_reads(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    ada, bob = a_reader(engine, "ada"), a_reader(engine, "bob")
    group = a_group(engine, (ada, OPEN), (bob, CLOSED))
    page = f"/leave/{LINKS.token(Purpose.LEAVE, bob, issued=NOW, about=group)}"
    for _ in range(2):
        assert (await pages.post(page)).status_code == 200
    with reading(engine) as tx:
        reader = subscribers.one(tx, bob)
        assert reader
        assert reader.state is SubscriberState.ACTIVE
        assert [each.subscriber for each in groups.members(tx, group)] == [ada]
