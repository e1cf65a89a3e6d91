"""Subscribers: looked up, asked to confirm or admitted, changed, paused, resumed, unsubscribed, erased."""

import datetime as dt
from typing import Any

from dailypapers.domain.api_key import Scope
from dailypapers.domain.interest import Interest
from dailypapers.domain.preferences import MAX_PAPERS, PreferenceChanges, Preferences
from dailypapers.domain.signup import Admission
from dailypapers.domain.subscriber import (
    Abstracts,
    Consent,
    OnEmpty,
    Subscriber,
    SubscriberState,
    days_in_words,
)
from dailypapers.errors import BadInput
from dailypapers.store import subscribers, suppressions
from dailypapers.subscriptions import lifecycle, sign_up
from dailypapers.subscriptions.address import normal_address
from dailypapers.subscriptions.erase import erase as erase_all
from dailypapers.subscriptions.import_ import changes
from dailypapers.web.api import shapes
from dailypapers.web.api.check import Schema
from dailypapers.web.api.interests import INTEREST, interest_of, require_few
from dailypapers.web.api.operation import Answer, Call, Operation, Parameter, Reply
from dailypapers.web.api.problem import Kind, Problem
from dailypapers.web.api.wire import moment

_WEEKDAY = "(mon|tue|wed|thu|fri|sat|sun)"
_DAYS = f"^(daily|weekdays|weekly|{_WEEKDAY}(,{_WEEKDAY})*)$"
_PREFERENCES: dict[str, Schema] = {
    "zone": {"type": "string", "pattern": r"^[A-Za-z][A-Za-z0-9_+/-]{0,63}$"},
    "hour": {"type": "integer", "minimum": 0, "maximum": 23},
    "days": {"type": "string", "pattern": _DAYS, "maxLength": 60},
    "max_papers": {"type": "integer", "minimum": 1, "maximum": MAX_PAPERS},
    "about": {"type": ["integer", "null"], "minimum": 1, "maximum": MAX_PAPERS},
    "least": {"type": "integer", "minimum": 1, "maximum": MAX_PAPERS},
    "relevance": {"type": ["number", "null"], "minimum": 0, "exclusiveMaximum": 1},
    "explore": shapes.YES,
    "on_empty": shapes.one_of(OnEmpty),
    "text_only": shapes.YES,
    "abstracts": shapes.one_of(Abstracts),
    "language": {"type": "string", "pattern": r"^([a-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3})?$"},
    "figures": shapes.YES,
}
_CONSENT = shapes.answered("Consent", {"source": shapes.TEXT, "form": shapes.TEXT})
_SUBSCRIBER = shapes.answered(
    "Subscriber",
    {
        "id": shapes.ID,
        "address": shapes.TEXT,
        "state": shapes.one_of(SubscriberState),
        "created_at": shapes.MOMENT,
        "confirmed_at": shapes.or_null(shapes.MOMENT),
        "paused_until": shapes.or_null(shapes.DAY),
        "next_digest_at": shapes.or_null(shapes.MOMENT),
        "consent": _CONSENT,
        "preferences": shapes.answered(
            "Preferences",
            {
                name: {key: value for key, value in schema.items() if key != "pattern"}
                for name, schema in _PREFERENCES.items()
            },
        ),
    },
)
_NEW = shapes.taken(
    "NewSubscriber",
    {
        "address": shapes.ADDRESS,
        "consent": shapes.taken(
            "NewConsent", {"source": shapes.line(200), "form": shapes.line(200)}, required=["source"]
        ),
        "state": {"type": "string", "enum": ["pending", "active"], "default": "pending"},
        "preferences": shapes.taken("NewPreferences", _PREFERENCES),
        "interests": shapes.list_of(INTEREST, most=1000),
    },
    required=["address", "consent"],
)
_CHANGES = shapes.taken("PreferenceChanges", _PREFERENCES)
_PAUSE = shapes.taken("Pause", {"until": shapes.or_null(shapes.DAY)})
_NOTHING = shapes.taken("Nothing", {})
_PREFERENCES_EXAMPLE = {
    "zone": "Europe/Berlin", "hour": 7, "days": "weekdays", "max_papers": 10, "about": None, "least": 1,
    "relevance": None, "explore": False, "on_empty": "silent", "text_only": False, "abstracts": "extract",
    "language": "de", "figures": False,
}  # fmt: skip
_EXAMPLE = {
    "id": 17,
    "address": "ann@example.org",
    "state": "active",
    "created_at": "2026-04-20T08:00:00Z",
    "confirmed_at": "2026-04-20T08:05:12Z",
    "paused_until": None,
    "next_digest_at": "2026-04-21T05:00:00Z",
    "consent": {"source": "api: library card form", "form": "2026-04"},
    "preferences": _PREFERENCES_EXAMPLE,
}
_PENDING = {**_EXAMPLE, "state": "pending", "confirmed_at": None, "next_digest_at": None}
_THE_ONE = (shapes.in_path("subscriber_id", "Which subscriber.", 17),)
_IT = Reply("The subscriber.", _SUBSCRIBER, _EXAMPLE)


