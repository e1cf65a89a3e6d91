"""Events that other programs are told of, and posts: what is posted to a web address, with a life like a mail's.

queued ─claim→ queued, later ─┬→ posted
├→ queued (failed, tried again) … → dead
└→ dead (the address is gone), skipped (its reader has left)
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from enum import StrEnum

from dailypapers.domain.subscriber import SubscriberState


class EventKind(StrEnum):
    """What happened, as its `type` says to other programs."""

    SUBSCRIBED = "subscriber.subscribed"
    """Somebody asked to subscribe, or was added."""
    CONFIRMED = "subscriber.confirmed"
    """Somebody confirmed, or reads again after an end."""
    UNSUBSCRIBED = "subscriber.unsubscribed"
    BOUNCED = "subscriber.bounced"
    """The address was given up."""
    COMPLAINED = "subscriber.complained"
    ERASED = "subscriber.erased"
    """All that was kept of somebody is deleted; only the number is told."""
    EDITION_CLOSED = "edition.closed"
    RUN_FINISHED = "run.finished"
    """A run that sent digests came to its end."""


def event_of(before: SubscriberState, to: SubscriberState) -> EventKind | None:
    """Return what a change of a subscriber's state is to other programs; pauses are nothing."""
    if to is SubscriberState.ACTIVE and before is SubscriberState.PAUSED:
        return None
    return _EVENTS.get(to)


_EVENTS = {
    SubscriberState.PENDING: EventKind.SUBSCRIBED,
    SubscriberState.ACTIVE: EventKind.CONFIRMED,
    SubscriberState.UNSUBSCRIBED: EventKind.UNSUBSCRIBED,
    SubscriberState.BOUNCED: EventKind.BOUNCED,
    SubscriberState.COMPLAINED: EventKind.COMPLAINED,
}


class PostState(StrEnum):
    """Where a post stands."""

    QUEUED = "queued"
    POSTED = "posted"
    DEAD = "dead"
    """It was tried for days, or its address is gone."""
    SKIPPED = "skipped"
    """Its reader or its channel was no longer there."""


#: A post is tried for so long.
TRIED_FOR = dt.timedelta(days=3)
#: Seconds until the second try, by how much the next ones are longer, and the longest.
_FIRST, _FACTOR, _LONGEST = 30.0, 4.0, 8 * 3600.0
#: By so much of a pause it may be longer, so that posts that failed together do not come back together.
_JITTER = 0.25
#: "Gone": nothing must be posted there any more (RFC 9110 15.5.11).
_GONE = 410
_TAKEN = range(200, 300)


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of one try."""

    status: int = 0
    """The answer's status, 0 where there was none."""
    why: str = ""
    """Why there was none, in a sentence; it names no address."""
    retry_after: float | None = None
    """Seconds the other side asks us to wait."""

    @property
    def is_taken(self) -> bool:
        """Whether it was taken (2xx)."""
        return self.status in _TAKEN

    @property
    def is_gone(self) -> bool:
        """Whether nothing must be posted there any more."""
        return self.status == _GONE

    @property
    def text(self) -> str:
        """Return what is noted of it."""
        return f"answered {self.status}" if self.status else self.why


@dataclass(frozen=True, slots=True)
class Post:
    """One post to one target."""

    id: int
    key: str
    """Equal for the same post, however often it is tried: who gets it twice can tell."""
    target: str
    kind: str
    attempts: int
    """Tries so far, the one that is under way included."""
    created_at: dt.datetime
    state: PostState = PostState.QUEUED
    subscriber_id: int | None = None
    delivery_id: int | None = None
    data: dict[str, object] | None = None
    next_attempt_at: dt.datetime | None = None
    detail: str = ""


def after_try(post: Post, posted: Posted, *, now: dt.datetime) -> tuple[PostState, dt.datetime | None]:
    """Return what a post is after a try, and when it is tried next; `None`: never.

    Tries follow 30 seconds, 2, 8, 32 minutes, 2 hours and then 8 hours after one another, each up to a quarter later,
    or as late as the other side asks, for three days in all.
    """
    if posted.is_taken:
        return PostState.POSTED, None
    if posted.is_gone:
        return PostState.DEAD, None
    pause = min(_FIRST * _FACTOR ** min(post.attempts - 1, 8), _LONGEST) * (1 + _JITTER * _fraction(post))
    pause = max(pause, min(posted.retry_after or 0, TRIED_FOR.total_seconds()))
    then = now + dt.timedelta(seconds=pause)
    return (PostState.QUEUED, then) if then <= post.created_at + TRIED_FOR else (PostState.DEAD, None)


def _fraction(post: Post) -> float:
    """Return a number in [0, 1) that is another one for each post and try, and always the same."""
    return int.from_bytes(hashlib.sha256(f"{post.id} {post.attempts}".encode()).digest()[:4]) / 2**32
