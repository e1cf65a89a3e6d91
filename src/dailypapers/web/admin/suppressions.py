"""Addresses never to be mailed: the list, adding one, lifting one; both with a reason."""

from fastapi.responses import Response

from dailypapers.errors import BadInput
from dailypapers.store import suppressions
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import lifecycle
from dailypapers.subscriptions.address import normal_address
from dailypapers.web.admin.gate import Visit
from dailypapers.web.admin.subscribers import PAGE

#: What is stored as the reason of those that operators add; theirs is the detail.
BY_OPERATOR = "operator"


def show(visit: Visit) -> Response:
    """Show the list."""
    return _page(visit)


def _page(visit: Visit, *, status: int = 200, trouble: str = "", **values: object) -> Response:
    text, after = visit.query("q").lower(), visit.query("after")
    with reading(visit.context.engine) as tx:
        listed = suppressions.beginning_with(tx, text, limit=PAGE + 1, after=after)
    entries = {"text": text, "after": after, "listed": listed[:PAGE], "has_more": len(listed) > PAGE}
    typed = {"address": visit.value("address"), "reason": visit.value("reason")}
    done = {"done": visit.query("done")}
    return visit.page("suppressions", status=status, trouble=trouble, **(entries | typed | done | values))


def add(visit: Visit) -> Response:
    """Suppress an address."""
    reason = visit.value("reason")
    try:
        address = normal_address(visit.value("address"))
    except BadInput:
        return _page(visit, status=400, trouble="address")
    if not reason:
        return _page(visit, status=400, trouble="reason")
    with writing(visit.context.engine) as tx:
        if suppressions.one(tx, address):
            return _page(visit, status=409, trouble="there")
        suppressions.suppress(tx, address, reason=BY_OPERATOR, detail=reason, now=visit.now)
        visit.note(tx, "suppression", address=address, after={"reason": reason})
    return visit.redirect("/suppressions?done=added")


def ask_to_lift(visit: Visit) -> Response:
    """Show why an address is suppressed, and a form that asks why it should be no longer."""
    with reading(visit.context.engine) as tx:
        listed = suppressions.one(tx, visit.query("address"))
    return visit.page("lift", status=200 if listed else 404, listed=listed, trouble="")


def lift(visit: Visit) -> Response:
    """Lift the suppression of an address; somebody whose mail bounced is active again."""
    address, reason = visit.value("address"), visit.value("reason")
    with writing(visit.context.engine) as tx:
        listed = suppressions.one(tx, address)
        if listed is None or not reason:
            return visit.page("lift", status=400 if listed else 404, listed=listed, trouble="reason" if listed else "")
        before = {"reason": listed.reason, "since": listed.since.isoformat(timespec="seconds")}
        lifecycle.lift(tx, address, now=visit.now)
        visit.note(tx, "suppression lifted", address=address, before=before, after={"reason": reason})
    return visit.redirect("/suppressions?done=lifted")
