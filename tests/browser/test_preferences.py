"""Preferences in a real browser: the digest redraws beside the form, and nothing is kept before it is saved."""

import re

from playwright.sync_api import Page, expect
from tests.browser.a_reader import Reader
from tests.browser.conftest import Audit, Visit
from tests.browser.looking import Look, faults, first_load, lighthouse, overflow
from tests.browser.test_own_pages import LOOKS, PLAIN

from dailypapers.domain.interest import InterestKind
from dailypapers.domain.link import Purpose
from dailypapers.store import subscribers
from dailypapers.store.database import reading


def opened(page: Page, who: Reader) -> Page:
    page.goto(who.link(Purpose.PREFERENCES))
    expect(page.get_by_role("heading", name="Your preferences")).to_be_visible()
    return page


def topics(who: Reader) -> set[str]:
    with reading(who.service.app.engine) as tx:
        stated = subscribers.interests_of(tx, [who.id])[who.id]
    return {interest.text for interest in stated if interest.kind is InterestKind.TOPIC}


def test_the_page_is_fine_for_everybody(seen: Reader, window: Visit, audit: Audit) -> None:
    page, plain = (opened(window(look), seen) for look in (LOOKS[0], PLAIN))
    for shows in (page, plain):
        for summary in shows.locator(".preferences > fieldset > details > summary").all():
            summary.click()
    assert (faults(page, LOOKS), overflow(plain), audit(plain, PLAIN)) == ([], 0, [])


def test_the_digest_redraws_while_one_types_and_nothing_is_kept(alice: Reader, visit: Visit) -> None:
    page = opened(visit(Look()), alice)
    preview = page.locator("#preview")
    expect(preview).to_contain_text("Matches your topic “language models”")
    field = page.get_by_label("Topic 1")
    field.fill("images")
    expect(preview).not_to_contain_text("language models”")
    expect(page.get_by_role("status").first).not_to_be_empty()
    expect(field).to_be_focused()
    field.fill("language models")
    expect(preview).to_contain_text("Matches your topic “language models”")
    page.get_by_text("Phrases to show less of").click()
    page.get_by_label("Never show").fill("language")
    expect(preview).not_to_contain_text("language models”")
    assert topics(alice) == {"language models"}


def test_comforts_and_saving(alice: Reader, visit: Visit) -> None:
    page = opened(visit(Look()), alice)
    page.get_by_label("Topic 2").fill("robots")
    page.get_by_role("button", name="Add a topic").click()
    expect(page.get_by_label("Topic 3")).to_be_focused()
    page.get_by_label("Topic 3").fill("protein design")
    page.get_by_text("Categories", exact=False).first.click()
    page.get_by_label("Find a category").fill("stat.ml")
    expect(page.locator(".tree label:visible")).to_have_count(1)
    page.get_by_label("Machine Learning stat.ML").check()
    page.get_by_label("Day of the week").select_option(label="Thursday")
    expect(page.get_by_label("Once a week, on")).to_be_checked()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    assert topics(alice) == {"language models", "robots", "protein design"}
    with reading(alice.service.app.engine) as tx:
        kept = subscribers.by_id(tx, [alice.id])[alice.id]
    assert kept.rhythm.days == {3}


def test_what_is_wrong_is_said_below_its_field_and_moves_no_other(alice: Reader, visit: Visit) -> None:
    page = opened(visit(Look()), alice)
    page.locator("form.preferences").evaluate("form => form.noValidate = true")
    page.get_by_text("Target number").click()
    page.get_by_label("About how many per day").fill("999")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Show me where").click()
    expect(page.get_by_text("Please enter a number from 1 to 50.")).to_be_in_viewport()
    tops = page.locator("#about, #least").evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
    assert (len(tops), len(set(map(round, tops)))) == (2, 1)


def test_a_vote_counts_at_once(alice: Reader, visit: Visit) -> None:
    page = opened(visit(Look()), alice)
    preview = page.locator("#preview")
    title = preview.get_by_role("heading", level=3).first.inner_text()
    preview.get_by_role("button", name="Dislike").first.click()
    expect(preview.get_by_role("heading", level=3).filter(has_text=title)).to_have_count(0)
    expect(preview).to_contain_text("not shown again")


def test_without_scripts_a_button_shows_the_digest(alice: Reader, visit: Visit) -> None:
    page = opened(visit(Look(390, scripts=False)), alice)
    page.get_by_label("Topic 1").fill("images")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Not saved yet.")).to_be_visible()
    expect(page.get_by_label("Topic 1")).to_have_value("images")
    expect(page.locator("#preview")).not_to_contain_text(re.compile("topic “language models”"))
    assert topics(alice) == {"language models"}
    page.get_by_role("button", name="Save").click()
    assert topics(alice) == {"images"}


def test_a_first_visit_costs_little_and_lighthouse_finds_nothing_wrong(seen: Reader, visit: Visit) -> None:
    address = seen.link(Purpose.PREFERENCES)
    assert first_load(visit(Look()), address) < 60_000
    scores = lighthouse(address)[0]
    assert scores.best_practices >= 95, scores.failed


def test_save_stays_in_sight_and_what_is_seldom_changed_is_folded_away(seen: Reader, visit: Visit) -> None:
    page = opened(visit(Look(390)), seen)
    for place in (page.get_by_label("Topic 1", exact=True), page.get_by_label("Time zone")):
        place.scroll_into_view_if_needed()
        expect(page.get_by_role("button", name="Save")).to_be_in_viewport()
    for label in ("Never show", "No email for fewer than", "Plain text only"):
        expect(page.get_by_label(label)).to_be_hidden()


def test_a_second_tab_says_that_it_is_older_before_it_replaces_what_the_first_has_saved(
    alice: Reader, visit: Visit
) -> None:
    first, second = opened(visit(Look()), alice), opened(visit(Look()), alice)
    for page, topic in ((first, "robots"), (second, "protein design")):
        page.get_by_role("textbox", name="Topic 2").fill(topic)
    first.get_by_role("button", name="Save").click()
    expect(first.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_role("alert").filter(has_text="changed")).to_be_visible()
    assert topics(alice) == {"language models", "robots"}
    expect(second.get_by_role("textbox", name="Topic 2")).to_have_value("protein design")
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    assert topics(alice) == {"language models", "protein design"}


def test_after_saving_to_go_back_or_to_reload_shows_what_is_kept_and_saves_nothing(alice: Reader, visit: Visit) -> None:
    page = opened(visit(Look()), alice)
    page.get_by_role("textbox", name="Topic 2").fill("robots")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.reload()
    expect(page.get_by_role("textbox", name="Topic 2")).to_have_value("robots")
    page.go_back()
    expect(page.get_by_role("textbox", name="Topic 2")).to_have_value("robots")
    page.get_by_role("button", name="Save").wait_for()
    assert [url for url in posts if not url.endswith("/preview")] == []
    page.get_by_role("textbox", name="Topic 2").fill("proteins")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    assert topics(alice) == {"language models", "proteins"}
