"""Groups of readers: made, joined by invitation, and left; used by pages and commands alike.

Every function works inside the caller's transaction and tells what it did. Leaving is `store.groups.leave`: erasing a
subscriber leaves as well.
"""

import datetime as dt
from collections.abc import Sequence
from enum import Enum, auto

import sqlalchemy as sa

from dailypapers.domain.content import Content
from dailypapers.domain.delivery import MailKind
from dailypapers.domain.group import AS_EACH_READER, MOST_GROUPS, MOST_MEMBERS, Group, GroupLook, Member, Role, Terms
from dailypapers.domain.i18n import N_
from dailypapers.domain.link import Purpose
from dailypapers.domain.subscriber import READING, SUBSCRIBED, Rhythm, Subscriber, SubscriberState
from dailypapers.errors import BadInput
from dailypapers.store import groups, outbox, subscribers, suppressions
from dailypapers.subscriptions import strangers
from dailypapers.tokens import LIFETIME

#: One invitation an hour, as with confirmations; and it helps nobody a day later.
INVITATION_PAUSE = dt.timedelta(hours=1)
_DEADLINE = dt.timedelta(days=1)


class Invited(Enum):
    """What came of an invitation, for our own eyes: whoever invites is told the same whatever it was."""

    QUEUED = auto()
    NOT_A_READER = auto()
    TOO_SOON = auto()
    MEMBER = auto()


def found(
    tx: sa.Connection,
    reader: Subscriber,
    *,
    name: str,
    topics: Sequence[str],
    rhythm: Rhythm,
    ballot_day: int | None = None,
    look: GroupLook = AS_EACH_READER,
    terms: Terms,
    now: dt.datetime,
) -> int:
    """Make a group whose organiser is this reader; returns its id. Raises `BadInput` where they are in many already."""
    if len(groups.of_subscriber(tx, reader.id)) >= MOST_GROUPS:
        raise BadInput(N_("You are in ten groups already. Please leave one first."))
    group_id = groups.add(tx, name, topics, rhythm, ballot_day=ballot_day, look=look, now=now)
    groups.invite(tx, group_id, reader.id, role=Role.ORGANISER, now=now)
    groups.join(tx, group_id, reader.id, terms, now=now)
    return group_id


def invite(tx: sa.Connection, group: Group, address: str, *, now: dt.datetime) -> Invited:
    """Queue an invitation to a reader of this service. Raises `BadInput` where the group is full."""
    reader = subscribers.by_address(tx, address)
    if groups.count(tx, group.id) >= MOST_MEMBERS:
        raise BadInput(N_("This group is full."))
    if reader is None or reader.state not in READING or suppressions.is_suppressed(tx, address):
        return Invited.NOT_A_READER
    before = groups.member(tx, group.id, reader.id)
    if before and before.joined_at:
        return Invited.MEMBER
    if before and now - before.invited_at < INVITATION_PAUSE:
        return Invited.TOO_SOON
    groups.invite(tx, group.id, reader.id, role=Role.MEMBER, now=now)
    content = Content(reader.style, group=(group.id, 0))
    mail = outbox.NewDelivery(reader.id, reader.address, MailKind.INVITATION, now + _DEADLINE, content=content)
    outbox.put(tx, [mail], now=now)
    return Invited.QUEUED


def accept(tx: sa.Connection, group_id: int, reader: Subscriber, terms: Terms, *, now: dt.datetime) -> bool:
    """Make who is invited a member on these terms, once they are subscribed; tells whether the invitation stands.

    Raises `BadInput` where they are in many groups already.
    """
    member = invitation(tx, group_id, reader, now=now)
    if member is None:
        return False
    if sum(1 for _, each in groups.of_subscriber(tx, reader.id) if each.joined_at) >= MOST_GROUPS:
        raise BadInput(N_("You are in ten groups already. Please leave one first."))
    if reader.state is SubscriberState.PENDING:
        return strangers.accept(tx, group_id, reader, terms, now=now)
    return groups.join(tx, group_id, reader.id, terms, now=now)


def invitation(tx: sa.Connection, group_id: int, reader: Subscriber, *, now: dt.datetime) -> Member | None:
    """Return a reader's open invitation to a group, `None` where there is none any more."""
    member = groups.member(tx, group_id, reader.id)
    is_open = member and not member.joined_at and now - member.invited_at < LIFETIME[Purpose.INVITATION]
    return member if is_open and reader.state in SUBSCRIBED else None


def joined(tx: sa.Connection, group_id: int, reader: Subscriber) -> tuple[Group, Member] | None:
    """Return a group and what a reader is in it; `None` where they have not joined, or not any more."""
    group, member = groups.one(tx, group_id), groups.member(tx, group_id, reader.id)
    return (group, member) if group and member and member.joined_at else None
