"""Posts to webhooks and channels: claimed, tried, and their end noted."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.event import Post, PostState
from dailypapers.store.schema import Moment, posts

#: Characters of what is noted of a try.
_LONGEST_DETAIL = 200


def targets_due(tx: sa.Connection, *, now: dt.datetime) -> list[str]:
    """Return the targets that a post is due for."""
    query = sa.select(posts.c.target).where(posts.c.next_attempt_at <= now).distinct()
    return sorted(tx.execute(query).scalars())


def claim(tx: sa.Connection, target: str, limit: int, *, now: dt.datetime, lasting: dt.timedelta) -> list[Post]:
    """Claim the next posts that are due for a target, oldest first; nobody else gets them for `lasting`.

    The claim must be committed before anything is posted. Whoever dies meanwhile leaves them to be tried again.
    """
    due = sa.select(posts.c.id).where(posts.c.target == target, posts.c.next_attempt_at <= now)
    due = due.order_by(posts.c.next_attempt_at, posts.c.id).limit(limit).with_for_update(skip_locked=True)
    ids = list(tx.execute(due).scalars())
    if not ids:
        return []
    claimed = sa.update(posts).where(posts.c.id.in_(ids))
    tx.execute(claimed.values(next_attempt_at=now + lasting, attempts=posts.c.attempts + 1))
    return [_post(row) for row in tx.execute(sa.select(posts).where(posts.c.id.in_(ids)).order_by(posts.c.id))]


def record(
    tx: sa.Connection, post: Post, state: PostState, *, next_attempt_at: dt.datetime | None, detail: str
) -> bool:
    """Note what became of a claimed post; returns whether it was still ours.

    It is not where the claim ran out and somebody else has claimed it since, or where its subscriber was erased.
    """
    ours = sa.and_(posts.c.id == post.id, posts.c.attempts == post.attempts, posts.c.state == PostState.QUEUED.value)
    values = {"state": state.value, "next_attempt_at": next_attempt_at, "detail": detail[:_LONGEST_DETAIL]}
    return tx.execute(sa.update(posts).where(ours).values(values)).rowcount == 1


def listed(tx: sa.Connection, *, states: Sequence[PostState] = (), target: str = "", limit: int = 100) -> list[Post]:
    """Return posts, newest first: of these states (any, where none is named), of one target or all."""
    query = sa.select(posts).order_by(posts.c.id.desc()).limit(limit)
    if states:
        query = query.where(posts.c.state.in_([each.value for each in states]))
    if target:
        query = query.where(posts.c.target == target)
    return [_post(row) for row in tx.execute(query)]


def counts(tx: sa.Connection) -> dict[tuple[str, PostState], int]:
    """Count posts by target and state."""
    query = sa.select(posts.c.target, posts.c.state, sa.func.count().label("posts"))
    rows = tx.execute(query.group_by(posts.c.target, posts.c.state))
    return {(row.target, PostState(row.state)): row.posts for row in rows}


@dataclass(frozen=True, slots=True)
class Backlog:
    """What a target has not had."""

    target: str
    #: Posts that wait for longer than they should, when the oldest of them was made, and posts that were given up.
    waiting: int
    oldest: dt.datetime | None
    dead: int


def backlogs(tx: sa.Connection, *, before: dt.datetime) -> list[Backlog]:
    """Return the targets with posts that were made before a moment and still wait, or were given up, by name."""
    is_late = sa.and_(posts.c.state == PostState.QUEUED.value, posts.c.created_at < before)
    oldest = sa.func.min(sa.case((is_late, posts.c.created_at)), type_=Moment)
    query = sa.select(
        posts.c.target,
        sa.func.count(sa.case((is_late, 1))).label("waiting"),
        oldest.label("oldest"),
        sa.func.count(sa.case((posts.c.state == PostState.DEAD.value, 1))).label("dead"),
    )
    # As the index has it.
    unposted = query.where(sa.text("state IN ('queued', 'dead')")).group_by(posts.c.target).order_by(posts.c.target)
    rows = [Backlog(**row._asdict()) for row in tx.execute(unposted)]
    return [each for each in rows if each.waiting or each.dead]


def retry(tx: sa.Connection, *, now: dt.datetime, target: str = "", ids: Sequence[int] = ()) -> int:
    """Queue dead posts again, to be tried for three days from now; returns how many."""
    dead = [posts.c.state == PostState.DEAD.value]
    dead += [posts.c.target == target] if target else []
    dead += [posts.c.id.in_(ids)] if ids else []
    values = {"state": PostState.QUEUED.value, "attempts": 0, "next_attempt_at": now, "created_at": now}
    return tx.execute(sa.update(posts).where(*dead).values(values)).rowcount


def prune(tx: sa.Connection, *, before: dt.datetime) -> int:
    """Delete posts that were made before a moment and have come to an end; returns how many."""
    ended = sa.and_(posts.c.state != PostState.QUEUED.value, posts.c.created_at < before)
    return tx.execute(sa.delete(posts).where(ended)).rowcount


def _post(row: sa.Row[Any]) -> Post:
    return Post(
        row.id,
        row.key,
        row.target,
        row.kind,
        row.attempts,
        row.created_at,
        PostState(row.state),
        row.subscriber_id,
        row.delivery_id,
        row.data,
        row.next_attempt_at,
        row.detail,
    )