def represented(reader: Subscriber) -> dict[str, Any]:
    """Return a subscriber as the API shows them."""
    return {
        "id": reader.id,
        "address": reader.address,
        "state": reader.state.value,
        "created_at": moment(reader.created_at),
        "confirmed_at": moment(reader.confirmed_at),
        "paused_until": reader.paused_until.isoformat() if reader.paused_until else None,
        "next_digest_at": moment(reader.next_digest_at),
        "consent": {"source": reader.consent.way, "form": reader.consent.form},
        "preferences": _preferences(reader),
    }


def _preferences(reader: Subscriber) -> dict[str, Any]:
    rhythm, amount, style = reader.rhythm, reader.amount, reader.style
    return {
        "zone": rhythm.zone,
        "hour": rhythm.hour,
        "days": days_in_words(rhythm.days),
        "max_papers": amount.max_papers,
        "about": amount.about,
        "least": amount.least,
        "relevance": amount.relevance,
        "explore": amount.explore,
        "on_empty": amount.on_empty.value,
        "text_only": style.text_only,
        "abstracts": style.abstracts.value,
        "language": style.language,
        "figures": style.figures,
    }


def _list(call: Call) -> Answer:
    """List subscribers in the order in which they came."""
    if "address" in call.query:
        reader = subscribers.by_address(call.tx, _address(call.query["address"], Kind.PARAMETER))
        state_name = call.query.get("state")
        listed = [reader] if reader and state_name in {None, reader.state.value} else []
    else:
        state = SubscriberState(call.query["state"]) if "state" in call.query else None
        after_id = call.after_number() or 0
        listed = subscribers.page(call.tx, limit=call.limit + 1, after_id=after_id, state=state)
    return call.page([represented(reader) for reader in listed], lambda: listed[call.limit - 1].id)


def _show(call: Call) -> Answer:
    reader = subscribers.one(call.tx, call.path["subscriber_id"])
    if reader is None:
        raise Problem(Kind.NOT_FOUND, "There is no subscriber with this id.")
    return Answer(represented(reader))


def _add(call: Call) -> Answer:
    """Ask somebody to confirm, or admit them where the key's owner vouches for their consent."""
    body = call.body
    if body.get("state") == SubscriberState.ACTIVE:
        call.require_scope(Scope.SUBSCRIBERS_ADMIT)
    address = _address(body["address"], Kind.BODY)
    before = subscribers.by_address(call.tx, address)
    _require_open(call, address, before)
    form = body.get("consent")
    consent = Consent(f"api: {form['source']}", form.get("form", ""))
    preferences = _stated_preferences(call, body)
    if body.get("state") == SubscriberState.ACTIVE:
        _admit(call, address, preferences, consent)
    else:
        sign_up.subscribe(call.tx, address, preferences, consent=consent, now=call.now)
        call.note("subscription requested", address=address, after={"consent": consent.way})
    reader = subscribers.by_address(call.tx, address)
    assert reader is not None  # noqa: S101 - they have just been added
    location = {"Location": call.address_of(f"/subscribers/{reader.id}")}
    return Answer(represented(reader), 200 if before else 201, location, reader.id)


def _require_open(call: Call, address: str, reader: Subscriber | None) -> None:
    if suppressions.is_suppressed(call.tx, address):
        raise Problem(Kind.SUPPRESSED)
    if reader and reader.state not in {SubscriberState.PENDING, SubscriberState.UNSUBSCRIBED}:
        raise Problem(Kind.SUBSCRIBED, subscriber=call.address_of(f"/subscribers/{reader.id}"))


