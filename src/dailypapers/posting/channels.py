"""Channels: a reader's digest as its channel takes it, ready to be posted.

load (tx) | whether it is to be posted at all | render as the service takes it | where, and under which id
"""

import asyncio
import datetime as dt
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import sqlalchemy as sa

from dailypapers.digests.layout import MailRenderer
from dailypapers.digests.render_input import RenderInput, load_inputs
from dailypapers.domain.channel import Channel, ChannelKind, kind_of
from dailypapers.domain.edition import doubts
from dailypapers.domain.event import Post, Posted
from dailypapers.domain.link import Purpose
from dailypapers.domain.subscriber import READING
from dailypapers.encryption import decrypt, encrypt
from dailypapers.errors import Undecipherable
from dailypapers.posting.webhooks import Prepared, leave
from dailypapers.rendering.chat import discord, matrix, plain_json, slack, teams
from dailypapers.rendering.chat.digest import ChatDigest, chat_digest
from dailypapers.rendering.environment import translator_of
from dailypapers.store import channels, controls, history, subscribers
from dailypapers.store.database import writing

_PURPOSE = "channel address"
#: Addresses that a reader may have tried out within an hour.
MOST_TESTS, _HOUR = 10, dt.timedelta(hours=1)
_BODIES: Mapping[ChannelKind, Callable[[ChatDigest], bytes]] = {
    ChannelKind.SLACK: slack.body,
    ChannelKind.TEAMS: teams.body,
    ChannelKind.DISCORD: discord.body,
    ChannelKind.MATRIX: matrix.body,
    ChannelKind.JSON: plain_json.body,
}


@dataclass(frozen=True, slots=True)
class ChannelOptions:
    """What posts to channels are made with."""

    renderer: MailRenderer
    allow_private: bool = False
    """Whether a channel's address may be on a private network."""
    secret: bytes = field(default=b"", repr=False)


def new_channel(secret: bytes, subscriber_id: int, kind: ChannelKind, url: str, *, now: dt.datetime) -> Channel:
    """Return a reader's channel; its address is encrypted, because whoever knows it can write there."""
    return Channel(subscriber_id, kind, encrypt(secret, url, purpose=_PURPOSE, owner=subscriber_id), now)


def prepare(tx: sa.Connection, options: ChannelOptions, post: Post) -> Prepared | str:
    """Return what leaves for a post, or in a sentence why nothing does."""
    channel = channels.of_subscriber(tx, post.subscriber_id) if post.subscriber_id else None
    reader = subscribers.one(tx, post.subscriber_id) if post.subscriber_id else None
    delivery = history.by_id(tx, post.delivery_id) if post.delivery_id else None
    if channel is None or channel.disabled_at or reader is None or delivery is None:
        return "the channel is there no longer"
    if reader.state not in READING:
        return f"its reader is {reader.state.value}"
    if controls.control(tx, controls.Name.TEST_MODE):
        return "test mode: nothing is posted to readers' channels"
    try:
        url = decrypt(options.secret, channel.encrypted_url, purpose=_PURPOSE, owner=channel.subscriber_id)
    except Undecipherable:
        return "its address was encrypted with another secret"
    (render_input,) = load_inputs(tx, [delivery])
    digest = _chat_digest(options.renderer, render_input)
    if digest is None:
        return "there is no digest to post"
    return addressed(channel.kind, url, post.key, _BODIES[channel.kind](digest), allow_private=options.allow_private)


def _chat_digest(renderer: MailRenderer, render_input: RenderInput) -> ChatDigest | None:
    edition, digest = render_input.edition, render_input.digest
    if edition is None or digest is None:
        return None
    delivery, templates = render_input.delivery, renderer.templates_in(render_input.style.language)
    return chat_digest(
        templates,
        digest,
        day=edition.day,
        # The copy on the web may be passed on: nobody can act by it.
        web=renderer.signer.url(Purpose.DIGEST, render_input.bearer, issued=delivery.created_at, about=delivery.id),
        name=renderer.sender.name,
        status=doubts(edition.sources, translator_of(templates)),
    )


def addressed(kind: ChannelKind, url: str, message_id: str, body: bytes, *, allow_private: bool = False) -> Prepared:
    """Return a body on its way to a channel, under an id by which the other side can tell it has it already."""
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if kind is ChannelKind.MATRIX:
        parts = urlsplit(url)
        token = dict(parse_qsl(parts.query)).get("access_token", "")
        # The transaction's id in the address makes it idempotent (client-server API, 5.3), the token belongs into a
        # header, where no log has it.
        where = urlunsplit((parts.scheme, parts.netloc, f"{parts.path}/{message_id}", "", ""))
        return Prepared(where, body, headers | {"Authorization": f"Bearer {token}"}, "PUT", allow_private)
    if kind is ChannelKind.JSON:
        headers["webhook-id"] = message_id
    return Prepared(url, body, headers, allow_private=allow_private)


def trial(kind: ChannelKind, text: str) -> bytes:
    """Return a short message by which a reader sees that a channel works."""
    bodies: Mapping[ChannelKind, dict[str, object]] = {
        ChannelKind.DISCORD: {"content": text, "allowed_mentions": {"parse": []}},
        ChannelKind.MATRIX: {"msgtype": "m.notice", "body": text, "m.mentions": {}},
        ChannelKind.JSON: {"type": channels.TEST, "data": {"text": text}},
        ChannelKind.TEAMS: _card(text),
    }
    return json.dumps(bodies.get(kind, {"text": text}), ensure_ascii=False).encode()


def _card(text: str) -> dict[str, object]:
    card = {"type": "AdaptiveCard", "version": "1.4", "body": [{"type": "TextBlock", "text": text, "wrap": True}]}
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


class Tried(StrEnum):
    """What became of an address that a reader had tried out."""

    SAVED = "saved"
    """It took our message, and digests are posted there from now on."""
    UNUSABLE = "unusable"
    """Nothing may be posted there."""
    TOO_OFTEN = "too often"
    REFUSED = "refused"


def try_out(
    engine: sa.Engine, options: ChannelOptions, subscriber_id: int, url: str, text: str, *, now: dt.datetime
) -> tuple[Tried, Posted]:
    """Post a message to an address a reader gives us, and keep it as their channel where it is taken.

    A reader may do so ten times an hour: we are not to be used to post to others.
    """
    kind = kind_of(url, allow_local=options.allow_private)
    if kind is None:
        return Tried.UNUSABLE, Posted()
    message_id = f"test_{secrets.token_hex(12)}"
    with writing(engine) as tx:
        if channels.count_tests(tx, subscriber_id, since=now - _HOUR) >= MOST_TESTS:
            return Tried.TOO_OFTEN, Posted()
        channels.note_test(tx, message_id, subscriber_id, kind, now=now)
    posted = asyncio.run(
        leave(addressed(kind, url, message_id, trial(kind, text), allow_private=options.allow_private))
    )
    if not posted.is_taken:
        return Tried.REFUSED, posted
    with writing(engine) as tx:
        if subscribers.one(tx, subscriber_id):
            channels.put(tx, new_channel(options.secret, subscriber_id, kind, url, now=now))
    return Tried.SAVED, posted
