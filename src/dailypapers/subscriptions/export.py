"""Export: all that is kept of one subscriber, for them to take away; and subscribers as records for `import_`.

What somebody takes away answers articles 15 and 20 of the GDPR, in plain values.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.channel import Channel
from dailypapers.domain.delivery import Delivery
from dailypapers.domain.e_reader import EReader
from dailypapers.domain.edition import Edition
from dailypapers.domain.group import Group, Member
from dailypapers.domain.interest import Interest
from dailypapers.domain.paper import Paper
from dailypapers.domain.preferences import FIELDS, interests_in
from dailypapers.domain.subscriber import Subscriber, SubscriberState, days_in_words
from dailypapers.domain.tool import Tool
from dailypapers.store import (
    ballots,
    bounces,
    channels,
    e_readers,
    editions,
    forwarded,
    group_comments,
    groups,
    history,
    papers,
    profiles,
    reader_keys,
    saved,
    subscribers,
    suppressions,
    tools,
    votes,
)
from dailypapers.store.bounces import StoredBounce
from dailypapers.store.picks import StoredPick, of_deliveries


def export(tx: sa.Connection, subscriber_id: int, *, now: dt.datetime) -> Mapping[str, Any] | None:
    """Return all that is stored about a subscriber as JSON values; `None` where nobody has this id.

    Moments are ISO 8601 in UTC. What is kept of them as salted hashes cannot be found from here, nor by anybody else.
    """
    reader = subscribers.one(tx, subscriber_id)
    if reader is None:
        return None
    return {
        "made_at": _moment(now),
        **_reader(reader),
        "interests": [asdict(stated) for stated in subscribers.interests_of(tx, [subscriber_id])[subscriber_id]],
        **_said_of_papers(tx, subscriber_id),
        "deliveries": _deliveries(tx, subscriber_id),
        "profiles": [
            {"profile": one.profile.address, "taken": one.taken, "listed": one.listed}
            for one in profiles.of_subscriber(tx, subscriber_id)
        ],
        "keys": [
            {"prefix": one.prefix, "may_act": one.may_act, "created_at": _moment(one.created_at)}
            for one in reader_keys.of_subscriber(tx, subscriber_id)
        ],
        "e_reader": _e_reader(e_readers.of_subscriber(tx, subscriber_id)),
        "tools": [_tool(one) for one in tools.of_subscriber(tx, subscriber_id)],
        "bounces": [_bounce(one) for one in bounces.of_subscriber(tx, subscriber_id)],
        "groups": [_membership(group, member) for group, member in groups.of_subscriber(tx, subscriber_id)],
        "comments": [
            {"text": one.text, "written_at": _moment(one.written_at)}
            for one in group_comments.of_subscriber(tx, subscriber_id)
        ],
        "channel": _channel(channels.of_subscriber(tx, subscriber_id)),
        "suppressed": suppressions.is_suppressed(tx, reader.address),
    }


def _said_of_papers(tx: sa.Connection, subscriber_id: int) -> dict[str, Any]:
    """Return what the reader, or somebody for them, has said of papers: voted, saved, sent on, forwarded, chosen."""
    cast, ballot = votes.of_subscriber(tx, subscriber_id), ballots.of_subscriber(tx, subscriber_id)
    pushed, alerts = tools.pushed(tx, subscriber_id), forwarded.listed_for(tx, subscriber_id)
    kept = saved.of_readers(tx, [subscriber_id])
    named = {vote.paper_id for vote in cast} | {vote.paper_id for vote in ballot} | {one.paper_id for one in kept}
    named |= {paper_id for paper_id, *_ in (*pushed, *alerts)}
    paper_by_id = papers.by_id(tx, named)
    return {
        "votes": [{**_paper(paper_by_id[v.paper_id]), "vote": v.vote.value, "voted_at": _moment(v.at)} for v in cast],
        "saved": [{**_paper(paper_by_id[one.paper_id]), **asdict(one.remark)} for one in kept],
        "forwarded": [
            {**_paper(paper_by_id[paper_id]), "alerts": list(names), "received_at": _moment(at)}
            for paper_id, names, at in alerts
        ],
        "sent_to_tools": [
            {**_paper(paper_by_id[paper_id]), "tool": kind.value, "state": state} for paper_id, kind, state in pushed
        ],
        "ballot_votes": [{**_paper(paper_by_id[one.paper_id]), "voted_at": _moment(one.voted_at)} for one in ballot],
    }


def _deliveries(tx: sa.Connection, subscriber_id: int) -> list[dict[str, Any]]:
    sent = history.of_subscriber(tx, subscriber_id)
    chosen = of_deliveries(tx, [delivery.id for delivery in sent])
    paper_by_id = papers.by_id(tx, {pick.paper_id for picked in chosen.values() for pick in picked})
    days = editions.by_id(tx, [delivery.edition for delivery in sent if delivery.edition is not None])
    return [_delivery(one, days, chosen.get(one.id, ()), paper_by_id) for one in sent]


def _channel(channel: Channel | None) -> dict[str, Any] | None:
    """Return where digests are posted to as well, without the address, by which anybody could write there."""
    if channel is None:
        return None
    return {"service": channel.kind.value, "created_at": _moment(channel.created_at), "is_on": not channel.disabled_at}


def _e_reader(e_reader: EReader | None) -> dict[str, Any] | None:
    if e_reader is None:
        return None
    return {
        "address": e_reader.address,
        "next_book_at": _moment(e_reader.next_book_at),
        "last_book_at": _moment(e_reader.last_book_at),
        "is_on": not e_reader.disabled_at,
    }


def _membership(group: Group, member: Member) -> dict[str, Any]:
    return {
        "group": group.name,
        "role": member.role.value,
        **asdict(member.terms),
        "joined_at": _moment(member.joined_at),
    }


def _reader(reader: Subscriber) -> dict[str, Any]:
    rhythm = reader.rhythm
    return {
        "address": reader.address,
        "state": reader.state.value,
        "created_at": _moment(reader.created_at),
        "confirmed_at": _moment(reader.confirmed_at),
        "consent": asdict(reader.consent),
        "paused_until": reader.paused_until.isoformat() if reader.paused_until else None,
        "next_digest_at": _moment(reader.next_digest_at),
        "rhythm": {"zone": rhythm.zone, "hour": rhythm.hour, "days": days_in_words(rhythm.days)},
        "amount": asdict(reader.amount),
        "style": asdict(reader.style),
    }


def _delivery(
    delivery: Delivery, days: Mapping[int, Edition], picked: Sequence[StoredPick], paper_by_id: Mapping[int, Paper]
) -> dict[str, Any]:
    return {
        "kind": delivery.kind.value,
        "edition": days[delivery.edition].day.isoformat() if delivery.edition is not None else None,
        "address": delivery.address,
        "state": delivery.state.value,
        "created_at": _moment(delivery.created_at),
        "attempts": delivery.attempts,
        "message_id": delivery.message_id,
        "detail": delivery.detail,
        "picks": [_pick(pick, paper_by_id[pick.paper_id]) for pick in picked],
    }


def _tool(tool: Tool) -> dict[str, Any]:
    """Return what is known of a tool; its key stays where it is."""
    return {
        "tool": tool.kind.value,
        "state": tool.state.value,
        "target": tool.target,
        "refusal": tool.refusal.value if tool.refusal else None,
    }


def _bounce(bounce: StoredBounce) -> dict[str, Any]:
    return {
        "kind": bounce.kind.value,
        "fault": bounce.fault.value if bounce.fault else None,
        "hard": bounce.is_hard,
        "status": bounce.status,
        "detail": bounce.text,
        "received_at": _moment(bounce.received_at),
    }


def _pick(pick: StoredPick, paper: Paper) -> dict[str, Any]:
    terms = [asdict(term) for term in pick.reason.terms]
    record = {"score": pick.score, "reason": pick.reason.sentence(), "terms": terms, "outside": pick.outside}
    return {**_paper(paper), **record}


def _paper(paper: Paper) -> dict[str, str]:
    return {"paper": str(paper.id), "title": paper.title}


def _moment(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def record(reader: Subscriber, interests: Sequence[Interest]) -> dict[str, Any]:
    """Return a subscriber as a record that import reads back: it states everything, also that there is none."""
    rhythm, amount, style = reader.rhythm, reader.amount, reader.style
    others = [asdict(interest) for interest in interests if (interest.kind, interest.stance) not in FIELDS.values()]
    return {
        "address": reader.address,
        **{name: [interest.text for interest in interests_in(name, interests)] for name in FIELDS},
        **({"other_interests": others} if others else {}),
        "zone": rhythm.zone,
        "hour": rhythm.hour,
        "days": days_in_words(rhythm.days),
        **asdict(amount),
        **asdict(style),
        **({"paused": _until(reader)} if reader.state is SubscriberState.PAUSED else {}),
    }


def _until(reader: Subscriber) -> str | bool:
    return reader.paused_until.isoformat() if reader.paused_until else True