def _admit(call: Call, address: str, preferences: Preferences, consent: Consent) -> None:
    outcome = sign_up.admit(call.tx, address, preferences, consent=consent, now=call.now)
    if outcome is Admission.UNSUBSCRIBED:
        raise Problem(Kind.LEFT)
    if outcome.is_refused:
        raise Problem(Kind.SUPPRESSED)
    call.note("subscriber added", address=address, after={"consent": consent.way})


def _stated_preferences(call: Call, body: dict[str, Any]) -> Preferences:
    preferences = _changes(body.get("preferences", {})).applied_to(call.context.defaults)
    interests: dict[Interest, None] = dict.fromkeys(
        interest_of(entry, f"/interests/{number}") for number, entry in enumerate(body.get("interests", ()))
    )
    require_few(interests, "/interests")
    return Preferences(preferences.rhythm, preferences.amount, tuple(interests), preferences.style)


def _changes(fields: dict[str, Any]) -> PreferenceChanges:
    try:
        return changes(fields)
    except BadInput as error:
        raise Problem(Kind.BODY, _sentence(str(error))) from None


def _address(text: str, kind: Kind) -> str:
    try:
        return normal_address(text)
    except BadInput as error:
        raise Problem(kind, str(error)) from None


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _locked(call: Call) -> Subscriber:
    """Return the subscriber, whom nobody else changes meanwhile. Raises a `Problem` where there is none, or changed."""
    reader = subscribers.locked(call.tx, call.path["subscriber_id"])
    if reader is None:
        raise Problem(Kind.NOT_FOUND, "There is no subscriber with this id.")
    call.require_match(represented(reader))
    return reader


def _now(call: Call) -> Answer:
    reader = subscribers.one(call.tx, call.path["subscriber_id"])
    assert reader is not None  # noqa: S101 - they are locked
    return Answer(represented(reader), subscriber_id=reader.id)


def _change(call: Call) -> Answer:
    """Change what the body states; the rest stays."""
    reader = _locked(call)
    before = lifecycle.preferences_of(call.tx, reader)
    lifecycle.change(call.tx, reader.id, _changes(call.body).applied_to(before), now=call.now)
    values = _preferences(reader)
    after = _now(call)
    changed = [name for name, value in values.items() if after.body["preferences"][name] != value]
    if changed:
        call.note(
            "subscriber changed",
            address=reader.address,
            before={name: values[name] for name in changed},
            after={name: after.body["preferences"][name] for name in changed},
        )
    return after


def _pause(call: Call) -> Answer:
    reader = _locked(call)
    until = dt.date.fromisoformat(call.body["until"]) if (call.body or {}).get("until") else None
    if until and not lifecycle.may_pause_until(reader, until, now=call.now):
        errors = [{"pointer": "/until", "detail": "must be a future day, within ten years"}]
        raise Problem(Kind.BODY, "A pause ends on a future day, within ten years.", errors=errors)
    if not lifecycle.pause(call.tx, reader.id, until=until, now=call.now):
        raise _wrong_state(reader)
    call.note("subscriber paused", address=reader.address, after={"until": until.isoformat() if until else None})
    return _now(call)


def _resume(call: Call) -> Answer:
    reader = _locked(call)
    if not lifecycle.resume(call.tx, reader.id, now=call.now):
        raise _wrong_state(reader)
    if reader.state is SubscriberState.PAUSED:
        call.note("subscriber resumed", address=reader.address)
    return _now(call)


def _wrong_state(reader: Subscriber) -> Problem:
    return Problem(
        Kind.STATE, f"This cannot be done with a subscriber who is {reader.state}.", state=reader.state.value
    )


def _unsubscribe(call: Call) -> Answer:
    reader = _locked(call)
    if lifecycle.unsubscribe(call.tx, reader.id, now=call.now):
        call.note("subscriber unsubscribed", address=reader.address)
    return _now(call)


def _erase(call: Call) -> Answer:
    reader = _locked(call)
    erase_all(call.tx, reader.id)
    call.by.note_erasure(call.tx, reader.address, now=call.now)
    return Answer(status=204)


