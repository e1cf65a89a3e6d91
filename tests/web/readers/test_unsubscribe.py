"""Unsubscribing: RFC 8058 to the letter, by a link that only ever makes mail less."""

from collections.abc import AsyncIterator

import httpx
import pytest
import sqlalchemy as sa
from tests.web.conftest import NOW
from tests.web.readers.leaving import link, state
from tests.web.test_pages import everything

from dailypapers.domain.subscriber import SubscriberState
from dailypapers.store import subscribers
from dailypapers.store.database import writing
from dailypapers.subscriptions.erase import erase


async def halves(body: bytes) -> AsyncIterator[bytes]:
    yield body[:9]
    yield body[9:]


@pytest.mark.parametrize("tail", ["", "/"])
@pytest.mark.parametrize("form", ["multipart", "urlencoded", "chunked", "nothing", "nonsense"])
async def test_one_click_is_a_small_answer_without_redirect_or_cookie(
    pages: httpx.AsyncClient, engine: sa.Engine, bob: int, form: str, tail: str
) -> None:
    field = b"List-Unsubscribe=One-Click"
    urlencoded = {"content-type": "application/x-www-form-urlencoded", "origin": "https://mail.example"}
    for _ in range(2):
        if form == "multipart":
            answer = await pages.post(link(bob, tail), files={"List-Unsubscribe": (None, "One-Click")})
        elif form == "chunked":
            answer = await pages.post(link(bob, tail), content=halves(field), headers=urlencoded)
        elif form == "nonsense":
            broken = {"content-type": "multipart/form-data"}
            answer = await pages.post(link(bob, tail), content=b"\0\xff One-Click", headers=broken)
        else:
            answer = await pages.post(
                link(bob, tail), content=field if form == "urlencoded" else b"", headers=urlencoded
            )
        assert answer.status_code == 200
        assert "location" not in answer.headers
        assert "set-cookie" not in answer.headers
        assert form == "nothing" or answer.text == "Unsubscribed.\n"
        assert state(engine, bob) is SubscriberState.UNSUBSCRIBED


async def test_one_click_is_well_for_who_is_erased(pages: httpx.AsyncClient, engine: sa.Engine, bob: int) -> None:
    with writing(engine) as tx:
        erase(tx, bob)
    for method in ("GET", "HEAD", "POST"):
        assert (await pages.request(method, link(bob))).status_code == 200


async def test_the_page_offers_less_before_goodbye_and_shows_nothing_of_the_reader(
    pages: httpx.AsyncClient, engine: sa.Engine, bob: int
) -> None:
    before = everything(engine)
    shown = await pages.get(link(bob))
    for words in ("Switch to weekly", "Get fewer papers", "Pause for two weeks", "Pause indefinitely"):
        assert words in shown.text
    for private in ("bob", "RNA", "Berlin", "/preferences/", "/data/", "/undo/", "/erase/"):
        assert private not in shown.text
    assert everything(engine) == before


async def test_who_has_left_or_was_never_there_is_shown_no_button(
    pages: httpx.AsyncClient, engine: sa.Engine, bob: int
) -> None:
    assert '<form method="post"' in (await pages.get(link(bob))).text
    await pages.post(link(bob))
    before = everything(engine)
    assert "Switch to weekly" not in (await pages.get(link(bob))).text
    assert "/undo/" not in (await pages.post(link(bob))).text
    assert everything(engine) == before


@pytest.mark.parametrize("left", [SubscriberState.BOUNCED, SubscriberState.COMPLAINED])
async def test_who_is_mailed_no_longer_cannot_leave_and_come_back_by_it(
    pages: httpx.AsyncClient, engine: sa.Engine, bob: int, left: SubscriberState
) -> None:
    with writing(engine) as tx:
        subscribers.transition(tx, bob, to=left, now=NOW)
    answer = await pages.post(link(bob))
    assert (answer.status_code, "/undo/" in answer.text) == (200, False)
    assert state(engine, bob) is left
