"""Groups by the word of one's institution, in a browser: there, back, and what may come of it, fine for everybody."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.a_group import OPEN, a_group
from tests.a_group import a_reader as reads
from tests.browser.a_reader import Reader
from tests.browser.conftest import Visit, going_on
from tests.browser.looking import Look, faults
from tests.playing_oidc import CLIENT, SECRET, PlayingProvider, playing_oidc

from dailypapers.domain.link import Purpose
from dailypapers.store import group_claims
from dailypapers.store.database import writing

LOOKS = [Look(390), Look(390, colors="dark"), Look(1280), Look(1280, colors="dark")]


@pytest.fixture
def institution() -> Iterator[PlayingProvider]:
    """A provider that vouches for Alice."""
    with playing_oidc() as provider:
        provider.claims = {"email": "Alice@example.org", "groups": ["ml-lab"]}
        yield provider


@pytest.fixture
def alice(read_by_alice: tuple[Path, Reader], institution: PlayingProvider, tmp_path: Path) -> Iterator[Reader]:
    """A reader of a service at which one can sign in with one's institution, whose lab is a group of Bob's."""
    database, reader = read_by_alice
    oidc = {
        "issuer": institution.issuer, "client_id": CLIENT, "client_secret": SECRET, "name": "Example", "readers": True,
    }  # fmt: skip
    with going_on(database, tmp_path, oidc=oidc) as service:
        institution.clock = service.clock
        group = a_group(service.app.engine, (reads(service.app.engine, "bob"), OPEN))
        with writing(service.app.engine) as tx:
            group_claims.put(tx, group, "ml-lab")
        yield replace(reader, service=service)


def signs_in(page: Page, reader: Reader) -> None:
    """Go to the institution from the page of one's groups, sign in there, and come back."""
    page.goto(reader.link(Purpose.PREFERENCES).replace("/preferences/", "/groups/"))
    page.get_by_role("link", name="Sign in with Example").click()
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("heading", name="Groups of your institution").wait_for()


def test_whoever_is_listed_joins_and_who_no_longer_is_leaves(
    alice: Reader, institution: PlayingProvider, visit: Visit
) -> None:
    page = visit(Look(390))
    signs_in(page, alice)
    page.get_by_text("You are signed in as alice@example.org").wait_for()
    assert faults(page, LOOKS) == []
    page.get_by_role("link", name="Graph club").click()
    page.get_by_role("heading", name="Graph club").wait_for()
    institution.claims["groups"] = ["another-lab"]
    signs_in(page, alice)
    page.get_by_text("You are no longer in Graph club").wait_for()
    assert faults(page, LOOKS) == []


def test_whoever_cannot_be_let_in_is_told_why(alice: Reader, institution: PlayingProvider, visit: Visit) -> None:
    page = visit(Look(390))
    for claims, words in (
        ({"email": "eve@example.org"}, "Nobody is subscribed as eve@example.org"),
        ({"email_verified": False}, "does not confirm an email address of yours"),
        ({"forged": True}, "The sign-in service did not answer as expected"),
    ):
        institution.claims = claims
        signs_in(page, alice)
        page.get_by_text(words).wait_for()
        assert (words, faults(page, LOOKS)) == (words, [])


def test_a_way_back_works_once_and_in_the_browser_that_was_led_there(alice: Reader, visit: Visit) -> None:
    page = visit(Look(390))
    signs_in(page, alice)
    page.reload()
    page.get_by_text("The sign-in service did not answer as expected").wait_for()
    another = visit(Look(390))
    another.goto(page.url)
    another.get_by_text("This sign-in is too old, or was begun in another browser").wait_for()
    assert faults(another, LOOKS) == []
    another.get_by_role("link", name="Sign in again").click()
    another.get_by_role("link", name="Sign in").wait_for()