_STATE = Parameter("state", shapes.one_of(SubscriberState), "Only those in this state.", "active")
_ADDRESS = Parameter("address", shapes.ADDRESS, "Only the subscriber with this address.", "ann@example.org")
OPERATIONS = (
    Operation(
        "listSubscribers", "GET", "/subscribers", "List subscribers", _list, scope=Scope.SUBSCRIBERS_READ,
        description="In the order in which they came.",
        parameters=(_STATE, _ADDRESS, *shapes.PAGING),
        replies={200: shapes.page_reply("Subscribers", _SUBSCRIBER, _EXAMPLE)},
    ),
    Operation(
        "addSubscriber", "POST", "/subscribers", "Subscribe an address", _add, scope=Scope.SUBSCRIBERS_WRITE,
        description=(
            "The address is sent a confirmation email, and nothing else before its owner confirms. With the state "
            "`active` nobody is asked: that takes the scope `subscribers:admit`, and you vouch for their consent. Who "
            "has not confirmed yet, or has left, is asked once more."
        ),
        body=_NEW,
        body_example={
            "address": "ann@example.org",
            "consent": {"source": "library card form", "form": "2026-04"},
            "preferences": {"zone": "Europe/Berlin", "hour": 7, "days": "weekdays"},
            "interests": [{"kind": "topic", "text": "graph neural networks"}, {"kind": "category", "text": "cs.LG"}],
        },
        replies={
            201: Reply("A new subscriber.", _SUBSCRIBER, _PENDING),
            200: Reply("Somebody who was known: they have been asked to confirm, or admitted.", _SUBSCRIBER, _PENDING),
        },
        problems=(Kind.SUBSCRIBED, Kind.SUPPRESSED, Kind.LEFT),
        has_version=True,
    ),
    Operation(
        "showSubscriber", "GET", "/subscribers/{subscriber_id}", "Show a subscriber", _show,
        scope=Scope.SUBSCRIBERS_READ, parameters=_THE_ONE, replies={200: _IT}, has_version=True,
    ),
    Operation(
        "changeSubscriber", "PATCH", "/subscribers/{subscriber_id}", "Change preferences", _change,
        scope=Scope.SUBSCRIBERS_WRITE, description="What the body does not name stays as it is (RFC 7396).",
        parameters=_THE_ONE, body=_CHANGES, body_example={"hour": 9, "max_papers": 5}, replies={200: _IT},
        has_version=True, is_conditional=True,
    ),
    Operation(
        "pauseSubscriber", "POST", "/subscribers/{subscriber_id}/pause", "Pause a subscription", _pause,
        scope=Scope.SUBSCRIBERS_WRITE, description="Until a day, or without one until it is resumed.",
        parameters=_THE_ONE, body=_PAUSE, body_example={"until": None},
        replies={200: Reply("The subscriber.", _SUBSCRIBER, {**_EXAMPLE, "state": "paused", "next_digest_at": None})},
        problems=(Kind.STATE,), has_version=True, is_conditional=True,
    ),
    Operation(
        "resumeSubscriber", "POST", "/subscribers/{subscriber_id}/resume", "End a pause", _resume,
        scope=Scope.SUBSCRIBERS_WRITE, parameters=_THE_ONE, body=_NOTHING, body_example={}, replies={200: _IT},
        problems=(Kind.STATE,), has_version=True, is_conditional=True,
    ),
    Operation(
        "unsubscribe", "POST", "/subscribers/{subscriber_id}/unsubscribe", "Unsubscribe", _unsubscribe,
        scope=Scope.SUBSCRIBERS_WRITE, description="From then on nothing is sent, not even what is queued.",
        parameters=_THE_ONE, body=_NOTHING, body_example={},
        replies={200: Reply("The subscriber.", _SUBSCRIBER, {**_EXAMPLE, "state": "unsubscribed"})},
        has_version=True, is_conditional=True,
    ),
    Operation(
        "eraseSubscriber", "DELETE", "/subscribers/{subscriber_id}", "Erase a subscriber", _erase,
        scope=Scope.SUBSCRIBERS_WRITE,
        description="All that is stored of them is deleted for good; a suppression of their address stays.",
        parameters=_THE_ONE, replies={204: Reply("They are erased.")}, is_conditional=True,
    ),
)  # fmt: skip
