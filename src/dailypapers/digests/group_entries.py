"""A group's digest as its members see it, with the names of those alone who agreed."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from dailypapers.digests.ballots import choice_entries
from dailypapers.domain.ballot import closing
from dailypapers.domain.group import GroupDigest, GroupEntry, GroupPick
from dailypapers.domain.group_comment import Comment, CommentEntry
from dailypapers.domain.summary import in_language
from dailypapers.store import editions, group_comments, groups, papers, summaries


def load_digest(
    tx: sa.Connection, group_id: int, edition_id: int, reader_id: int, *, composed_at: dt.datetime, language: str = ""
) -> GroupDigest | None:
    """Return a group's digest of an edition as one of its members sees it; `None` for anybody else.

    `language` is that of summaries by a model.
    """
    member, group = groups.member(tx, group_id, reader_id), groups.one(tx, group_id)
    edition = editions.by_id(tx, [edition_id]).get(edition_id)
    if not (group and edition and member and member.joined_at):
        return None
    # The ballot that was open then, so that a mail made again says the same.
    closes_at = closing(group.rhythm, group.ballot_day, after=composed_at)
    return GroupDigest(
        group.id,
        group.name,
        edition.day,
        entries(tx, group.id, groups.picks_of(tx, group.id, edition_id), language),
        comment_entries(tx, group.id, group_comments.of_digest(tx, group.id, edition_id)),
        choice_entries(tx, group, edition_id=edition_id),
        look=group.look,
        ballot_closes_on=group.rhythm.day_of(closes_at) if closes_at else None,
    )


def entries(tx: sa.Connection, group_id: int, picks: Sequence[GroupPick], language: str = "") -> tuple[GroupEntry, ...]:
    """Return a group's picks with the names of those who, by now, let theirs be shown."""
    names, said = _names(tx, group_id), summaries.of_papers(tx, [pick.paper_id for pick in picks])
    paper_by_id = papers.by_id(tx, [pick.paper_id for pick in picks])
    return tuple(
        GroupEntry(
            paper_by_id[pick.paper_id],
            pick.reason,
            tuple(names[each] for each in pick.subscribers if each in names),
            in_language(said.get(pick.paper_id, {}), language),
        )
        for pick in picks
    )


def comment_entries(tx: sa.Connection, group_id: int, comments: Sequence[Comment]) -> tuple[CommentEntry, ...]:
    """Return comments in their order, with the names of those who, by now, let theirs be shown."""
    names = _names(tx, group_id) if comments else {}
    paper_by_id = papers.by_id(tx, [each.paper_id for each in comments if each.paper_id is not None])
    return tuple(
        CommentEntry(
            each.id,
            names.get(each.subscriber, ""),
            each.text,
            paper_by_id[each.paper_id] if each.paper_id is not None else None,
        )
        for each in comments
    )


def _names(tx: sa.Connection, group_id: int) -> dict[int, str]:
    """Return the names of members who let them be shown."""
    members = groups.members(tx, group_id)
    return {
        each.subscriber: each.terms.name
        for each in members
        if each.joined_at and each.terms.shows_name and each.terms.name
    }
