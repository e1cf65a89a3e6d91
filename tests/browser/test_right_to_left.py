"""Pages and mails of a language that is written from right to left: everything is there, on its side."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator
from tests import pseudo
from tests.browser.a_reader import Reader, a_reader
from tests.browser.conftest import Visit
from tests.browser.living import living
from tests.browser.looking import Look, axe, overflow, reshape

from dailypapers.domain.link import Purpose

WIDE, NARROW = Look(1280), Look(320)


@pytest.fixture(scope="module")
def seen(equipment: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A reader of a service in that language."""
    folder = tmp_path_factory.mktemp("rtl")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAILYPAPERS_SERVICE__LANGUAGE", pseudo.LANGUAGE)
        patch.setenv("DAILYPAPERS_SERVICE__LANGUAGES", "[]")  # Chromium would rather have English.
        patch.setenv("DAILYPAPERS_SERVICE__LOCALE", str(pseudo.write_catalogue(folder / "locale")))
        with living(folder) as service:
            yield a_reader(service)


def left(place: Locator) -> float:
    return edges(place)[0]


def edges(place: Locator) -> tuple[float, float]:
    box = place.first.bounding_box()
    assert box is not None
    return box["x"], box["x"] + box["width"]


def addresses(seen: Reader) -> Iterator[str]:
    yield from (f"{seen.service.base}{path}" for path in ("/", "/?topic=language+models", "/search?q=attention"))
    yield from (seen.link(purpose) for purpose in (Purpose.PREFERENCES, Purpose.SAVED, Purpose.UNSUBSCRIBE))
    yield seen.link(Purpose.DIGEST, seen.delivery)
    yield seen.vote("less")


def test_every_page_fits_its_window_and_is_accessible(seen: Reader, window: Visit) -> None:
    page = window(WIDE)
    for address in addresses(seen):
        page.goto(address)
        for look in (WIDE, NARROW):
            reshape(page, look)
            assert (address, overflow(page)) == (address, 0)
        assert (address, axe(page)) == (address, [])


def test_what_is_beside_something_is_on_its_left(seen: Reader, window: Visit) -> None:
    page = window(WIDE)
    page.goto(seen.link(Purpose.PREFERENCES))
    assert edges(page.locator(".masthead nav"))[1] < left(page.locator(".masthead .name"))
    assert edges(page.locator(".desk-preview"))[1] <= left(page.locator(".desk-form"))
    for kind in ("radio", "checkbox"):
        choice = page.locator(f".choice:visible:has(input[type={kind}])").first
        assert edges(choice.locator("span"))[1] + 5 < left(choice.locator("input"))


def test_a_paper_from_left_to_right_begins_at_one_edge(seen: Reader, window: Visit) -> None:
    page = window(WIDE)
    page.goto(seen.service.base + "/search?q=attention")
    article = page.locator("article").first
    assert left(article.locator("h2")) == left(article.locator(".authors")) == left(article.locator(".abstract"))
    assert edges(article.locator(".why"))[1] == edges(article)[1]


def test_a_mail_is_on_its_side_too(seen: Reader, window: Visit) -> None:
    page = window(NARROW)
    page.goto("about:blank")  # From one of our pages, whose security policy would stay, a mail had no styles.
    page.set_content(seen.service.mails_to("alice@example.org")[0].html)
    assert overflow(page) == 0
    assert page.locator("h1").evaluate("name => getComputedStyle(name).direction") == "rtl"
    assert "\u2068language models\u2069" in page.locator(".why").first.inner_text()
