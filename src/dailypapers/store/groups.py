"""Groups: who reads together, and what was picked for them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.ballot import closing
from dailypapers.domain.delivery import NEVER_ARRIVED, MailKind
from dailypapers.domain.group import AS_EACH_READER, Group, GroupLook, GroupPick, Member, Role, Terms, successor
from dailypapers.domain.subscriber import READING, Abstracts, Rhythm, days_in_words, parse_days
from dailypapers.store.database import insert_new
from dailypapers.store.outbox import skip_waiting
from dailypapers.store.picks import kept, reason_of
from dailypapers.store.schema import (
    ballot_votes,
    group_choices,
    group_comments,
    group_members,
    group_pick_members,
    group_picks,
    outbox,
    reading_groups,
    subscribers,
)

#: What is sent to whoever is in a group, or invited: nobody outside sees who is in it.
_MAILS = (MailKind.GROUP, MailKind.INVITATION)


def add(
    tx: sa.Connection,
    name: str,
    topics: Sequence[str],
    rhythm: Rhythm,
    *,
    ballot_day: int | None = None,
    look: GroupLook = AS_EACH_READER,
    now: dt.datetime,
) -> int:
    """Store a group that has no members yet; returns its id."""
    row: dict[str, object] = {"name": name, "topics": list(topics), **_times(rhythm), **_look(look), "created_at": now}
    row |= {"next_digest_at": rhythm.next_after(now), "ballot_day": ballot_day}
    row["ballot_closes_at"] = closing(rhythm, ballot_day, after=now)
    return int(tx.execute(sa.insert(reading_groups).values(row).returning(reading_groups.c.id)).scalar_one())


def change(
    tx: sa.Connection,
    group: Group,
    name: str,
    topics: Sequence[str],
    rhythm: Rhythm,
    *,
    ballot_day: int | None = None,
    look: GroupLook = AS_EACH_READER,
    now: dt.datetime,
) -> None:
    """Replace what a group reads, when, how, and on which day it votes; without one, votes are deleted."""
    row: dict[str, object] = {"name": name, "topics": list(topics), **_times(rhythm), **_look(look)}
    if ballot_day != group.ballot_day:
        row |= {"ballot_day": ballot_day, "ballot_closes_at": closing(rhythm, ballot_day, after=now)}
    if ballot_day is None:
        tx.execute(sa.delete(ballot_votes).where(ballot_votes.c.group_id == group.id))
    if rhythm != group.rhythm:
        row["next_digest_at"] = rhythm.next_after(now)
    tx.execute(sa.update(reading_groups).where(reading_groups.c.id == group.id).values(row))


def _times(rhythm: Rhythm) -> dict[str, object]:
    return {"zone": rhythm.zone, "hour": rhythm.hour, "days": days_in_words(rhythm.days)}


def _look(look: GroupLook) -> dict[str, object]:
    return {"language": look.language or None, "abstracts": look.abstracts.value if look.abstracts else None}


def one(tx: sa.Connection, group_id: int) -> Group | None:
    """Return a group, `None` where it has ended."""
    row = tx.execute(sa.select(reading_groups).where(reading_groups.c.id == group_id)).one_or_none()
    return _group(row) if row else None


def every(tx: sa.Connection) -> list[Group]:
    """Return all groups, oldest first."""
    return [_group(row) for row in tx.execute(sa.select(reading_groups).order_by(reading_groups.c.id))]


def of_subscriber(tx: sa.Connection, subscriber_id: int) -> list[tuple[Group, Member]]:
    """Return the groups somebody is in or invited to, each with what they are in it."""
    mine = sa.select(group_members).where(group_members.c.subscriber_id == subscriber_id)
    memberships = [_member(row) for row in tx.execute(mine.order_by(group_members.c.group_id))]
    pairs = ((one(tx, each.group), each) for each in memberships)
    return [(group, each) for group, each in pairs if group]


def due(tx: sa.Connection, edition_id: int, *, now: dt.datetime) -> list[Group]:
    """Return the groups whose hour has come and that had no digest of this edition."""
    is_new = sa.func.coalesce(reading_groups.c.edition_id, 0) < edition_id
    query = sa.select(reading_groups).where(reading_groups.c.next_digest_at <= now, is_new)
    return [_group(row) for row in tx.execute(query.order_by(reading_groups.c.id))]


def with_ballot_due(tx: sa.Connection, *, now: dt.datetime) -> list[Group]:
    """Return the groups whose ballot is to be closed by now."""
    query = sa.select(reading_groups).where(reading_groups.c.ballot_closes_at <= now)
    return [_group(row) for row in tx.execute(query.order_by(reading_groups.c.id))]


def carry_over(tx: sa.Connection, group: Group) -> bool:
    """Take back a group's newest digest where it reached nobody: what was in it may be in the next one.

    Tells whether it did. One that waits, or may have arrived, is left alone.
    """
    if group.edition is None or not _reached_nobody(tx, group.id, group.edition):
        return False
    for table in (group_pick_members, group_picks):
        ids = sa.select(group_picks.c.paper_id).where(*_of_digest(group_picks, group))
        tx.execute(sa.delete(table).where(table.c.group_id == group.id, table.c.paper_id.in_(ids)))
    for talk in (group_comments, group_choices):
        tx.execute(sa.update(talk).where(*_of_digest(talk, group)).values(edition_id=None))
    before = tx.execute(
        sa.select(sa.func.max(group_picks.c.edition_id)).where(group_picks.c.group_id == group.id)
    ).scalar_one()
    tx.execute(sa.update(reading_groups).where(reading_groups.c.id == group.id).values(edition_id=before))
    return True


def _of_digest(table: sa.Table, group: Group) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return table.c.group_id == group.id, table.c.edition_id == group.edition


def _reached_nobody(tx: sa.Connection, group_id: int, edition_id: int) -> bool:
    mails = (
        sa.select(outbox.c.state, outbox.c.content)
        .join(group_members, group_members.c.subscriber_id == outbox.c.subscriber_id)
        .where(group_members.c.group_id == group_id, outbox.c.group_edition_id == edition_id)
    )
    states = [row.state for row in tx.execute(mails) if row.content["group"][0] == group_id]
    return bool(states) and NEVER_ARRIVED.issuperset(states)


def at_their_hour(tx: sa.Connection, *, now: dt.datetime) -> list[Group]:
    """Return the groups whose hour has come, whatever they had last."""
    query = sa.select(reading_groups).where(reading_groups.c.next_digest_at <= now)
    return [_group(row) for row in tx.execute(query.order_by(reading_groups.c.id))]


def begin_digest(tx: sa.Connection, group: Group, edition_id: int, *, now: dt.datetime) -> bool:
    """Note that a group has its digest of an edition; tells whether it had not: of two who compose one goes on."""
    is_new = sa.func.coalesce(reading_groups.c.edition_id, 0) < edition_id
    values = {"edition_id": edition_id, "next_digest_at": group.rhythm.next_after(now)}
    change = sa.update(reading_groups).where(reading_groups.c.id == group.id, is_new).values(values)
    return tx.execute(change).rowcount == 1


def members(tx: sa.Connection, group_id: int) -> list[Member]:
    """Return who is in a group or invited to it, the longest member first; who has left the service is left out."""
    query = (
        sa.select(group_members)
        .join(subscribers, subscribers.c.id == group_members.c.subscriber_id)
        .where(group_members.c.group_id == group_id)
        .where(subscribers.c.state.in_(sorted(state.value for state in READING)))
        .order_by(group_members.c.joined_at, group_members.c.subscriber_id)
    )
    return [_member(row) for row in tx.execute(query)]


def count(tx: sa.Connection, group_id: int) -> int:
    """Return how many are in a group or invited to it, those who have not confirmed yet too."""
    everybody = sa.select(sa.func.count()).select_from(group_members).where(group_members.c.group_id == group_id)
    return tx.execute(everybody).scalar_one()


def member(tx: sa.Connection, group_id: int, subscriber_id: int) -> Member | None:
    """Return what somebody is in a group, `None` where they are neither in it nor invited."""
    row = tx.execute(sa.select(group_members).where(*_of(group_id, subscriber_id))).one_or_none()
    return _member(row) if row else None


def _of(group_id: int, subscriber_id: int) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return group_members.c.group_id == group_id, group_members.c.subscriber_id == subscriber_id


def invite(tx: sa.Connection, group_id: int, subscriber_id: int, *, role: Role, now: dt.datetime) -> None:
    """Note that somebody is invited, now or once more; who is a member stays one."""
    row = {
        "group_id": group_id,
        "subscriber_id": subscriber_id,
        "role": role.value,
        "name": "",
        "shows_name": False,
        "pools_votes": False,
        "nominates": False,
        "invited_at": now,
        "joined_at": None,
    }
    insert_new(tx, group_members, [row], group_members.c.group_id)
    tx.execute(sa.update(group_members).where(*_of(group_id, subscriber_id)).values(invited_at=now))


def join(tx: sa.Connection, group_id: int, subscriber_id: int, terms: Terms, *, now: dt.datetime) -> bool:
    """Make somebody who is invited a member, on these terms; tells whether they were invited."""
    values = {**_terms(terms), "joined_at": sa.func.coalesce(group_members.c.joined_at, sa.literal(now, _MOMENT))}
    return tx.execute(sa.update(group_members).where(*_of(group_id, subscriber_id)).values(values)).rowcount == 1


_MOMENT = group_members.c.joined_at.type


def agree(tx: sa.Connection, group_id: int, subscriber_id: int, terms: Terms) -> None:
    """Replace what a member agreed to; a name that may not be shown any more stands beside no pick."""
    tx.execute(sa.update(group_members).where(*_of(group_id, subscriber_id)).values(_terms(terms)))
    if not terms.shows_name:
        _forget_relevance(tx, group_id, subscriber_id)


def _terms(terms: Terms) -> dict[str, Any]:
    return {
        "name": terms.name,
        "shows_name": terms.shows_name,
        "pools_votes": terms.pools_votes,
        "nominates": terms.nominates,
    }


def _forget_relevance(tx: sa.Connection, group_id: int, subscriber_id: int) -> None:
    mine = (group_pick_members.c.group_id == group_id, group_pick_members.c.subscriber_id == subscriber_id)
    tx.execute(sa.delete(group_pick_members).where(*mine))


def leave(tx: sa.Connection, group_id: int, subscriber_id: int) -> bool:
    """Take somebody out of a group, with their comments, vote and waiting mails; tells whether they were in it.

    The last organiser's place goes to the longest member. With the last member the group ends, unless its members are
    named by a claim.
    """
    # Whoever leaves at the same moment waits here, and then sees who is left.
    tx.execute(sa.select(reading_groups.c.id).where(reading_groups.c.id == group_id).with_for_update())
    everybody = [
        _member(row) for row in tx.execute(sa.select(group_members).where(group_members.c.group_id == group_id))
    ]
    _forget_relevance(tx, group_id, subscriber_id)
    for table in (group_comments, ballot_votes):
        theirs = (table.c.group_id == group_id, table.c.subscriber_id == subscriber_id)
        tx.execute(sa.delete(table).where(*theirs))
    left = tx.execute(sa.delete(group_members).where(*_of(group_id, subscriber_id))).rowcount == 1
    skip_waiting(tx, subscriber_id, _MAILS, "left the group", group=group_id)
    if (heir := successor(everybody, subscriber_id)) is not None:
        tx.execute(sa.update(group_members).where(*_of(group_id, heir)).values(role=Role.ORGANISER.value))
    if left and not any(each.joined_at and each.subscriber != subscriber_id for each in everybody):
        group = one(tx, group_id)
        if group and not group.claim:
            end(tx, group_id)
    return left


def leave_all(tx: sa.Connection, subscriber_id: int) -> None:
    """Take somebody out of all groups."""
    mine = sa.select(group_members.c.group_id).where(group_members.c.subscriber_id == subscriber_id)
    for (group_id,) in tx.execute(mine).all():
        leave(tx, group_id, subscriber_id)


def prune(tx: sa.Connection, *, before: dt.datetime) -> int:
    """Delete invitations made before a moment that nobody has accepted; returns how many."""
    old = (group_members.c.joined_at.is_(None), group_members.c.invited_at < before)
    return tx.execute(sa.delete(group_members).where(*old)).rowcount


def end(tx: sa.Connection, group_id: int) -> None:
    """Delete a group with all that it holds; nothing that waits is sent."""
    for (subscriber_id,) in tx.execute(
        sa.select(group_members.c.subscriber_id).where(group_members.c.group_id == group_id)
    ).all():
        skip_waiting(tx, subscriber_id, _MAILS, "left the group", group=group_id)
    for table in (
        ballot_votes,
        group_choices,
        group_comments,
        group_pick_members,
        group_picks,
        group_members,
    ):
        tx.execute(sa.delete(table).where(table.c.group_id == group_id))
    tx.execute(sa.delete(reading_groups).where(reading_groups.c.id == group_id))


def already_picked(tx: sa.Connection, group_id: int, paper_ids: Iterable[int]) -> frozenset[int]:
    """Return which of these papers were picked for a group before."""
    query = sa.select(group_picks.c.paper_id).where(group_picks.c.group_id == group_id)
    return frozenset(row.paper_id for row in tx.execute(query)).intersection(paper_ids)


def put_picks(tx: sa.Connection, group_id: int, edition_id: int, chosen: Sequence[GroupPick]) -> None:
    """Store what was picked for a group from an edition."""
    key = {"group_id": group_id}
    rows = [
        {**key, "paper_id": pick.paper_id, "edition_id": edition_id, "position": place, "reason": kept(pick.reason)}
        for place, pick in enumerate(chosen)
    ]
    insert_new(tx, group_picks, rows)
    relevant = [
        {**key, "paper_id": pick.paper_id, "subscriber_id": reader} for pick in chosen for reader in pick.subscribers
    ]
    insert_new(tx, group_pick_members, relevant)


def picks_of(tx: sa.Connection, group_id: int, edition_id: int) -> list[GroupPick]:
    """Return what was picked for a group from an edition, in order."""
    query = sa.select(group_picks).where(group_picks.c.group_id == group_id, group_picks.c.edition_id == edition_id)
    return _picks(tx, group_id, tx.execute(query.order_by(group_picks.c.position)).all())


def newest_picks(tx: sa.Connection, group_id: int, *, limit: int) -> list[GroupPick]:
    """Return a group's newest picks, the best of each edition first."""
    query = sa.select(group_picks).where(group_picks.c.group_id == group_id)
    ordered = query.order_by(group_picks.c.edition_id.desc(), group_picks.c.position).limit(limit)
    return _picks(tx, group_id, tx.execute(ordered).all())


