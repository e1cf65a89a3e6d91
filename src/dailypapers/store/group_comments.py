"""Comments: what members of a group say to each other, each with the digest it was in."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.group_comment import Comment
from dailypapers.store.schema import group_comments


def add(
    tx: sa.Connection, group_id: int, subscriber_id: int, texts: Sequence[tuple[int | None, str]], *, now: dt.datetime
) -> None:
    """Store comments of a member, each on a paper or on none; the next digest of the group has them."""
    key = {"group_id": group_id, "subscriber_id": subscriber_id, "written_at": now}
    rows = [{**key, "paper_id": paper_id, "text": text} for paper_id, text in texts]
    if rows:
        tx.execute(sa.insert(group_comments), rows)


def put_into_digest(tx: sa.Connection, group_id: int, edition_id: int) -> int:
    """Give the comments that were in no digest yet to the one of an edition; returns how many."""
    waiting = (group_comments.c.group_id == group_id, group_comments.c.edition_id.is_(None))
    return tx.execute(sa.update(group_comments).where(*waiting).values(edition_id=edition_id)).rowcount


def of_digest(tx: sa.Connection, group_id: int, edition_id: int) -> list[Comment]:
    """Return the comments that a group's digest of an edition has, oldest first."""
    query = sa.select(group_comments).where(
        group_comments.c.group_id == group_id, group_comments.c.edition_id == edition_id
    )
    return [_comment(row) for row in tx.execute(query.order_by(group_comments.c.id))]


def newest(tx: sa.Connection, group_id: int, *, limit: int) -> list[Comment]:
    """Return a group's newest comments, the newest first."""
    query = sa.select(group_comments).where(group_comments.c.group_id == group_id)
    return [_comment(row) for row in tx.execute(query.order_by(group_comments.c.id.desc()).limit(limit))]


def of_subscriber(tx: sa.Connection, subscriber_id: int) -> list[Comment]:
    """Return what somebody wrote in all their groups, oldest first."""
    query = sa.select(group_comments).where(group_comments.c.subscriber_id == subscriber_id)
    return [_comment(row) for row in tx.execute(query.order_by(group_comments.c.id))]


def count_since(tx: sa.Connection, subscriber_id: int, moment: dt.datetime) -> int:
    """Count what somebody wrote since a moment, in all their groups."""
    recent = (group_comments.c.subscriber_id == subscriber_id, group_comments.c.written_at > moment)
    return tx.execute(sa.select(sa.func.count()).select_from(group_comments).where(*recent)).scalar_one()


def remove(tx: sa.Connection, group_id: int, comment_id: int, *, author: int | None = None) -> bool:
    """Delete a comment of a group, with `author` only one of theirs; tells whether there was one."""
    named = [group_comments.c.group_id == group_id, group_comments.c.id == comment_id]
    if author is not None:
        named.append(group_comments.c.subscriber_id == author)
    return tx.execute(sa.delete(group_comments).where(*named)).rowcount == 1


def _comment(row: sa.Row[Any]) -> Comment:
    return Comment(row.id, row.subscriber_id, row.text, row.paper_id, row.written_at)
