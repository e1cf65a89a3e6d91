"""Every public page can be used by everybody: on a phone, in the dark, with a screen reader, from the keyboard."""

import re
from urllib.parse import unquote

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Audit, Visit
from tests.browser.living import Living, minutes
from tests.browser.looking import Look, Tabbed, faults, first_load, lighthouse, overflow, tab_through, too_small

LOOKS = [Look(320, colors="dark"), Look(768), Look(1280), Look(1280, colors="dark")]
PLAIN = Look(320, scripts=False)
PAGES = [
    "/",
    "/?topic=language+models%2C+quantum+error+correction",
    "/?topic=nothing+that+anybody+wrote+about",
    "/subscribe?topic=language+models",
    "/search",
    "/search?q=attention",
    "/search?q=xyzzy",
    "/archive",
    "/archive/2026-11-23",
    "/archive/1999-01-01",
    "/nowhere",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_public_page_is_fine_for_everybody(shown: Living, window: Visit, audit: Audit, path: str) -> None:
    page, plain = window(LOOKS[0]), window(PLAIN)
    page.goto(shown.base + path)
    plain.goto(shown.base + path)
    assert faults(page, LOOKS) == []
    for shows in (page, plain):
        assert (shows.locator("h1").count(), tab_through(shows)) == (1, Tabbed([], []))
    assert (overflow(plain), too_small(plain), audit(plain, PLAIN)) == (0, [], [])


def test_lighthouse_finds_nothing_wrong(shown: Living) -> None:
    for scores in lighthouse(shown.base, f"{shown.base}/search?q=attention"):
        assert scores.best_practices >= 95, scores.failed


@pytest.mark.parametrize("path", PAGES[:4])
def test_a_first_visit_costs_little(shown: Living, visit: Visit, path: str) -> None:
    assert first_load(visit(Look()), shown.base + path) < 60_000


def test_neither_keys_nor_pasted_papers_get_into_an_address(shown: Living, visit: Visit) -> None:
    page, asked = visit(Look()), list[str]()
    page.on("request", lambda request: asked.append(unquote(request.url)))
    page.goto(shown.base)
    key = "P9NiFoyLeZu2bZNvvuQPDWsd"
    secrets = (f"zotero: {key}", f"Zotero key {key}", "@misc{mine, title={Mine}}", "TY  - JOUR TI  - Mine ER  -")
    topic = page.get_by_label("Your topics")
    for number, secret in enumerate(secrets):
        with page.expect_response("**/preview?*"):
            topic.fill(f"language models {number}, {secret}")
        expect(page).to_have_url(re.compile(f"language.models.{number}"))
    page.get_by_text("Start from your own papers").click()
    with page.expect_response("**/preview?*"):
        page.get_by_label("Papers similar to").fill(f"zotero: {key}\n10.1000/mine")
        topic.fill("quantum error correction")
    assert len([url for url in asked if "/preview?" in url]) >= len(secrets)
    assert [url for url in [*asked, page.url] if key in url or "mine" in url.casefold()] == []


def test_what_is_typed_goes_along_though_it_has_not_been_shown_yet(service: Living, visit: Visit) -> None:
    page = visit(Look())
    page.route("**/preview?*", lambda route: route.abort())
    page.goto(service.base)
    service.clock.now += minutes(1)
    page.get_by_label("Your email address").fill("eve@example.org")
    page.get_by_label("Your topics").fill("language models, " + ",".join(f"t{n}" for n in range(300)))
    page.get_by_role("button", name="Subscribe", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("inbox")
    topics = str(service.rows()["interests"])
    assert topics.count("'topic'") == 20
    assert "'language models'" in topics
    assert "'t18'" in topics
