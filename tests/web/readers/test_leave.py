"""Leaving, and reading less instead: RFC 8058 to the letter, and a link that only ever makes mail less."""

import datetime as dt
import re
from collections.abc import AsyncIterator

import httpx
import pytest
import sqlalchemy as sa
from tests.web.conftest import LINKS, NOW
from tests.web.test_pages import everything

from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.link import Purpose
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, Subscriber, SubscriberState, parse_days
from dailypapers.store import subscribers
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import lifecycle, sign_up
from dailypapers.subscriptions.erase import erase

ZONE = "Europe/Berlin"


@pytest.fixture
def bob(engine: sa.Engine) -> int:
    """Somebody who reads."""
    wishes = Preferences(Rhythm(ZONE), Amount(10, about=8), (Interest(InterestKind.TOPIC, "RNA"),))
    with writing(engine) as tx:
        sign_up.admit(tx, "bob@example.org", wishes, consent=Consent("operator"), now=NOW)
        found = subscribers.by_address(tx, "bob@example.org")
    assert found is not None
    return found.id


def link(reader: int, tail: str = "") -> str:
    return LINKS.url(Purpose.UNSUBSCRIBE, reader, issued=NOW) + tail


def known(engine: sa.Engine, reader: int) -> Subscriber | None:
    with reading(engine) as tx:
        return subscribers.by_id(tx, [reader]).get(reader)


def state(engine: sa.Engine, reader: int) -> SubscriberState | None:
    found = known(engine, reader)
    return found.state if found else None


def action(page: str, name: str) -> str:
    """Where a form or a link of the page leads."""
    found = re.search(rf'"(/{name}/[^"]+)"', page)
    assert found, page
    return found[1]


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


async def test_weekly_begins_at_once(pages: httpx.AsyncClient, engine: sa.Engine, bob: int) -> None:
    answer = await pages.post(link(bob, "/less"), data={"wish": "weekly"})
    assert "Your digest is now weekly" in answer.text
    found = known(engine, bob)
    assert found is not None
    assert found.rhythm == Rhythm(ZONE, 7, parse_days("weekly"))
    assert found.next_digest_at == dt.datetime(2026, 4, 27, 5, tzinfo=dt.UTC)
    with reading(engine) as tx:
        assert [i.text for i in subscribers.interests_of(tx, [bob])[bob]] == ["RNA"]


async def test_fewer_is_half_as_many_down_to_three(pages: httpx.AsyncClient, engine: sa.Engine, bob: int) -> None:
    had = []
    for _ in range(4):
        assert "half as many" in (await pages.post(link(bob, "/less"), data={"wish": "fewer"})).text
        found = known(engine, bob)
        assert found is not None
        had.append((found.amount.max_papers, found.amount.about))
    assert had == [(5, 5), (3, 3), (3, 3), (3, 3)]


async def test_fewer_that_is_sent_twice_halves_once(pages: httpx.AsyncClient, engine: sa.Engine, bob: int) -> None:
    for _ in range(2):
        page = await pages.get(link(bob))
        than = re.search(r'name="than" value="(\d+)"', page.text)
        assert than
        for _ in range(2):
            await pages.post(link(bob, "/less"), data={"wish": "fewer", "than": than[1]})
    assert "Get fewer papers" not in (await pages.get(link(bob))).text
    found = known(engine, bob)
    assert found is not None
    assert found.amount.max_papers == 3
    await pages.post(link(bob, "/less"), data={"wish": "fewer", "than": "9999"})
    assert known(engine, bob) == found


async def test_weekly_during_a_pause_does_not_end_it(pages: httpx.AsyncClient, engine: sa.Engine, bob: int) -> None:
    await pages.post(link(bob, "/less"), data={"wish": "pause"})
    answer = await pages.post(link(bob, "/less"), data={"wish": "weekly"})
    assert "When your pause ends" in answer.text
    assert "next digest will arrive on Monday" not in answer.text
    assert state(engine, bob) is SubscriberState.PAUSED


@pytest.mark.parametrize(
    ("form", "until"),
    [
        ({"wish": "two-weeks"}, dt.date(2026, 5, 4)),
        ({"wish": "until", "until": "2026-06-01"}, dt.date(2026, 6, 1)),
        ({"wish": "pause", "until": "2020-01-01"}, None),
    ],
)
async def test_a_pause_and_back(
    pages: httpx.AsyncClient, engine: sa.Engine, bob: int, form: dict[str, str], until: dt.date | None
) -> None:
    answer = await pages.post(link(bob, "/less"), data=form)
    assert "Paused" in answer.text
    found = known(engine, bob)
    assert found is not None
    assert (found.state, found.paused_until) == (SubscriberState.PAUSED, until)
    assert "Resume digests" not in (await pages.post(link(bob, "/less"), data=form)).text, "the link resumes nothing"
    back = action(answer.text, "undo")
    assert (await pages.get(back)).status_code == 200
    assert state(engine, bob) is SubscriberState.PAUSED
    assert "Welcome back" in (await pages.post(back)).text
    assert state(engine, bob) is SubscriberState.ACTIVE


@pytest.mark.parametrize("until", ["", "2026-04-20", "2020-01-01", "9999-12-31", "soon", "\0", "٢٠٢٦-٠٦-٠١"])
async def test_a_day_that_is_none_gets_a_sentence(
    pages: httpx.AsyncClient, engine: sa.Engine, bob: int, until: str
) -> None:
    answer = await pages.post(link(bob, "/less"), data={"wish": "until", "until": until})
    assert (answer.status_code, "Please choose a day after today" in answer.text) == (200, True)
    assert state(engine, bob) is SubscriberState.ACTIVE


async def test_wishes_that_are_none_change_nothing(pages: httpx.AsyncClient, engine: sa.Engine, bob: int) -> None:
    before = everything(engine)
    await pages.get(link(bob, "/less"))
    await pages.post(link(bob, "/less"))
    await pages.post(link(bob, "/less"), data={"wish": "daily"})
    as_file = await pages.post(link(bob, "/less"), files={"wish": ("a", b"weekly")})
    assert (as_file.status_code, "couldn’t read" in as_file.text) == (400, True)
    assert everything(engine) == before


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


async def test_the_ways_back_end_after_an_hour_and_are_good_for_nothing_else(
    pages: httpx.AsyncClient, bob: int
) -> None:
    late = NOW - dt.timedelta(hours=2)
    for purpose in (Purpose.UNDO, Purpose.ERASE):
        assert (await pages.post(LINKS.url(purpose, bob, issued=late))).status_code == 410
        swapped = LINKS.url(Purpose.UNSUBSCRIBE, bob, issued=NOW).replace("unsubscribe", purpose)
        assert (await pages.post(swapped)).status_code == 410
