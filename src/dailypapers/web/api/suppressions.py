"""Addresses never to be mailed: listed, added, lifted, each with a reason."""

from typing import Any

from dailypapers.domain.api_key import Scope
from dailypapers.errors import BadInput
from dailypapers.store import subscribers, suppressions
from dailypapers.store.suppressions import Suppression
from dailypapers.subscriptions import lifecycle
from dailypapers.subscriptions.address import normal_address
from dailypapers.web.admin.suppressions import BY_OPERATOR
from dailypapers.web.api import shapes
from dailypapers.web.api.operation import Answer, Call, Operation, Parameter, Reply
from dailypapers.web.api.problem import Kind, Problem
from dailypapers.web.api.wire import moment

_SUPPRESSION = shapes.answered(
    "Suppression",
    {"address": shapes.TEXT, "reason": shapes.TEXT, "detail": shapes.TEXT, "since": shapes.MOMENT},
)
_WITH_REASON = {"address": shapes.ADDRESS, "reason": shapes.line(500)}
_NEW = shapes.taken("NewSuppression", _WITH_REASON, required=_WITH_REASON)
_LIFTED = shapes.taken("LiftedSuppression", _WITH_REASON, required=_WITH_REASON)
_EXAMPLE = {
    "address": "bob@example.org",
    "reason": "operator",
    "detail": "asked by telephone",
    "since": "2026-04-20T08:00:00Z",
}


def _shown(listed: Suppression) -> dict[str, Any]:
    return {
        "address": listed.address,
        "reason": listed.reason,
        "detail": listed.detail,
        "since": moment(listed.since),
    }


def _list(call: Call) -> Answer:
    """List suppressions by address."""
    if "address" in call.query:
        one = suppressions.one(call.tx, _address(call.query["address"], Kind.PARAMETER))
        listed = [one] if one else []
    else:
        listed = suppressions.beginning_with(call.tx, "", limit=call.limit + 1, after=call.after())
    return call.page([_shown(each) for each in listed], lambda: listed[call.limit - 1].address)


def _address(text: str, kind: Kind) -> str:
    try:
        return normal_address(text)
    except BadInput as error:
        raise Problem(kind, str(error)) from None


def _add(call: Call) -> Answer:
    address, reason = _address(call.body["address"], Kind.BODY), call.body["reason"]
    suppression = suppressions.one(call.tx, address)
    if suppression is None:
        suppressions.suppress(call.tx, address, reason=BY_OPERATOR, detail=reason, now=call.now)
        call.note("suppression", address=address, after={"reason": reason})
    listed = suppressions.one(call.tx, address)
    assert listed is not None  # noqa: S101 - it has just been added
    return Answer(_shown(listed), 200 if suppression else 201, subscriber_id=_subscriber_id(call, address))


def _lift(call: Call) -> Answer:
    address, reason = _address(call.body["address"], Kind.BODY), call.body["reason"]
    listed = suppressions.one(call.tx, address)
    if listed is None or not lifecycle.lift(call.tx, address, now=call.now):
        raise Problem(Kind.NOT_FOUND, "This address is not suppressed.")
    before = {"reason": listed.reason, "since": moment(listed.since)}
    call.note("suppression lifted", address=address, before=before, after={"reason": reason})
    return Answer(status=204)


def _subscriber_id(call: Call, address: str) -> int | None:
    reader = subscribers.by_address(call.tx, address)
    return reader.id if reader else None


OPERATIONS = (
    Operation(
        "listSuppressions", "GET", "/suppressions", "List suppressed addresses", _list, scope=Scope.SUPPRESSIONS_READ,
        description="By address.",
        parameters=(
            Parameter("address", shapes.ADDRESS, "Only this address, where it is suppressed.", "bob@example.org"),
            *shapes.PAGING,
        ),
        replies={200: shapes.page_reply("Suppressions", _SUPPRESSION, _EXAMPLE)},
    ),
    Operation(
        "addSuppression", "POST", "/suppressions", "Suppress an address", _add, scope=Scope.SUPPRESSIONS_WRITE,
        description="It is never mailed again, whoever subscribes it.",
        body=_NEW, body_example={"address": "bob@example.org", "reason": "asked by telephone"},
        replies={
            201: Reply("The suppression.", _SUPPRESSION, _EXAMPLE),
            200: Reply("It was suppressed already; the first reason stays.", _SUPPRESSION, _EXAMPLE),
        },
    ),
    Operation(
        "liftSuppression", "POST", "/suppressions/lift", "Lift a suppression", _lift, scope=Scope.SUPPRESSIONS_WRITE,
        description=(
            "Once its owner has repaired the address. Somebody whose mail bounced is active again; who left or "
            "complained stays so."
        ),
        body=_LIFTED, body_example={"address": "bob@example.org", "reason": "the mailbox is back"},
        replies={204: Reply("It is lifted.")}, problems=(Kind.NOT_FOUND,),
    ),
)  # fmt: skip
