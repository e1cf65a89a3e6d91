"""A reader's whole life, walked in a browser: with scripts and without, on a phone, a tablet and a desktop.

Only the clock and the day's runs come from behind; everything else is clicked, typed, or found in a caught mail.
"""

import re
from html import unescape

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Visit
from tests.browser.living import Living, minutes
from tests.browser.looking import Look, overflow

from dailypapers.domain.subscriber import SubscriberState
from dailypapers.mail.catcher import Caught
from dailypapers.store import subscribers
from dailypapers.store.database import reading

EVE = "eve@example.org"
LOOKS = [Look(width, scripts) for width in (320, 768, 1280) for scripts in (True, False)]


def link(mail: Caught, purpose: str) -> str:
    """The first link of a mail that leads to such a page."""
    found = re.search(rf'href="([^"]*/{purpose}/[^"]+)"', mail.html)
    assert found, f"no link to /{purpose}/ in: {mail.text}"
    return unescape(found[1])


def state(service: Living) -> SubscriberState | None:
    with reading(service.app.engine) as tx:
        reader = subscribers.by_address(tx, EVE)
    return reader.state if reader else None


def press(page: Page, name: str, heading: str) -> None:
    """Press a button and read the heading of what comes; nobody has to scroll sideways to do it."""
    assert overflow(page) == 0
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)


def newest(service: Living, count: int) -> Caught:
    mails = service.mails_to(EVE)
    assert len(mails) == count
    return mails[-1]


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_whole_life(service: Living, visit: Visit, look: Look) -> None:
    page = visit(look)
    subscribe(page, service)
    confirm(page, service)
    vote(page, service)
    get_it_weekly(page, service)
    leave(page, service)


def subscribe(page: Page, service: Living) -> None:
    """Ask for mail on the pages."""
    page.goto(f"{service.base}/subscribe?topic=language+models")
    page.get_by_label("Your e-mail address").fill(EVE)
    service.clock.now += minutes(1)
    press(page, "Subscribe", "Look into your inbox")
    assert state(service) is SubscriberState.PENDING


def confirm(page: Page, service: Living) -> None:
    """Confirm from the mail; the first digest comes with the next run."""
    service.deliver()
    page.goto(link(newest(service, 1), "confirm"))
    assert state(service) is SubscriberState.PENDING
    press(page, "Confirm my subscription", "You are subscribed")
    expect(page.get_by_text("language models")).to_be_visible()
    assert state(service) is SubscriberState.ACTIVE
    service.run_day()


def vote(page: Page, service: Living) -> None:
    """Vote from the digest."""
    page.goto(link(newest(service, 2), "feedback"))
    press(page, "I like it", "Noted")


def get_it_weekly(page: Page, service: Living) -> None:
    """Begin to leave, and take one mail a week instead: on Tuesday none comes, on Monday one does."""
    page.goto(link(newest(service, 2), "unsubscribe"))
    press(page, "Make it weekly", "Once a week")
    service.announce_all()
    service.days(1)
    newest(service, 2)
    service.days(6)
    newest(service, 3)


def leave(page: Page, service: Living) -> None:
    """Leave, and have all of it gone."""
    page.goto(link(newest(service, 3), "unsubscribe"))
    press(page, "Unsubscribe", "You are unsubscribed")
    assert state(service) is SubscriberState.UNSUBSCRIBED
    page.get_by_role("link", name="Erase everything").click()
    press(page, "Erase everything", "erased")
    assert state(service) is None
    assert EVE not in str(service.rows())
    service.days(1)
    newest(service, 3)
