"""A reader whose time zone this machine does not know has all their pages."""

import httpx
import sqlalchemy as sa
from tests.web.conftest import LINKS, NOW

from dailypapers.domain.link import Purpose
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, SubscriberState
from dailypapers.store import subscribers
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import sign_up


async def test_preferences_are_shown_and_a_pause_begins(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    with writing(engine) as tx:
        preferences = Preferences(Rhythm("Mars/Olympus", 7), Amount(5))
        sign_up.admit(tx, "alice@example.org", preferences, consent=Consent("web"), now=NOW)
        alice = subscribers.by_address(tx, "alice@example.org")
        assert alice is not None
    link = LINKS.url(Purpose.PREFERENCES, alice.id, issued=NOW)
    shown = await pages.get(link)
    assert shown.status_code == 200
    assert "not a known time zone" in shown.text, "it is said before they try to save"
    assert (await pages.post(link, data={"action": "pause", "until": "2026-05-01"})).status_code == 200
    with reading(engine) as tx:
        paused = subscribers.one(tx, alice.id)
        assert paused is not None
    assert paused.state is SubscriberState.PAUSED
