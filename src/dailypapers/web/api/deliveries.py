"""Deliveries: which emails were sent, how they ended, and what the servers said; and what was in a digest."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.api_key import Scope
from dailypapers.domain.bounce import ReportKind
from dailypapers.domain.delivery import Attempt, Delivery, DeliveryState, MailKind
from dailypapers.domain.digest import TermKind
from dailypapers.domain.edition import Edition
from dailypapers.domain.paper import Paper
from dailypapers.store import attempts, bounces, editions, history, papers, subscribers
from dailypapers.store.bounces import StoredBounce
from dailypapers.store.picks import StoredPick, of_deliveries
from dailypapers.web.api import shapes
from dailypapers.web.api.editions import PAPER_EXAMPLE, PAPER_FIELDS, require_edition, shown_paper
from dailypapers.web.api.operation import Answer, Call, Operation, Parameter, Reply
from dailypapers.web.api.problem import Kind, Problem
from dailypapers.web.api.wire import moment

_FIELDS = {
    "id": shapes.ID,
    "kind": shapes.one_of(MailKind),
    "state": shapes.one_of(DeliveryState),
    "subscriber_id": shapes.ID,
    "address": shapes.TEXT,
    "edition": shapes.or_null(shapes.DAY),
    "created_at": shapes.MOMENT,
    "deadline": shapes.MOMENT,
    "attempts": shapes.COUNT,
    "next_attempt_at": shapes.or_null(shapes.MOMENT),
    "message_id": shapes.TEXT,
    "detail": shapes.TEXT,
}
_DELIVERY = shapes.answered("Delivery", _FIELDS)
_TRY = shapes.answered(
    "Attempt",
    {
        "number": shapes.COUNT,
        "started_at": shapes.MOMENT,
        "handed_over_at": shapes.or_null(shapes.MOMENT),
        "answered_at": shapes.or_null(shapes.MOMENT),
        "code": shapes.or_null(shapes.COUNT),
        "enhanced_code": shapes.TEXT,
        "text": shapes.TEXT,
        "outcome": shapes.TEXT,
    },
)
_BOUNCE = shapes.answered(
    "Bounce",
    {
        "kind": shapes.one_of(ReportKind),
        "hard": shapes.YES,
        "status": shapes.TEXT,
        "text": shapes.TEXT,
        "received_at": shapes.MOMENT,
    },
)
_WITH_TRIES = shapes.answered(
    "DeliveryWithAttempts", {**_FIELDS, "tries": shapes.list_of(_TRY), "bounces": shapes.list_of(_BOUNCE)}
)
_TERM = shapes.answered(
    "Term",
    {
        "kind": shapes.one_of(TermKind),
        "text": shapes.TEXT,
        "weight": shapes.NUMBER,
        "interest": shapes.TEXT,
    },
)
_PICK = shapes.answered(
    "Pick",
    {
        "paper": shapes.answered("Paper", PAPER_FIELDS),
        "score": shapes.NUMBER,
        "reason": shapes.TEXT,
        "terms": shapes.list_of(_TERM),
        "outside_topics": shapes.YES,
    },
)
_DIGEST = shapes.answered(
    "Digest",
    {
        "id": shapes.ID,
        "subscriber_id": shapes.ID,
        "edition": shapes.DAY,
        "state": shapes.one_of(DeliveryState),
        "created_at": shapes.MOMENT,
        "picks": shapes.list_of(_PICK),
    },
)
_EXAMPLE = {
    "id": 12,
    "kind": "digest",
    "state": "accepted",
    "subscriber_id": 17,
    "address": "ann@example.org",
    "edition": "2026-04-20",
    "created_at": "2026-04-20T05:00:00Z",
    "deadline": "2026-04-21T01:00:00Z",
    "attempts": 1,
    "next_attempt_at": None,
    "message_id": "<12.1776661200@example.org>",
    "detail": "250 2.0.0 queued as 1A2B3C",
}
_TRY_EXAMPLE = {
    "number": 1,
    "started_at": "2026-04-20T05:00:03Z",
    "handed_over_at": "2026-04-20T05:00:03Z",
    "answered_at": "2026-04-20T05:00:04Z",
    "code": 250,
    "enhanced_code": "2.0.0",
    "text": "queued as 1A2B3C",
    "outcome": "none final",
}
_DIGEST_EXAMPLE = {
    "id": 12,
    "subscriber_id": 17,
    "edition": "2026-04-20",
    "state": "accepted",
    "created_at": "2026-04-20T05:00:00Z",
    "picks": [
        {
            "paper": PAPER_EXAMPLE,
            "score": 3.2,
            "reason": "Matches your topic “graph neural networks”",
            "terms": [
                {"kind": "words", "text": "graph neural networks", "weight": 3.2, "interest": "graph neural networks"}
            ],
            "outside_topics": False,
        }
    ],
}


def _list(call: Call) -> Answer:
    """List deliveries, newest first."""
    query = call.query
    edition = require_edition(call, query["edition"], Kind.PARAMETER) if "edition" in query else None
    listed = history.page(
        call.tx,
        limit=call.limit + 1,
        before_id=call.after_number(),
        state=DeliveryState(query["state"]) if "state" in query else None,
        kind=MailKind(query["kind"]) if "kind" in query else None,
        edition_id=edition.id if edition else None,
        subscriber_id=query.get("subscriber_id"),
    )
    days = _days(call.tx, listed)
    return call.page([_shown(each, days) for each in listed], lambda: listed[call.limit - 1].id)


def _days(tx: sa.Connection, listed: Sequence[Delivery]) -> Mapping[int, Edition]:
    return editions.by_id(tx, {each.edition for each in listed if each.edition is not None})


def _shown(delivery: Delivery, days: Mapping[int, Edition]) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "kind": delivery.kind.value,
        "state": delivery.state.value,
        "subscriber_id": delivery.subscriber,
        "address": delivery.address,
        "edition": days[delivery.edition].day.isoformat() if delivery.edition is not None else None,
        "created_at": moment(delivery.created_at),
        "deadline": moment(delivery.deadline),
        "attempts": delivery.attempts,
        "next_attempt_at": moment(delivery.next_attempt_at),
        "message_id": delivery.message_id,
        "detail": delivery.detail,
    }


def _show(call: Call) -> Answer:
    delivery = history.by_id(call.tx, call.path["delivery_id"])
    if delivery is None:
        raise Problem(Kind.NOT_FOUND, "There is no delivery with this id.")
    tries = [_try(each) for each in attempts.of_delivery(call.tx, delivery.id)]
    returned = bounces.of_subscriber(call.tx, delivery.subscriber)
    mine = [_bounce(each) for each in returned if each.delivery_id == delivery.id]
    return Answer({**_shown(delivery, _days(call.tx, [delivery])), "tries": tries, "bounces": mine})


def _try(each: Attempt) -> dict[str, Any]:
    return {
        "number": each.number,
        "started_at": moment(each.started_at),
        "handed_over_at": moment(each.handed_over_at),
        "answered_at": moment(each.answered_at),
        "code": each.code or None,
        "enhanced_code": each.enhanced,
        "text": each.text,
        "outcome": each.outcome,
    }


def _bounce(each: StoredBounce) -> dict[str, Any]:
    return {
        "kind": each.kind.value,
        "hard": each.is_hard,
        "status": each.status,
        "text": each.text,
        "received_at": moment(each.received_at),
    }


def _list_digests(call: Call) -> Answer:
    """List a subscriber's digests with their picks, newest first."""
    key = call.path["subscriber_id"]
    if subscribers.one(call.tx, key) is None:
        raise Problem(Kind.NOT_FOUND, "There is no subscriber with this id.")
    listed = history.page(
        call.tx, limit=call.limit + 1, before_id=call.after_number(), subscriber_id=key, kind=MailKind.DIGEST
    )
    return call.page(_digests(call.tx, listed), lambda: listed[call.limit - 1].id)


