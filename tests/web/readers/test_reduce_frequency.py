"""Less mail instead of none: weekly, fewer papers, a pause; by a link that only ever makes mail less."""

import datetime as dt
import re

import httpx
import pytest
import sqlalchemy as sa
from tests.web.readers.leaving import ZONE, action, known, link, state
from tests.web.test_pages import everything
from tests.world import ON_SQLITE

from dailypapers.domain.subscriber import Rhythm, SubscriberState, parse_days
from dailypapers.store import subscribers
from dailypapers.store.database import reading


@ON_SQLITE
async def test_weekly_begins_at_once(pages: httpx.AsyncClient, engine: sa.Engine, bob: int) -> None:
    answer = await pages.post(link(bob, "/less"), data={"choice": "weekly"})
    assert "Your digest is now weekly" in answer.text
    found = known(engine, bob)
    assert found is not None
    assert found.rhythm == Rhythm(ZONE, 7, parse_days("weekly"))
    assert found.next_digest_at == dt.datetime(2026, 4, 27, 5, tzinfo=dt.UTC)
    with reading(engine) as tx:
        assert [i.text for i in subscribers.interests_of(tx, [bob])[bob]] == ["RNA"]


@ON_SQLITE
async def test_fewer_is_half_as_many_down_to_three(pages: httpx.AsyncClient, engine: sa.Engine, bob: int) -> None:
    had = []
    for _ in range(4):
        assert "half as many" in (await pages.post(link(bob, "/less"), data={"choice": "fewer"})).text
        found = known(engine, bob)
        assert found is not None
        had.append((found.amount.max_papers, found.amount.about))
    assert had == [(5, 5), (3, 3), (3, 3), (3, 3)]


@ON_SQLITE
async def test_fewer_that_is_sent_twice_halves_once(pages: httpx.AsyncClient, engine: sa.Engine, bob: int) -> None:
    for _ in range(2):
        page = await pages.get(link(bob))
        than = re.search(r'name="than" value="(\d+)"', page.text)
        assert than
        for _ in range(2):
            await pages.post(link(bob, "/less"), data={"choice": "fewer", "than": than[1]})
    assert "Get fewer papers" not in (await pages.get(link(bob))).text
    found = known(engine, bob)
    assert found is not None
    assert found.amount.max_papers == 3
    await pages.post(link(bob, "/less"), data={"choice": "fewer", "than": "9999"})
    assert known(engine, bob) == found


@ON_SQLITE
async def test_weekly_during_a_pause_does_not_end_it(pages: httpx.AsyncClient, engine: sa.Engine, bob: int) -> None:
    await pages.post(link(bob, "/less"), data={"choice": "pause"})
    answer = await pages.post(link(bob, "/less"), data={"choice": "weekly"})
    assert "When your pause ends" in answer.text
    assert "next digest will arrive on Monday" not in answer.text
    assert state(engine, bob) is SubscriberState.PAUSED


@pytest.mark.parametrize(
    ("form", "until"),
    [
        ({"choice": "two-weeks"}, dt.date(2026, 5, 4)),
        ({"choice": "until", "until": "2026-06-01"}, dt.date(2026, 6, 1)),
        ({"choice": "pause", "until": "2020-01-01"}, None),
    ],
)
@ON_SQLITE
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
@ON_SQLITE
async def test_a_day_that_is_none_gets_a_sentence(
    pages: httpx.AsyncClient, engine: sa.Engine, bob: int, until: str
) -> None:
    answer = await pages.post(link(bob, "/less"), data={"choice": "until", "until": until})
    assert (answer.status_code, "Please choose a day after today" in answer.text) == (200, True)
    assert state(engine, bob) is SubscriberState.ACTIVE


@ON_SQLITE
async def test_an_unknown_choice_changes_nothing(pages: httpx.AsyncClient, engine: sa.Engine, bob: int) -> None:
    before = everything(engine)
    await pages.get(link(bob, "/less"))
    await pages.post(link(bob, "/less"))
    await pages.post(link(bob, "/less"), data={"choice": "daily"})
    as_file = await pages.post(link(bob, "/less"), files={"choice": ("a", b"weekly")})
    assert (as_file.status_code, "couldn’t read" in as_file.text) == (400, True)
    assert everything(engine) == before


@pytest.mark.parametrize(
    "form", [{"choice": "weekly"}, {"choice": "fewer"}, {"choice": "two-weeks"}, {"choice": "pause"}]
)
@ON_SQLITE
async def test_who_has_left_is_not_brought_back_by_wanting_less(
    pages: httpx.AsyncClient, engine: sa.Engine, bob: int, form: dict[str, str]
) -> None:
    await pages.post(link(bob))
    before = everything(engine)
    answer = await pages.post(link(bob, "/less"), data=form)
    assert (answer.status_code, "/undo/" in answer.text) == (200, False)
    assert everything(engine) == before