def _picks(tx: sa.Connection, group_id: int, rows: Sequence[sa.Row[Any]]) -> list[GroupPick]:
    relevant = sa.select(group_pick_members).where(
        group_pick_members.c.group_id == group_id,
        group_pick_members.c.paper_id.in_([row.paper_id for row in rows]),
    )
    by_paper: dict[int, list[int]] = {}
    for row in tx.execute(relevant.order_by(group_pick_members.c.subscriber_id)):
        by_paper.setdefault(row.paper_id, []).append(row.subscriber_id)
    return [GroupPick(row.paper_id, reason_of(row.reason), tuple(by_paper.get(row.paper_id, ()))) for row in rows]


def _group(row: sa.Row[Any]) -> Group:
    rhythm = Rhythm(row.zone, row.hour, parse_days(row.days))
    return Group(
        row.id,
        row.name,
        tuple(row.topics),
        rhythm,
        row.next_digest_at,
        row.edition_id,
        row.ballot_day,
        row.ballot_closes_at,
        row.claim or "",
        GroupLook(row.language or "", Abstracts(row.abstracts) if row.abstracts else None),
    )


def _member(row: sa.Row[Any]) -> Member:
    terms = Terms(row.name, row.shows_name, row.pools_votes, bool(row.nominates))
    return Member(
        row.group_id, row.subscriber_id, Role(row.role), terms, row.invited_at, row.joined_at, bool(row.by_claim)
    )
