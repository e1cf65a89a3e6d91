"""How this installation stands: what `doctor` finds on this machine, in its own words; and the switch for test mode."""

from fastapi.responses import Response

from dailypapers.domain.finding import worst
from dailypapers.store import controls
from dailypapers.store.controls import Name
from dailypapers.store.database import writing
from dailypapers.web.admin.gate import Visit


def show(visit: Visit) -> Response:
    """Show every line; nothing beyond this machine is asked."""
    check = visit.context.check
    findings = check(visit.now) if check else []
    return visit.page("checks", findings=findings, worst=worst(findings), owner=visit.context.renderer.sender.owner)


def switch_test_mode(visit: Visit) -> Response:
    """Have all mail go to the owner, or to readers again."""
    address, is_on = visit.context.renderer.sender.owner, visit.button("on", "off") == "on"
    with writing(visit.context.engine) as tx:
        if is_on:
            controls.switch_on(tx, Name.TEST_MODE, by=visit.account.email, now=visit.now, value=address)
            visit.note(tx, "test mode on")
        elif controls.switch_off(tx, Name.TEST_MODE):
            visit.note(tx, "test mode off")
    return visit.redirect("/checks#test-mode")
