"""A group from its start to its ballot, in a browser; its pages are fine for everybody, on a phone and on a desk."""

import datetime as dt

from playwright.sync_api import Page
from tests.browser.a_reader import Reader
from tests.browser.conftest import Visit
from tests.browser.looking import Look, faults

from dailypapers.domain.digest import Reason
from dailypapers.domain.group import GroupPick
from dailypapers.domain.link import Purpose
from dailypapers.store import group_comments, groups, subscribers
from dailypapers.store.database import reading, writing

LOOKS = [Look(390), Look(390, colors="dark"), Look(1280), Look(1280, colors="dark")]


def start(page: Page, reader: Reader) -> int:
    """Start a group by its form; returns its id."""
    page.goto(reader.link(Purpose.PREFERENCES).replace("/preferences/", "/groups/"))
    page.get_by_label("Name of the group").fill("Model club")
    page.get_by_label("Topics, one per line").fill("language models")
    page.get_by_label("Vote for a paper of the week").select_option(label="Until Friday")
    page.get_by_label("Your name in the group").fill("Ada")
    page.get_by_label("Show my name to the group").check()
    page.get_by_role("button", name="Start the group").click()
    page.get_by_text("The group has started").wait_for()
    with reading(reader.service.app.engine) as tx:
        ((group, _),) = groups.of_subscriber(tx, reader.id)
    return group.id


def test_a_group_is_started_somebody_joins_and_votes(alice: Reader, visit: Visit) -> None:
    page, service = visit(Look(390)), alice.service
    group = start(page, alice)
    page.get_by_label("Email address").fill("bob@example.org")
    page.get_by_role("button", name="Send an invitation").click()
    page.get_by_text("an invitation is on its way").wait_for()
    with writing(service.app.engine) as tx:
        bob = subscribers.by_address(tx, "bob@example.org")
        assert bob
        groups.put_picks(tx, group, 1, [GroupPick(each, Reason(())) for each in alice.papers[:2]])
        said = [(alice.papers[0], "Is Table 3 fair?"), (None, "Shall we meet?\n\nI bring cake.")]
        group_comments.add(tx, group, alice.id, said, now=service.clock.now)
    page.goto(alice.link(Purpose.GROUP, group))
    assert faults(page, LOOKS) == []
    page.get_by_role("button", name="Remove this comment").first.click()
    page.get_by_text("Removed.").wait_for()
    page.goto(service.app.signer.url(Purpose.INVITATION, bob.bearer, issued=service.clock.now, about=group))
    assert faults(page, LOOKS) == []
    page.get_by_role("button", name="Join the group").click()
    page.get_by_text("We’ve emailed you a link to confirm").wait_for()
    page.goto(alice.link(Purpose.BALLOT, group, ago=dt.timedelta(hours=1)))
    assert faults(page, LOOKS) == []
    page.get_by_role("radio").last.check()
    page.get_by_role("button", name="Vote").click()
    page.get_by_text("Your vote is in").wait_for()
    assert page.get_by_role("radio").last.is_checked()
