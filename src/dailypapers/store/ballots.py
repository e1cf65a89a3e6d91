"""Ballots of groups: what stands on them, votes until they close, and what was chosen."""

import datetime as dt
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.ballot import MOST_NOMINATED, TOP_PICKS, WEEK, CastVote, Choice
from dailypapers.domain.forwarded import PRIVATE_SCHEME
from dailypapers.domain.group import Group
from dailypapers.domain.vote import Vote
from dailypapers.store.database import insert_new, replace_rows
from dailypapers.store.schema import (
    ballot_votes,
    editions,
    group_choices,
    group_members,
    group_picks,
    papers,
    reading_groups,
    votes,
)


def nominated(tx: sa.Connection, group: Group) -> list[int]:
    """Return the papers on a group's open ballot: what has votes, the week's top picks, what members put there.

    What the group has chosen before is left out, and what one reader alone has told us of. Empty where none is open.
    """
    if group.ballot_closes_at is None:
        return []
    since = group.ballot_closes_at - WEEK
    voted = [vote.paper_id for vote in votes_of(tx, group.id)]
    candidates = dict.fromkeys([*voted, *_top_picks(tx, group.id, since), *_liked(tx, group.id, since)])
    chosen = {row.paper_id for row in tx.execute(_choices(group.id))}
    return [paper_id for paper_id in candidates if paper_id not in chosen][:MOST_NOMINATED]


def _top_picks(tx: sa.Connection, group_id: int, since: dt.datetime) -> list[int]:
    query = (
        sa.select(group_picks.c.paper_id)
        .join(editions, editions.c.id == group_picks.c.edition_id)
        .where(group_picks.c.group_id == group_id, editions.c.closed_at > since)
        .where(group_picks.c.position < TOP_PICKS)
        .order_by(group_picks.c.position, group_picks.c.edition_id.desc())
    )
    # Some room is left for what members like.
    return list(tx.scalars(query.limit(MOST_NOMINATED * 2 // 3)))


def _liked(tx: sa.Connection, group_id: int, since: dt.datetime) -> list[int]:
    """Return what members like who put it on the ballot; the order says nothing of who or how many they are."""
    query = (
        sa.select(votes.c.paper_id)
        .distinct()
        .join(group_members, group_members.c.subscriber_id == votes.c.subscriber_id)
        .join(papers, papers.c.id == votes.c.paper_id)
        .where(group_members.c.group_id == group_id, group_members.c.nominates, group_members.c.joined_at.is_not(None))
        .where(votes.c.vote == Vote.LIKE.value, votes.c.voted_at > since)
        .where(~papers.c.key.startswith(f"{PRIVATE_SCHEME}:"))
        .order_by(votes.c.paper_id.desc())
    )
    return list(tx.scalars(query.limit(MOST_NOMINATED)))


def cast(tx: sa.Connection, group_id: int, subscriber_id: int, paper_id: int, *, now: dt.datetime) -> None:
    """Store a member's vote, in place of the one they cast before."""
    key = {"group_id": group_id, "subscriber_id": subscriber_id}
    replace_rows(tx, ballot_votes, [{**key, "paper_id": paper_id, "voted_at": now}])


def votes_of(tx: sa.Connection, group_id: int, members: Collection[int] | None = None) -> list[CastVote]:
    """Return the votes on a group's open ballot, those of `members` alone where they are given."""
    rows = tx.execute(
        sa.select(ballot_votes).where(ballot_votes.c.group_id == group_id).order_by(ballot_votes.c.voted_at)
    )
    everybody = [CastVote(row.subscriber_id, row.paper_id, row.voted_at) for row in rows]
    return [vote for vote in everybody if members is None or vote.subscriber in members]


def of_subscriber(tx: sa.Connection, subscriber_id: int) -> list[CastVote]:
    """Return somebody's votes on the open ballots of all their groups."""
    query = sa.select(ballot_votes).where(ballot_votes.c.subscriber_id == subscriber_id)
    return [CastVote(row.subscriber_id, row.paper_id, row.voted_at) for row in tx.execute(query)]


def close(tx: sa.Connection, group: Group, chosen: Choice | None, *, next_closes_at: dt.datetime | None) -> bool:
    """Close a group's ballot and open the next; votes are deleted. Tells whether it was open: of two one closes it."""
    is_same = (reading_groups.c.id == group.id, reading_groups.c.ballot_closes_at == group.ballot_closes_at)
    change = sa.update(reading_groups).where(*is_same).values(ballot_closes_at=next_closes_at)
    if tx.execute(change).rowcount != 1:
        return False
    tx.execute(sa.delete(ballot_votes).where(ballot_votes.c.group_id == group.id))
    if chosen:
        row = {"paper_id": chosen.paper_id, "votes": chosen.votes, "chosen_at": chosen.chosen_at}
        insert_new(tx, group_choices, [{"group_id": group.id, **row, "edition_id": None}])
    return True


def put_into_digest(tx: sa.Connection, group_id: int, edition_id: int) -> int:
    """Give the choices that were in no digest yet to the one of an edition; returns how many."""
    waiting = (group_choices.c.group_id == group_id, group_choices.c.edition_id.is_(None))
    return tx.execute(sa.update(group_choices).where(*waiting).values(edition_id=edition_id)).rowcount


def of_digest(tx: sa.Connection, group_id: int, edition_id: int) -> list[Choice]:
    """Return the choices that a group's digest of an edition announces, oldest first."""
    query = _choices(group_id).where(group_choices.c.edition_id == edition_id)
    return [_choice(row) for row in tx.execute(query.order_by(group_choices.c.chosen_at))]


def choices(tx: sa.Connection, group_id: int, *, limit: int) -> list[Choice]:
    """Return what a group has chosen, newest first."""
    query = _choices(group_id).order_by(group_choices.c.chosen_at.desc()).limit(limit)
    return [_choice(row) for row in tx.execute(query)]


def _choices(group_id: int) -> sa.Select[Any]:
    return sa.select(group_choices).where(group_choices.c.group_id == group_id)


def _choice(row: sa.Row[Any]) -> Choice:
    return Choice(row.paper_id, row.votes, row.chosen_at)
