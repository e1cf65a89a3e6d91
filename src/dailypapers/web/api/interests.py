"""A subscriber's interests: listed, added, removed."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from dailypapers.domain.api_key import Scope
from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.preferences import FIELDS, MAX_CHARACTERS, MAX_EXAMPLES, MAX_OF_FIELD
from dailypapers.errors import BadInput, BadPaperId
from dailypapers.store import subscribers
from dailypapers.subscriptions.import_ import interest
from dailypapers.web.api import shapes
from dailypapers.web.api.operation import Answer, Call, Operation, Reply
from dailypapers.web.api.problem import Kind, Problem

INTEREST = shapes.taken(
    "NewInterest",
    {
        "kind": shapes.one_of(InterestKind),
        "text": shapes.line(MAX_CHARACTERS),
        "stance": {**shapes.one_of(Stance), "default": "want"},
    },
    required=["kind", "text"],
)
_SHOWN = shapes.answered(
    "Interest",
    {
        "id": {"type": "string"},
        "kind": shapes.one_of(InterestKind),
        "text": shapes.TEXT,
        "stance": shapes.one_of(Stance),
    },
)
_EXAMPLE = {"id": "5d395bcdacbed027", "kind": "topic", "text": "graph neural networks", "stance": "want"}
_NAMES = {of: name for name, of in FIELDS.items()}


def interest_of(fields: Mapping[str, Any], pointer: str = "") -> Interest:
    """Return the interest that a body states. Raises a `Problem` where its text cannot be what its kind says."""
    try:
        return interest(InterestKind(fields["kind"]), fields["text"], Stance(fields.get("stance", Stance.WANT)))
    except (BadInput, BadPaperId) as error:
        errors = [{"pointer": f"{pointer}/text", "detail": str(error)}]
        raise Problem(Kind.BODY, f"{str(error)[:1].upper()}{str(error)[1:].rstrip('.')}.", errors=errors) from None


def require_few(interests: Iterable[Interest], pointer: str = "") -> None:
    """Raise a `Problem` where there are more interests of a kind and stance than count."""
    for of, count in Counter((each.kind, each.stance) for each in interests).items():
        most = MAX_OF_FIELD.get(_NAMES.get(of, "phrases"), MAX_EXAMPLES)
        if count > most:
            detail = f"A subscriber can have at most {most} interests of the kind {of[0]}."
            raise Problem(Kind.BODY, detail, errors=[{"pointer": pointer, "detail": detail}])


def _id(interest: Interest) -> str:
    """Return a name for an interest that it has for good, whoever else has it."""
    return hashlib.sha256(f"{interest.kind} {interest.stance} {interest.text}".encode()).hexdigest()[:16]


def _represented(interest: Interest) -> dict[str, Any]:
    return {"id": _id(interest), "kind": interest.kind.value, "text": interest.text, "stance": interest.stance.value}


def _stated(call: Call, *, locks: bool = False) -> tuple[Interest, ...]:
    key = call.path["subscriber_id"]
    reader = (subscribers.locked if locks else subscribers.one)(call.tx, key)
    if reader is None:
        raise Problem(Kind.NOT_FOUND, "There is no subscriber with this id.")
    return subscribers.interests_of(call.tx, [key])[key]


def _list(call: Call) -> Answer:
    return Answer({"items": [_represented(interest) for interest in _stated(call)], "next": None})


def _add(call: Call) -> Answer:
    interests, added = _stated(call, locks=True), interest_of(call.body).kept()
    key = call.path["subscriber_id"]
    is_new = added not in interests
    if is_new:
        require_few((*interests, added))
        subscribers.state_interests(call.tx, key, (*interests, added))
        _note(call, after=added)
    location = call.address_of(f"/subscribers/{key}/interests/{_id(added)}")
    return Answer(_represented(added), 201 if is_new else 200, {"Location": location}, key)


def _remove(call: Call) -> Answer:
    interests = _stated(call, locks=True)
    gone = next((each for each in interests if _id(each) == call.path["interest_id"]), None)
    if gone is None:
        raise Problem(Kind.NOT_FOUND, "The subscriber has no interest with this id.")
    subscribers.state_interests(call.tx, call.path["subscriber_id"], (each for each in interests if each != gone))
    _note(call, before=gone)
    return Answer(status=204)


def _note(call: Call, *, before: Interest | None = None, after: Interest | None = None) -> None:
    """Note the kind and stance of what was changed: its text is the reader's own, and is erased with them."""
    reader = subscribers.one(call.tx, call.path["subscriber_id"])
    kinds = {
        name: {"interest": f"{each.stance} {each.kind}"}
        for name, each in (("before", before), ("after", after))
        if each
    }
    call.note("subscriber changed", address=reader.address if reader else "", **kinds)


_WHOSE = shapes.in_path("subscriber_id", "Whose interests.", 17)
_WHICH = shapes.in_path(
    "interest_id", "Which interest.", _EXAMPLE["id"], {"type": "string", "pattern": "^[0-9a-f]{16}$"}
)
_PATH = "/subscribers/{subscriber_id}/interests"
OPERATIONS = (
    Operation(
        "listInterests", "GET", _PATH, "List a subscriber's interests", _list, scope=Scope.INTERESTS_READ,
        description="All of them: there is one page.", parameters=(_WHOSE,),
        replies={200: shapes.page_reply("Interests", _SHOWN, _EXAMPLE)}, has_version=True,
    ),
    Operation(
        "addInterest", "POST", _PATH, "Add an interest", _add, scope=Scope.INTERESTS_WRITE,
        description=(
            "A topic in the reader's words, a phrase, a category such as `cs.LG`, an author, or a paper (an arXiv id "
            "or a DOI). The stance `avoid` shows less of it, `exclude` none."
        ),
        parameters=(_WHOSE,), body=INTEREST, body_example={"kind": "author", "text": "Ada Lovelace"},
        replies={
            201: Reply("The interest, which is new.", _SHOWN, _EXAMPLE),
            200: Reply("The interest, which they had already.", _SHOWN, _EXAMPLE),
        },
    ),
    Operation(
        "removeInterest", "DELETE", f"{_PATH}/{{interest_id}}", "Remove an interest", _remove,
        scope=Scope.INTERESTS_WRITE, parameters=(_WHOSE, _WHICH), replies={204: Reply("It is removed.")},
    ),
)  # fmt: skip
