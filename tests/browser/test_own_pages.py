"""A reader's own pages: votes take a person, whatever opens the page; and the pages are fine for everybody."""

import pytest
from playwright.sync_api import Page, expect
from tests.browser.a_reader import Reader
from tests.browser.conftest import Audit, Visit
from tests.browser.looking import Look, faults, overflow

from dailypapers.domain.link import Purpose
from dailypapers.store import subscribers
from dailypapers.store.database import reading

LOOKS = [Look(320, colors="dark"), Look(320), Look(1280, colors="dark"), Look(1280)]
PLAIN = Look(768, scripts=False)


def rest(page: Page) -> None:
    page.wait_for_timeout(600)


def test_opening_a_votes_link_votes_for_nothing_even_where_scripts_run(alice: Reader, visit: Visit) -> None:
    page = visit(Look())
    before = alice.service.rows()
    page.mouse.move(300, 300)
    for vote in ("like", "save", "dislike", "less"):
        page.goto(alice.vote(vote))
        # A script that plays a person is told from one; so is a pointer that only trembles, or a key that looks around.
        page.evaluate("for (const x of [1, 500]) document.dispatchEvent(new PointerEvent('pointermove', {screenX: x}))")
        page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter'}))")
        page.mouse.move(305, 302)
        page.keyboard.press("Tab")
        rest(page)
    assert alice.service.rows() == before


@pytest.mark.parametrize("gesture", ["pointer", "key", "button"])
def test_a_persons_gesture_presses_the_button(alice: Reader, visit: Visit, gesture: str) -> None:
    page = visit(Look())
    page.goto(alice.vote())
    if gesture == "pointer":
        page.mouse.move(20, 700)
        page.mouse.move(120, 700)
    elif gesture == "key":
        page.keyboard.press("Enter")
    else:
        page.get_by_role("button", name="Like", exact=True).click()
    page.get_by_role("heading", name="You liked").wait_for()
    assert alice.kept() == {"like"}
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("heading", name="Undone").wait_for()
    assert alice.kept() == set()


def test_another_button_is_not_overtaken_by_the_script(alice: Reader, visit: Visit) -> None:
    page = visit(Look())
    page.goto(alice.vote())
    page.get_by_role("button", name="Dislike").click()
    page.get_by_role("heading", name="You disliked").wait_for()
    assert alice.kept() == {"dislike"}


def test_without_scripts_the_button_votes_and_words_can_be_ticked(alice: Reader, visit: Visit) -> None:
    page = visit(Look(320, scripts=False))
    page.goto(alice.vote("less"))
    page.get_by_role("button", name="Less like this").click()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Show less of the selected words").click()
    page.get_by_text("will now rank lower").wait_for()
    assert alice.kept() == {"dislike"}
    with reading(alice.service.app.engine) as tx:
        assert len(subscribers.interests_of(tx, [alice.id])[alice.id]) == 2


@pytest.mark.parametrize("scripts", [True, False])
def test_the_copy_of_a_digest_takes_votes(alice: Reader, visit: Visit, scripts: bool) -> None:
    page = visit(Look(scripts=scripts))
    page.goto(alice.link(Purpose.DIGEST, alice.delivery))
    first = page.get_by_role("article").first
    first.get_by_role("button", name="Like", exact=True).click()
    if scripts:
        first.get_by_text("Feedback recorded.").wait_for()
        assert first.get_by_role("button", name="Like", exact=True).get_attribute("aria-pressed") == "true"
        first.get_by_role("button", name="Dislike").click()
        first.locator("[aria-pressed=true]", has_text="Dislike").wait_for()
        rest(page)
    else:
        page.get_by_role("heading", name="You liked").wait_for()
    assert alice.kept() == ({"dislike"} if scripts else {"like"})


def test_on_paper_a_digest_is_ink_on_white_and_holds_nothing_to_press(seen: Reader, visit: Visit) -> None:
    page = visit(Look(colors="dark"))
    page.goto(seen.link(Purpose.DIGEST, seen.delivery))
    page.emulate_media(media="print")
    expect(page.get_by_role("article").first).to_have_css("break-inside", "avoid")
    expect(page.get_by_role("heading", level=1)).to_have_css("color", "rgb(38, 34, 28)")
    expect(page.get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("link", name="BibTeX")).to_have_count(0)
    expect(page.get_by_text("Votes here count")).to_be_hidden()


def test_data_and_references_are_files_to_keep(alice: Reader, visit: Visit) -> None:
    page = visit(Look())
    page.goto(alice.link(Purpose.DATA))
    with page.expect_download() as data:
        page.get_by_role("button").click()
    assert data.value.suggested_filename == "my-data-2026-11-23.json"
    page.goto(alice.link(Purpose.DIGEST, alice.delivery))
    with page.expect_download() as bib:
        page.get_by_role("link", name="BibTeX").click()
    assert bib.value.suggested_filename == "papers-2026-11-23.bib"


def test_a_readers_own_pages_are_fine_for_everybody(seen: Reader, window: Visit, audit: Audit) -> None:
    page, plain = window(LOOKS[0]), window(PLAIN)
    addresses = [seen.vote("like"), seen.link(Purpose.DIGEST, seen.delivery), seen.link(Purpose.SAVED)]
    addresses += [seen.link(Purpose.DATA), seen.vote("less")]
    for address in addresses:
        for shows in (page, plain):
            shows.goto(address)
            assert shows.locator("h1").count() == 1
        assert (address, faults(page, LOOKS)) == (address, [])
        assert (address, overflow(plain), audit(plain, PLAIN)) == (address, 0, [])
    for shows in (page, plain):
        shows.get_by_role("button", name="Less like this").click()
        shows.get_by_role("heading", name="You’ll see less").wait_for()
    assert (faults(page, LOOKS), overflow(plain), audit(plain, PLAIN)) == ([], 0, [])


def test_a_saved_paper_takes_a_note_and_is_found_by_it(alice: Reader, visit: Visit) -> None:
    page = visit(LOOKS[0])
    page.goto(alice.link(Purpose.SAVED))
    page.get_by_text("Add a note").click()
    page.get_by_label("Note", exact=True).fill("Read before the seminar")
    page.get_by_label("Collection", exact=True).fill("Thesis")
    assert faults(page, LOOKS) == []
    page.get_by_role("button", name="Save note").click()
    expect(page.get_by_role("status")).to_contain_text("is saved")
    page.get_by_label("Search your saved papers and notes").fill("seminar")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("article")).to_contain_text("Read before the seminar")
    expect(page.get_by_role("link", name="Thesis (1)")).to_be_visible()
    assert faults(page, LOOKS) == []
