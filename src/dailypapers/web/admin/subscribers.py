"""Looking subscribers up, and one subscriber's whole story."""

from collections.abc import Mapping
from typing import Any

from fastapi.responses import Response
from starlette.exceptions import HTTPException

from dailypapers.domain.paper import Paper
from dailypapers.store import audit, bounces, editions, history, papers, subscribers, suppressions, votes
from dailypapers.store.database import reading
from dailypapers.store.votes import Cast
from dailypapers.web.admin.gate import Visit

#: A page of a list.
PAGE = 50
_DELIVERIES, _VOTES, _CHANGES = 25, 50, 20
_MOST_DIGITS = 18


def show(visit: Visit) -> Response:
    """Show the subscribers whose address begins with what was typed."""
    text, after = visit.query("q").lower(), visit.query("after")
    with reading(visit.context.engine) as tx:
        # One more than is shown tells whether there are more.
        listed = subscribers.beginning_with(tx, text, limit=PAGE + 1, after=after)
    return visit.page("subscribers", text=text, listed=listed[:PAGE], has_more=len(listed) > PAGE, after=after)


def number_in(visit: Visit, name: str) -> int:
    """Return the number in the address. Raises 404 for anything else."""
    text = visit.path(name)
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise HTTPException(404)
    return int(text)


def number_behind(visit: Visit, name: str) -> int | None:
    """Return a number from behind the question mark; anything else is none."""
    text = visit.query(name)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def show_one(visit: Visit) -> Response:
    """Show everything that is known of a subscriber."""
    key = number_in(visit, "subscriber_id")
    with reading(visit.context.engine) as tx:
        reader = subscribers.one(tx, key)
        if reader is None:
            raise HTTPException(404)
        sent = history.newest_of_subscriber(tx, key, limit=_DELIVERIES + 1, before_id=number_behind(visit, "before"))
        edition_by_id = editions.by_id(tx, {each.edition for each in sent if each.edition is not None})
        cast = votes.of_subscriber(tx, key)[:_VOTES]
        story: dict[str, Any] = {
            "deliveries": sent[:_DELIVERIES],
            "has_more": len(sent) > _DELIVERIES,
            "days": {number: edition.day for number, edition in edition_by_id.items()},
            "interests": subscribers.interests_of(tx, [key])[key],
            "bounces": bounces.of_subscriber(tx, key),
            "votes": _with_papers(cast, papers.by_id(tx, [each.paper_id for each in cast])),
            "suppression": suppressions.one(tx, reader.address),
            "changes": audit.newest(tx, limit=_CHANGES, address_hash=visit.hash_of(reader.address)),
        }
    return visit.page("subscriber", reader=reader, before=visit.query("before"), **story)


def _with_papers(cast: list[Cast], paper_by_id: Mapping[int, Paper]) -> list[tuple[Cast, Paper]]:
    return [(each, paper_by_id[each.paper_id]) for each in cast]
