"""Invitations to groups for people who do not read here: one mail each, and no other before they confirm.

    limits of signing up | one invitation a year to a mailbox | a pending subscriber, invited | the mail (tx)

Who accepts is asked to confirm, as anybody who subscribes. Who does nothing is erased after a week; a keyed hash of
their mailbox is kept for a year, so that nobody is invited again and again.
"""

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa

from dailypapers.domain.content import Content
from dailypapers.domain.delivery import MailKind
from dailypapers.domain.group import Group, Role, Terms
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.signup import Limits, SignUpRequest, Verdict, judge
from dailypapers.domain.subscriber import Consent, Subscriber, SubscriberState
from dailypapers.store import groups, outbox, signups, strangers, subscribers, suppressions
from dailypapers.subscriptions import sign_up

#: Strangers whom one organiser may invite in an hour.
MOST_AN_HOUR = 5
#: An invitation that comes later than this helps nobody.
_DEADLINE = dt.timedelta(days=1)
#: What people agree to who join; to be counted up when the words of the invitation's page change.
_FORM = "invitation 1"


def invite(
    tx: sa.Connection,
    group: Group,
    address: str,
    *,
    preferences: Preferences,
    request: SignUpRequest,
    limits: Limits,
    now: dt.datetime,
) -> bool:
    """Queue the one invitation that somebody gets who is not known here; tells whether it did.

    `request` counts for its organiser; `preferences` are what they get with the group's topics if they confirm.
    """
    if subscribers.by_address(tx, address) or suppressions.is_suppressed(tx, address):
        return False
    verdict = judge(
        signups.count(tx, request, now=now), replace(limits, per_network_hour=MOST_AN_HOUR), has_waited=True
    )
    is_granted = verdict is Verdict.GRANTED and strangers.note(tx, request.mailbox, now=now)
    signups.note(tx, request, granted=is_granted, now=now)
    if not is_granted:
        return False
    topics = tuple(Interest(InterestKind.TOPIC, topic) for topic in group.topics)
    reader_id = sign_up.add_pending(
        tx, address, replace(preferences, interests=topics), consent=Consent("invited"), now=now
    )
    if reader_id is None:
        return False
    groups.invite(tx, group.id, reader_id, role=Role.MEMBER, now=now)
    content = Content(preferences.style, group=(group.id, 0))
    outbox.put(
        tx, [outbox.NewDelivery(reader_id, address, MailKind.INVITATION, now + _DEADLINE, content=content)], now=now
    )
    return True


def accept(tx: sa.Connection, group_id: int, reader: Subscriber, terms: Terms, *, now: dt.datetime) -> bool:
    """Take somebody into a group once they confirm, and queue the mail that asks them to; tells whether they may be."""
    if reader.state is not SubscriberState.PENDING or not groups.join(tx, group_id, reader.id, terms, now=now):
        return False
    preferences = Preferences(reader.rhythm, reader.amount, subscribers.interests_of(tx, [reader.id])[reader.id])
    sign_up.subscribe(tx, reader.address, preferences, consent=Consent("web", _FORM), now=now)
    return True
