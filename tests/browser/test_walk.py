"""A reader's whole life, walked in a browser on a phone: with scripts and without.

Only the clock and the day's runs come from behind; everything else is clicked, typed, or found in a caught mail. Every
page on the way is looked at by axe and gone through with Tab, and nobody has to scroll sideways: with scripts also as
wide as a tablet and a desktop.
"""

import re
from dataclasses import dataclass
from html import unescape

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Visit
from tests.browser.living import Living, minutes
from tests.browser.looking import PHONE, Look, Tabbed, faults, overflow, reshape, tab_through, too_small

from dailypapers.catcher.server import Caught
from dailypapers.domain.subscriber import SubscriberState
from dailypapers.store import subscribers
from dailypapers.store.database import reading

EVE = "eve@example.org"
#: How the pages of each life are looked at, the first of which it is walked in.
LIVES = {
    "with scripts": (Look(320, colors="dark"), Look(768), Look(1280)),
    "without scripts": (Look(320, scripts=False),),
}


@dataclass(frozen=True)
class Walk:
    """Somebody at a browser, and the service they use."""

    service: Living
    page: Page
    looks: tuple[Look, ...]

    def go(self, address: str) -> None:
        """Open a page."""
        self.page.goto(address)
        self.look_around()

    def renderer(self, name: str, heading: str) -> None:
        """Press a button and read the heading of what comes."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)
        self.look_around()

    @property
    def scripts(self) -> bool:
        """Whether scripts run."""
        return self.looks[0].scripts

    def look_around(self) -> None:
        """The page is fine for everybody."""
        assert self.looks[0].width < PHONE
        assert (overflow(self.page), too_small(self.page)) == (0, [])
        if self.scripts:
            assert tab_through(self.page) == Tabbed([], [])
            assert faults(self.page, self.looks) == []
            # The last one is the widest, whose columns stand side by side.
            assert tab_through(self.page) == Tabbed([], [])
            reshape(self.page, self.looks[0])

    def newest(self, count: int) -> Caught:
        """The newest of so many mails."""
        mails = self.service.mails_to(EVE)
        assert len(mails) == count
        return mails[-1]

    def state(self) -> SubscriberState | None:
        """What is kept of them."""
        with reading(self.service.app.engine) as tx:
            reader = subscribers.by_address(tx, EVE)
        return reader.state if reader else None


def link(mail: Caught, purpose: str) -> str:
    """The first link of a mail that leads to such a page."""
    found = re.search(rf'href="([^"]*/{purpose}/[^"]+)"', mail.html)
    assert found, f"no link to /{purpose}/ in: {mail.text}"
    return unescape(found[1])


@pytest.mark.parametrize("looks", LIVES.values(), ids=LIVES)
def test_a_whole_life(service: Living, visit: Visit, looks: tuple[Look, ...]) -> None:
    walk = Walk(service, visit(looks[0]), looks)
    subscribe(walk)
    confirm(walk)
    choose(walk)
    vote(walk)
    read_on_the_web(walk)
    get_it_weekly(walk)
    leave(walk)


def subscribe(walk: Walk) -> None:
    """Try a topic on the front page, see the digest it would give, and ask for it."""
    walk.go(walk.service.base)
    papers = walk.page.get_by_role("region", name="Papers")
    expect(papers.get_by_role("heading", level=2)).to_contain_text("today")
    walk.page.get_by_label("Your topics").fill("language models")
    if not walk.scripts:
        walk.page.get_by_role("button", name="Preview").click()
    expect(papers.get_by_role("heading", level=2)).to_contain_text("Your digest today")
    expect(papers).to_contain_text("Matches your topic “language models”")
    walk.look_around()
    walk.page.get_by_label("Your email address").fill(EVE)
    walk.service.clock.now += minutes(1)
    walk.renderer("Subscribe", "Check your inbox")
    assert walk.state() is SubscriberState.PENDING


def confirm(walk: Walk) -> None:
    """Confirm from the mail; the first digest comes with the next run."""
    walk.service.deliver()
    walk.go(link(walk.newest(1), "confirm"))
    assert walk.state() is SubscriberState.PENDING
    walk.renderer("Confirm my subscription", "You are subscribed")
    expect(walk.page.get_by_text("language models")).to_be_visible()
    assert walk.state() is SubscriberState.ACTIVE
    walk.service.run_day()


def choose(walk: Walk) -> None:
    """Follow the digest to the preferences and change the topic; it shows at once, but is kept only when saved."""
    walk.go(link(walk.newest(2), "preferences"))
    walk.page.get_by_label("Topic 1", exact=True).fill("large language models")
    if not walk.scripts:
        walk.renderer("Preview", "Your preferences")
    expect(walk.page.locator("#preview")).to_contain_text("topic “large language models”")
    assert "large language models" not in str(walk.service.rows()["interests"])
    walk.look_around()
    walk.renderer("Save preferences", "Your preferences")
    expect(walk.page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    assert "large language models" in str(walk.service.rows()["interests"])


def vote(walk: Walk) -> None:
    """Vote from the digest, in the open."""
    walk.go(link(walk.newest(2), "feedback"))
    assert walk.service.rows()["votes"] == []
    walk.renderer("Like", "You liked")
    assert len(walk.service.rows()["votes"]) == 1


def read_on_the_web(walk: Walk) -> None:
    """Open the digest's copy, which tells nobody whose it is."""
    walk.go(link(walk.newest(2), "digest"))
    expect(walk.page.get_by_role("heading", level=1)).to_have_text("Monday, 23 November 2026")
    expect(walk.page.get_by_role("article").first).to_be_visible()
    assert EVE not in walk.page.content()


def get_it_weekly(walk: Walk) -> None:
    """Begin to leave, and take one mail a week instead: on Tuesday none comes, on Monday one does."""
    walk.go(link(walk.newest(2), "unsubscribe"))
    walk.renderer("Switch to weekly", "weekly")
    walk.service.announce_all()
    walk.service.days(1)
    walk.newest(2)
    walk.service.days(6)
    walk.newest(3)


def leave(walk: Walk) -> None:
    """Leave, and have all of it gone."""
    walk.go(link(walk.newest(3), "unsubscribe"))
    walk.renderer("Unsubscribe", "You are unsubscribed")
    assert walk.state() is SubscriberState.UNSUBSCRIBED
    walk.page.get_by_role("link", name="Erase everything").click()
    walk.renderer("Erase everything", "Everything is erased")
    assert walk.state() is None
    assert EVE not in str(walk.service.rows())
    walk.service.days(1)
    walk.newest(3)
