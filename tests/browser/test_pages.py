"""Every page can be used by everybody: on a phone, in the dark, with a screen reader, from the keyboard."""

from itertools import product

import pytest
from tests.browser.conftest import Audit, Visit
from tests.browser.living import Living
from tests.browser.looking import Colors, Look, Tabbed, first_load, lighthouse, overflow, tab_through

WIDTHS = (320, 768, 1280)
COLORS: tuple[Colors, ...] = ("light", "dark")
LOOKS = [Look(width, scripts, colors) for width, scripts, colors in product(WIDTHS, (True, False), COLORS)]


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_the_front_page_is_fine_for_everybody(shown: Living, visit: Visit, audit: Audit, look: Look) -> None:
    page = visit(look)
    page.goto(shown.base)
    assert page.locator("h1").count() == 1
    assert tab_through(page) == Tabbed([], [])
    assert (overflow(page), audit(page, look)) == (0, [])


def test_lighthouse_finds_nothing_wrong_with_the_front_page(shown: Living) -> None:
    scores = lighthouse(shown.base)[0]
    assert min(scores.accessibility, scores.best_practices) >= 95, scores.failed


def test_a_first_visit_costs_little(shown: Living, visit: Visit) -> None:
    assert first_load(visit(Look()), shown.base) < 60_000
