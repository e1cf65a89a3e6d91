"""Posting: what is due goes out to each target beside the others, so that a slow one holds up only itself.

    claim (tx) | prepare | post, several at a time | what follows (pure) | record (tx)

A post whose process dies after the other side had it is posted again, under the same id.
"""

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
import structlog

from dailypapers.domain.channel import is_gone as is_channel_gone
from dailypapers.domain.clock import Clock
from dailypapers.domain.event import Post, Posted, PostState, after_try
from dailypapers.posting.channels import ChannelOptions
from dailypapers.posting.channels import prepare as channel_post
from dailypapers.posting.webhooks import Prepared, Webhook, event_body, leave, message
from dailypapers.store import channels, controls, events, posts, subscribers
from dailypapers.store.database import reading, writing
from dailypapers.store.events import name_of, target_of

log = structlog.get_logger()

#: Posts to one target at a time.
_AT_ONCE = 8
#: Longer than a try may take, so that nobody else tries meanwhile.
_CLAIM = dt.timedelta(minutes=1)
TEST = "webhook.test"


@dataclass(frozen=True, slots=True)
class PostOptions:
    """Who is posted to."""

    webhooks: tuple[Webhook, ...] = ()
    channels: ChannelOptions | None = None
    """What readers' digests are posted with; `None` where they are not."""

    def knows(self, target: str) -> bool:
        """Return whether it can be posted to a target here."""
        is_channel = self.channels is not None and channels.kind_of(target) is not None
        return is_channel or self.webhook(target) is not None

    def webhook(self, target: str) -> Webhook | None:
        """Return the webhook that a target is, if it is one."""
        return next((each for each in self.webhooks if target_of(each.name) == target), None)


def post_due(engine: sa.Engine, options: PostOptions, *, clock: Clock) -> Counter[PostState]:
    """Post what is due; returns how many posts came to which state. Any number of processes may do so at once."""
    _announce(engine, options)
    with reading(engine) as tx:
        targets = [each for each in posts.targets_due(tx, now=clock()) if options.knows(each)]
        if controls.control(tx, controls.Name.PAUSE):
            targets = [each for each in targets if options.webhook(each)]
    if not targets:
        return Counter()
    states = asyncio.run(_to_all(engine, options, targets, clock))
    log.info("posted", **{state.value: n for state, n in sorted(states.items())})
    return states


def _announce(engine: sa.Engine, options: PostOptions) -> None:
    """Have the database know which webhooks there are."""
    configured = {each.name: each.events for each in options.webhooks}
    with reading(engine) as tx:
        stored = {each.name: each.events for each in events.listeners(tx)}
    if stored != configured:
        with writing(engine) as tx:
            events.listen(tx, configured)


async def _to_all(engine: sa.Engine, options: PostOptions, targets: Sequence[str], clock: Clock) -> Counter[PostState]:
    return sum(await asyncio.gather(*(_to_one(engine, options, each, clock) for each in targets)), Counter())


async def _to_one(engine: sa.Engine, options: PostOptions, target: str, clock: Clock) -> Counter[PostState]:
    """Post what is due to a target, until nothing is or it takes nothing."""
    states: Counter[PostState] = Counter()
    while claimed := _claimed(engine, target, clock()):
        tried = await asyncio.gather(*(_try(engine, options, each, clock) for each in claimed))
        new = Counter(tried)
        states += new
        if not new[PostState.POSTED]:
            break
    return states


def _claimed(engine: sa.Engine, target: str, now: dt.datetime) -> list[Post]:
    with writing(engine) as tx:
        return posts.claim(tx, target, _AT_ONCE, now=now, lasting=_CLAIM)


async def _try(engine: sa.Engine, options: PostOptions, post: Post, clock: Clock) -> PostState:
    prepared = _prepared(engine, options, post, clock())
    if isinstance(prepared, str):
        with writing(engine) as tx:
            posts.record(tx, post, PostState.SKIPPED, next_attempt_at=None, detail=prepared)
        return PostState.SKIPPED
    return _record(engine, post, await leave(prepared), clock())


def _prepared(engine: sa.Engine, options: PostOptions, post: Post, now: dt.datetime) -> Prepared | str:
    """Return what leaves for a post, or why nothing does."""
    webhook = options.webhook(post.target)
    with reading(engine) as tx:
        if webhook is None:
            return channel_post(tx, options.channels, post) if options.channels else "nobody can post it here"
        data = (post.data or {}) | _subscriber(tx, post.subscriber_id)
    return message(webhook, post.key, event_body(post.kind, data, at=post.created_at), now=now)


def _subscriber(tx: sa.Connection, subscriber_id: int | None) -> dict[str, object]:
    """Return whom an event is about, with the address they have now; nothing once they are erased."""
    reader = subscribers.one(tx, subscriber_id) if subscriber_id is not None else None
    return {"subscriber": reader.id, "email": reader.address} if reader else {}


def _record(engine: sa.Engine, post: Post, posted: Posted, now: dt.datetime) -> PostState:
    kind = channels.kind_of(post.target)
    is_gone = is_channel_gone(kind, posted.status) if kind else posted.is_gone
    state, then = (PostState.DEAD, None) if is_gone else after_try(post, posted, now=now)
    with writing(engine) as tx:
        posts.record(tx, post, state, next_attempt_at=then, detail=posted.text)
        if is_gone and kind:
            _disable_channel(tx, post, now)
        elif is_gone:
            events.disable(tx, name_of(post.target), now=now)
    if state is PostState.DEAD:
        log.error("a post was given up", target=post.target, kind=post.kind, id=post.id, why=posted.text)
    return state


def _disable_channel(tx: sa.Connection, post: Post, now: dt.datetime) -> None:
    channel = channels.of_subscriber(tx, post.subscriber_id) if post.subscriber_id else None
    # One that was set after the post was made is another one.
    if channel and channel.created_at <= post.created_at:
        channels.disable(tx, channel, now=now)
