"""Confirming: what happens next is said, and the topics are one press away."""

import httpx
import pytest
import sqlalchemy as sa
from tests.web.conftest import LINKS, NOW
from tests.web.test_pages import everything

from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.link import Purpose
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.profile import Profile, ProfileKind
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, SubscriberState, parse_days
from dailypapers.profiles.take import add as add_profiles
from dailypapers.store import subscribers
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import lifecycle, sign_up


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


async def test_the_page_names_what_is_confirmed_and_changes_nothing(
    pages: httpx.AsyncClient, engine: sa.Engine
) -> None:
    kind = InterestKind
    asked_for = (
        Interest(kind.TOPIC, "RNA <b>"),
        Interest(kind.PAPER, "doi:10.1/a"),
        Interest(kind.PAPER, "doi:10.1/b"),
    )
    with writing(engine) as tx:
        reader = sign_up.subscribe(
            tx, "zoe@example.org", Preferences(Rhythm(), Amount(5), asked_for), consent=Consent("web"), now=NOW
        )
        assert reader
        add_profiles(tx, reader, (Profile(ProfileKind.DBLP, "65/9612"),), secret=b"", now=NOW)
    before = everything(engine)
    page = (await pages.get(LINKS.url(Purpose.CONFIRM, reader, issued=NOW))).text
    for words in ("zoe@example.org", "RNA &lt;b&gt;", "the 2 you named", "https://dblp.org/pid/65/9612"):
        assert words in page
    assert "doi:10.1/a" not in page
    assert "Confirm my subscription" in page
    assert everything(engine) == before


async def test_who_has_confirmed_or_left_is_told_so_at_once(
    pages: httpx.AsyncClient, engine: sa.Engine, alice: int
) -> None:
    link = LINKS.url(Purpose.CONFIRM, alice, issued=NOW)
    await pages.post(link)
    assert "You are subscribed" in (await pages.get(link)).text
    with writing(engine) as tx:
        lifecycle.unsubscribe(tx, alice, now=NOW)
    assert "This subscription has ended" in (await pages.get(link)).text


async def test_confirming_again_ends_no_pause_and_undoes_no_goodbye(
    pages: httpx.AsyncClient, engine: sa.Engine, alice: int
) -> None:
    link = LINKS.url(Purpose.CONFIRM, alice, issued=NOW)
    await pages.post(link)
    with writing(engine) as tx:
        lifecycle.pause(tx, alice, until=None, now=NOW)
    again = (await pages.post(link)).text
    assert "You are subscribed" in again
    assert "Paused." in again
    assert "Your first digest" not in again
    with writing(engine) as tx:
        assert subscribers.by_id(tx, [alice])[alice].state is SubscriberState.PAUSED
        lifecycle.unsubscribe(tx, alice, now=NOW)
    assert "This subscription has ended" in (await pages.post(link)).text
    with reading(engine) as tx:
        assert subscribers.by_id(tx, [alice])[alice].state is SubscriberState.UNSUBSCRIBED
