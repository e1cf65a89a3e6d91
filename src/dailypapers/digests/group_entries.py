"""A group's digest as its members see it, with the names of those alone who agreed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import sqlalchemy as sa

from dailypapers.digests.ballots import choice_entries
from dailypapers.domain.ballot import closing
from dailypapers.domain.content import AboutPaper, Content, GroupSnapshot, as_known, known_then
from dailypapers.domain.group import AS_EACH_READER, Group, GroupDigest, GroupEntry, GroupPick
from dailypapers.domain.group_comment import Comment, CommentEntry
from dailypapers.domain.paper import NOTHING_SHOWN, Paper
from dailypapers.domain.summary import in_language
from dailypapers.store import editions, group_comments, groups, papers, summaries


def load_digest(tx: sa.Connection, content: Content, reader_id: int, *, composed_at: dt.datetime) -> GroupDigest | None:
    """Return a group's digest as one of its members sees it; `None` for anybody else.

    What was stored when it was composed decides, so that a mail made again says the same. Names alone go by what
    members agree to now, and comments by whether they are still there.
    """
    group_id, edition_id = content.group
    member, group = groups.member(tx, group_id, reader_id), groups.one(tx, group_id)
    edition = editions.by_id(tx, [edition_id]).get(edition_id)
    if not (group and edition and member and member.joined_at):
        return None
    then, about = content.group_snapshot or snapshot(group, composed_at), content.papers
    picks = groups.picks_of(tx, group.id, edition_id)
    comments = comment_entries(tx, group.id, group_comments.of_digest(tx, group.id, edition_id))
    choices = choice_entries(tx, _in_zone(group, then.zone), edition_id=edition_id)
    return GroupDigest(
        group.id,
        then.name,
        edition.day,
        entries(tx, group.id, picks, content.summary_language, about=about),
        tuple(replace(each, paper=_as_known(each.paper, about)) if each.paper else each for each in comments),
        tuple(replace(each, paper=_as_known(each.paper, about)) for each in choices),
        look=AS_EACH_READER if content.group_snapshot else group.look,
        ballot_closes_on=then.ballot_closes_on,
    )


def snapshot(group: Group, now: dt.datetime) -> GroupSnapshot:
    """Return what a mail that is composed now says of a group."""
    closes_at = closing(group.rhythm, group.ballot_day, after=now)
    return GroupSnapshot(group.name, group.rhythm.zone, group.rhythm.day_of(closes_at) if closes_at else None)


def _in_zone(group: Group, zone: str) -> Group:
    return replace(group, rhythm=replace(group.rhythm, zone=zone))


def _as_known(paper: Paper, about: Mapping[str, AboutPaper]) -> Paper:
    then: Paper = as_known(paper, known_then(about.get(str(paper.id))))
    return then


def entries(
    tx: sa.Connection,
    group_id: int,
    picks: Sequence[GroupPick],
    language: str = "",
    *,
    about: Mapping[str, AboutPaper] = MappingProxyType({}),
) -> tuple[GroupEntry, ...]:
    """Return a group's picks with the names of those who, by now, let theirs be shown.

    `about` tells, by the papers' names, what was known of them when a mail was composed.
    """
    names, paper_ids = _names(tx, group_id), [pick.paper_id for pick in picks]
    said, shown = summaries.of_papers(tx, paper_ids), papers.presentations(tx, paper_ids)
    paper_by_id = papers.by_id(tx, paper_ids)
    return tuple(
        GroupEntry(
            _as_known(paper, about),
            pick.reason,
            tuple(names[each] for each in pick.subscribers if each in names),
            in_language(said.get(pick.paper_id, {}), language) if "summary" in known else None,
            pick.paper_id,
            as_known(shown.get(pick.paper_id, NOTHING_SHOWN), known),
        )
        for pick in picks
        for paper in [paper_by_id[pick.paper_id]]
        for known in [known_then(about.get(str(paper.id)))]
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
