"""Erasing takes a button, leaves nothing, and is good for whoever has just left and for nobody else."""

import httpx
import sqlalchemy as sa
from tests.web.conftest import LINKS, NOW
from tests.web.readers.leaving import action, link, state
from tests.web.test_pages import everything

from dailypapers.domain.link import Purpose
from dailypapers.domain.subscriber import SubscriberState


async def test_erasing_takes_two_presses_and_leaves_nothing(
    pages: httpx.AsyncClient, engine: sa.Engine, bob: int
) -> None:
    left = await pages.post(link(bob))
    erasing = action(left.text, "erase")
    assert "cannot be undone" in (await pages.get(erasing)).text
    assert state(engine, bob) is SubscriberState.UNSUBSCRIBED
    for _ in range(2):
        assert "Everything is erased" in (await pages.post(erasing)).text
    assert state(engine, bob) is None
    assert "Nothing to resume" in (await pages.post(action(left.text, "undo"))).text
    assert "bob@example.org" not in str(everything(engine))


async def test_a_link_of_another_kind_erases_nobody(pages: httpx.AsyncClient, engine: sa.Engine, bob: int) -> None:
    before = everything(engine)
    for purpose in set(Purpose) - {Purpose.ERASE}:
        swapped = LINKS.url(purpose, bob, issued=NOW).replace(f"/{purpose}/", "/erase/")
        for method in ("GET", "POST"):
            assert (await pages.request(method, swapped)).status_code == 410
    assert everything(engine) == before


async def test_looking_at_the_page_erases_nobody_and_names_nobody(
    pages: httpx.AsyncClient, engine: sa.Engine, bob: int
) -> None:
    before = everything(engine)
    erasing = LINKS.url(Purpose.ERASE, bob, issued=NOW)
    for method in ("HEAD", "GET"):
        answer = await pages.request(method, erasing)
        assert (answer.status_code, "bob" in answer.text) == (200, False)
    assert everything(engine) == before
