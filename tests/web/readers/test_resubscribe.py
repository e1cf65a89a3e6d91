"""Whoever has just left or paused comes back within the hour, and nobody else is brought back."""

import datetime as dt

import httpx
import sqlalchemy as sa
from tests.web.conftest import LINKS, NOW
from tests.web.readers.leaving import action, known, link, state

from dailypapers.domain.link import Purpose
from dailypapers.domain.subscriber import SubscriberState
from dailypapers.store.database import writing
from dailypapers.subscriptions import lifecycle


async def test_only_who_has_just_left_can_take_it_back(pages: httpx.AsyncClient, engine: sa.Engine, bob: int) -> None:
    with writing(engine) as tx:
        lifecycle.pause(tx, bob, until=dt.date(2026, 6, 1), now=NOW)
    left = await pages.post(link(bob))
    assert "You are unsubscribed" in left.text
    again = await pages.post(link(bob))
    assert "/undo/" not in again.text + (await pages.get(link(bob))).text
    assert "Welcome back" in (await pages.post(action(left.text, "undo"))).text
    found = known(engine, bob)
    assert found is not None
    assert (found.state, found.paused_until) == (SubscriberState.PAUSED, dt.date(2026, 6, 1))


async def test_who_had_not_confirmed_is_not_let_in_by_an_undo(
    pages: httpx.AsyncClient, engine: sa.Engine, alice: int
) -> None:
    left = await pages.post(link(alice))
    await pages.post(action(left.text, "undo"))
    assert state(engine, alice) is SubscriberState.PENDING


async def test_the_ways_back_end_after_an_hour_and_are_good_for_nothing_else(
    pages: httpx.AsyncClient, bob: int
) -> None:
    late = NOW - dt.timedelta(hours=2)
    for purpose in (Purpose.RESUBSCRIBE, Purpose.ERASE):
        assert (await pages.post(LINKS.url(purpose, bob, issued=late))).status_code == 410
        swapped = LINKS.url(Purpose.UNSUBSCRIBE, bob, issued=NOW).replace("unsubscribe", purpose)
        assert (await pages.post(swapped)).status_code == 410