def _show_digest(call: Call) -> Answer:
    delivery = history.by_id(call.tx, call.path["digest_id"])
    if delivery is None or delivery.kind is not MailKind.DIGEST:
        raise Problem(Kind.NOT_FOUND, "There is no digest with this id.")
    return Answer(_digests(call.tx, [delivery])[0])


def _digests(tx: sa.Connection, listed: Sequence[Delivery]) -> list[dict[str, Any]]:
    picks, days = of_deliveries(tx, [each.id for each in listed]), _days(tx, listed)
    paper_by_id = papers.by_id(tx, {pick.paper_id for chosen in picks.values() for pick in chosen})
    return [
        {
            "id": each.id,
            "subscriber_id": each.subscriber,
            "edition": days[each.edition].day.isoformat() if each.edition is not None else None,
            "state": each.state.value,
            "created_at": moment(each.created_at),
            "picks": [_pick(pick, paper_by_id) for pick in picks.get(each.id, ())],
        }
        for each in listed
    ]


def _pick(pick: StoredPick, paper_by_id: Mapping[int, Paper]) -> dict[str, Any]:
    terms = [
        {"kind": term.kind.value, "text": term.text, "weight": term.weight, "interest": term.interest}
        for term in pick.reason.terms
    ]
    return {
        "paper": shown_paper(paper_by_id[pick.paper_id]),
        "score": pick.score,
        "reason": pick.reason.sentence(),
        "terms": terms,
        "outside_topics": pick.outside,
    }


