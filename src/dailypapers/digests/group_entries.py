"""A group's digest as its members see it, with the names of those alone who agreed."""

from collections.abc import Sequence

import sqlalchemy as sa

from dailypapers.domain.group import GroupDigest, GroupEntry, GroupPick
from dailypapers.store import editions, groups, papers


def load_digest(tx: sa.Connection, group_id: int, edition_id: int, reader_id: int) -> GroupDigest | None:
    """Return a group's digest of an edition as one of its members sees it; `None` for anybody else."""
    member, group = groups.member(tx, group_id, reader_id), groups.one(tx, group_id)
    edition = editions.by_id(tx, [edition_id]).get(edition_id)
    if not (group and edition and member and member.joined_at):
        return None
    return GroupDigest(
        group.id, group.name, edition.day, entries(tx, group.id, groups.picks_of(tx, group.id, edition_id))
    )


def entries(tx: sa.Connection, group_id: int, picks: Sequence[GroupPick]) -> tuple[GroupEntry, ...]:
    """Return a group's picks with the names of those who, by now, let theirs be shown."""
    names = {
        each.subscriber: each.terms.name
        for each in groups.members(tx, group_id)
        if each.joined_at and each.terms.shows_name and each.terms.name
    }
    paper_by_id = papers.by_id(tx, [pick.paper_id for pick in picks])
    return tuple(
        GroupEntry(
            paper_by_id[pick.paper_id], pick.reason, tuple(names[each] for each in pick.subscribers if each in names)
        )
        for pick in picks
    )
