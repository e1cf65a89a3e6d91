"""Confirming: what happens next is said, and the topics are one press away."""

import httpx
import pytest
import sqlalchemy as sa
from tests.web.conftest import LINKS, NOW

from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.link import Purpose
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Amount, Rhythm, SubscriberState, parse_days
from dailypapers.store import subscribers
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import lifecycle


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (([], "daily"), ["Choose my topics", "daily at 09:00 (Europe/Berlin)"]),
        ((["RNA <b>", "graphs"], "weekly"), ["RNA &lt;b&gt;", "Change topics", "on one day a week"]),
        ((["graphs"], "weekdays"), ["on 5 days a week"]),
    ],
)
async def test_who_confirms_is_told_what_happens_next(
    pages: httpx.AsyncClient, engine: sa.Engine, alice: int, asked: tuple[list[str], str], words: list[str]
) -> None:
    wanted = tuple(Interest(InterestKind.TOPIC, topic) for topic in asked[0])
    with writing(engine) as tx:
        preferences = Preferences(Rhythm("Europe/Berlin", 9, parse_days(asked[1])), Amount(5), wanted)
        lifecycle.change(tx, alice, preferences, now=NOW)
    for _ in range(2):
        answer = await pages.post(LINKS.url(Purpose.CONFIRM, alice, issued=NOW))
        assert all(word in answer.text for word in words)
        assert LINKS.url(Purpose.PREFERENCES, alice, issued=NOW) in answer.text


async def test_confirming_again_ends_no_pause_and_undoes_no_goodbye(
    pages: httpx.AsyncClient, engine: sa.Engine, alice: int
) -> None:
    link = LINKS.url(Purpose.CONFIRM, alice, issued=NOW)
    await pages.post(link)
    with writing(engine) as tx:
        lifecycle.pause(tx, alice, until=None, now=NOW)
    assert "You are subscribed" in (await pages.post(link)).text
    with writing(engine) as tx:
        assert subscribers.by_id(tx, [alice])[alice].state is SubscriberState.PAUSED
        lifecycle.unsubscribe(tx, alice, now=NOW)
    assert "This subscription has ended" in (await pages.post(link)).text
    with reading(engine) as tx:
        assert subscribers.by_id(tx, [alice])[alice].state is SubscriberState.UNSUBSCRIBED
