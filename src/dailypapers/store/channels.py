"""Channels: where readers' digests are posted to as well; their addresses are encrypted."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from dailypapers.domain.channel import Channel, ChannelKind
from dailypapers.domain.delivery import DeliveryState, MailKind
from dailypapers.domain.event import PostState
from dailypapers.store.database import groups, insert_new, replace_rows
from dailypapers.store.schema import channels, outbox, posts

_TARGET = "channel "
DIGEST, TEST = "digest", "channel.test"


def target_of(kind: ChannelKind) -> str:
    """Return what posts to a kind of channels are found by."""
    return f"{_TARGET}{kind.value}"


def kind_of(target: str) -> ChannelKind | None:
    """Return which kind of channels a target is; `None` where it is something else."""
    return ChannelKind(target.removeprefix(_TARGET)) if target.startswith(_TARGET) else None


def of_subscriber(tx: sa.Connection, subscriber_id: int) -> Channel | None:
    """Return a reader's channel, `None` where there is none."""
    row = tx.execute(sa.select(channels).where(channels.c.subscriber_id == subscriber_id)).one_or_none()
    if row is None:
        return None
    return Channel(row.subscriber_id, ChannelKind(row.kind), row.sealed_url, row.created_at, row.disabled_at)


def put(tx: sa.Connection, channel: Channel) -> None:
    """Store a reader's channel, in place of the one before."""
    remove(tx, channel.subscriber_id)
    row = {
        "subscriber_id": channel.subscriber_id,
        "kind": channel.kind.value,
        "sealed_url": channel.encrypted_url,
        "created_at": channel.created_at,
        "disabled_at": None,
        "told_at": None,
    }
    replace_rows(tx, channels, [row])


def remove(tx: sa.Connection, subscriber_id: int) -> bool:
    """Post nothing more of a reader's; returns whether there was a channel."""
    _skip_queued(tx, subscriber_id, "the channel was removed")
    return tx.execute(sa.delete(channels).where(channels.c.subscriber_id == subscriber_id)).rowcount == 1


def disable(tx: sa.Connection, channel: Channel, *, now: dt.datetime) -> None:
    """Switch a channel off that is gone, unless its reader has set another one meanwhile; they are told."""
    mine = sa.and_(channels.c.subscriber_id == channel.subscriber_id, channels.c.sealed_url == channel.encrypted_url)
    if tx.execute(sa.update(channels).where(mine).values(disabled_at=now, told_at=None)).rowcount:
        _skip_queued(tx, channel.subscriber_id, "the channel is gone")


def _skip_queued(tx: sa.Connection, subscriber_id: int, why: str) -> None:
    queued = (
        posts.c.subscriber_id == subscriber_id, posts.c.kind == DIGEST, posts.c.state == PostState.QUEUED.value
    )  # fmt: skip
    values = {"state": PostState.SKIPPED.value, "next_attempt_at": None, "detail": why}
    tx.execute(sa.update(posts).where(*queued).values(values))


def queue_digests(tx: sa.Connection, edition_id: int, subscriber_ids: Sequence[int], *, now: dt.datetime) -> int:
    """Queue the digests of an edition for the channels of these readers, once each; returns how many are new.

    Called in the transaction that puts their mails into the outbox. A day without a digest brings no post.
    """
    queued = 0
    for group in groups(subscriber_ids):
        query = (
            sa.select(outbox.c.id, outbox.c.subscriber_id, channels.c.kind)
            .join(channels, channels.c.subscriber_id == outbox.c.subscriber_id)
            .where(outbox.c.edition_id == edition_id, outbox.c.kind == MailKind.DIGEST.value)
            .where(outbox.c.state == DeliveryState.QUEUED.value, channels.c.disabled_at.is_(None))
            .where(outbox.c.subscriber_id.in_(group))
        )
        rows = [
            _row(f"digest_{row.id}", ChannelKind(row.kind), row.subscriber_id, now) | {"delivery_id": row.id}
            for row in tx.execute(query)
        ]
        queued += len(insert_new(tx, posts, rows, posts.c.id))
    return queued


def _row(key: str, kind: ChannelKind, subscriber_id: int, now: dt.datetime) -> dict[str, object]:
    return {
        "key": key,
        "target": target_of(kind),
        "kind": DIGEST,
        "subscriber_id": subscriber_id,
        "state": PostState.QUEUED.value,
        "attempts": 0,
        "next_attempt_at": now,
        "created_at": now,
        "detail": "",
    }


def note_test(tx: sa.Connection, key: str, subscriber_id: int, kind: ChannelKind, *, now: dt.datetime) -> None:
    """Note that a reader has a channel tried out, before it is."""
    ended = {"kind": TEST, "state": PostState.SKIPPED.value, "next_attempt_at": None}
    tx.execute(sa.insert(posts).values(_row(key, kind, subscriber_id, now) | ended))


def count_tests(tx: sa.Connection, subscriber_id: int, *, since: dt.datetime) -> int:
    """Return how often a reader has had channels tried out since a moment."""
    query = sa.select(sa.func.count()).select_from(posts)
    mine = (posts.c.subscriber_id == subscriber_id, posts.c.kind == TEST, posts.c.created_at > since)
    return tx.execute(query.where(*mine)).scalar_one()


def untold(tx: sa.Connection, subscriber_ids: Sequence[int]) -> dict[int, ChannelKind]:
    """Return which of these readers have a channel that was switched off and have not been told."""
    kinds: dict[int, ChannelKind] = {}
    for group in groups(subscriber_ids):
        query = sa.select(channels.c.subscriber_id, channels.c.kind).where(
            channels.c.subscriber_id.in_(group), channels.c.disabled_at.is_not(None), channels.c.told_at.is_(None)
        )
        kinds |= {row.subscriber_id: ChannelKind(row.kind) for row in tx.execute(query)}
    return kinds


def tell(tx: sa.Connection, subscriber_ids: Sequence[int], *, now: dt.datetime) -> None:
    """Note that these readers are told that their channel was switched off."""
    for group in groups(subscriber_ids):
        tx.execute(sa.update(channels).where(channels.c.subscriber_id.in_(group)).values(told_at=now))