OPERATIONS = (
    Operation(
        "listDeliveries", "GET", "/deliveries", "List deliveries", _list, scope=Scope.DELIVERIES_READ,
        description="Every email that was put into the outbox, newest first.",
        parameters=(
            Parameter("state", shapes.one_of(DeliveryState), "Only those in this state.", "failed"),
            Parameter("kind", shapes.one_of(MailKind), "Only emails of this kind.", "digest"),
            Parameter("edition", shapes.DAY, "Only digests of this day's edition.", "2026-04-20"),
            Parameter("subscriber_id", shapes.ID, "Only those of this subscriber.", 17),
            *shapes.PAGING,
        ),
        replies={200: shapes.page_reply("Deliveries", _DELIVERY, _EXAMPLE)},
    ),
    Operation(
        "showDelivery", "GET", "/deliveries/{delivery_id}", "Show a delivery", _show, scope=Scope.DELIVERIES_READ,
        description="With each try, what the server said to it, and what came back later.",
        parameters=(shapes.in_path("delivery_id", "Which delivery.", 12),), has_version=True,
        replies={200: Reply("The delivery.", _WITH_TRIES, {**_EXAMPLE, "tries": [_TRY_EXAMPLE], "bounces": []})},
    ),
    Operation(
        "listDigests", "GET", "/subscribers/{subscriber_id}/digests", "List a subscriber's digests", _list_digests,
        scope=Scope.DIGESTS_READ,
        description="Newest first, each with its picks in order: the paper, why it was picked, and its score.",
        parameters=(shapes.in_path("subscriber_id", "Whose digests.", 17), *shapes.PAGING),
        replies={200: shapes.page_reply("Digests", _DIGEST, _DIGEST_EXAMPLE)},
    ),
    Operation(
        "showDigest", "GET", "/digests/{digest_id}", "Show a digest", _show_digest, scope=Scope.DIGESTS_READ,
        description="A digest has the id of its delivery.",
        parameters=(shapes.in_path("digest_id", "Which digest.", 12),), has_version=True,
        replies={200: Reply("The digest.", _DIGEST, _DIGEST_EXAMPLE)},
    ),
)  # fmt: skip
