"""Members of groups by the word of a provider of OpenID Connect: who joins and who leaves when somebody signs in.

    the groups a reader's claims name | less those they are in | join, sharing nothing | leave what is named no more

An invitation that was accepted is nobody's to take back by a claim: such a member stays.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from dailypapers.domain.group import MOST_GROUPS, MOST_MEMBERS, Group, Member, Role, Terms
from dailypapers.domain.subscriber import Subscriber
from dailypapers.store import group_claims, groups


@dataclass(frozen=True, slots=True)
class Memberships:
    """What signing in made of somebody's memberships."""

    joined: tuple[Group, ...] = ()
    #: In which they were already.
    stayed: tuple[Group, ...] = ()
    left: tuple[Group, ...] = ()
    #: Which have no room for them, or for which they are in too many others.
    full: tuple[Group, ...] = ()


def follow_claims(tx: sa.Connection, reader: Subscriber, claims: Collection[str], *, now: dt.datetime) -> Memberships:
    """Make a reader a member of the groups that these claims name, and of no other they were in by a claim.

    Who joins shares nothing: neither name nor votes count before they say so on the group's page. Idempotent.
    """
    before = [(group, member) for group, member in groups.of_subscriber(tx, reader.id) if member.joined_at]
    named = [group for key in group_claims.groups_of(tx, claims) if (group := groups.one(tx, key))]
    left = _leave(tx, before, {group.id for group in named})
    mine = {group.id for group, _ in before} - {group.id for group in left}
    joined: list[Group] = []
    full: list[Group] = []
    for group in named:
        if group.id in mine:
            continue
        room = len(mine) + len(joined) < MOST_GROUPS and _has_room(tx, group, reader)
        (joined if room else full).append(group)
        if room:
            _join(tx, group, reader, now=now)
    stayed = (group for group in named if group.id in mine)
    return Memberships(tuple(joined), tuple(stayed), tuple(left), tuple(full))


def _leave(tx: sa.Connection, before: Sequence[tuple[Group, Member]], named: Collection[int]) -> list[Group]:
    left = [group for group, member in before if member.by_claim and group.id not in named]
    for group, member in before:
        if group in left:
            groups.leave(tx, group.id, member.subscriber)
    return left


def _has_room(tx: sa.Connection, group: Group, reader: Subscriber) -> bool:
    """Return whether somebody can join: who is invited has a place already."""
    return groups.member(tx, group.id, reader.id) is not None or groups.count(tx, group.id) < MOST_MEMBERS


def _join(tx: sa.Connection, group: Group, reader: Subscriber, *, now: dt.datetime) -> None:
    # Of a group that nobody is in, whoever comes first becomes the organiser.
    is_empty = not any(each.joined_at for each in groups.members(tx, group.id))
    groups.invite(tx, group.id, reader.id, role=Role.ORGANISER if is_empty else Role.MEMBER, now=now)
    groups.join(tx, group.id, reader.id, Terms(), now=now)
    group_claims.mark(tx, group.id, reader.id)
