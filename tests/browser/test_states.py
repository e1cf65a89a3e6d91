"""Pages that few ever see are as fine for everybody as the others, in light and in dark, on a phone."""

from tests.browser.conftest import Visit
from tests.browser.living import Living
from tests.browser.looking import Look, faults, too_small
from tests.browser.states import prepared, states

LOOKS = [Look(320), Look(320, colors="dark")]


def test_every_state_is_fine_for_everybody(service: Living, visit: Visit) -> None:
    page = visit(LOOKS[0])
    for name in states(prepared(service, page)):
        assert (name, page.locator("h1").count()) == (name, 1)
        assert (name, faults(page, LOOKS), too_small(page)) == (name, [], [])
