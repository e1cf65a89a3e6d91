"""Webhooks: events as other programs get them, signed as standardwebhooks.com says.

Knows nothing of when they are posted.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dailypapers.domain.event import Posted
from dailypapers.errors import BadSettings
from dailypapers.sources.http.post import post

_PREFIX = "whsec_"
#: Bytes of a key that the specification allows.
_KEY_BYTES = range(24, 65)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where events are posted, which, and what they are signed with."""

    name: str
    url: str = field(repr=False)
    keys: tuple[bytes, ...] = field(default=(), repr=False)
    """The newest first; each signs, so that a secret can be replaced without a gap."""
    events: frozenset[str] = frozenset()
    """Kinds of events; empty for all."""
    allow_private: bool = False
    """Whether its address may be one of a private network."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A post, ready to leave."""

    url: str = field(repr=False)
    body: bytes
    headers: Mapping[str, str] = field(repr=False)
    method: str = "POST"
    allow_private: bool = False


async def leave(prepared: Prepared) -> Posted:
    """Post what is prepared, once."""
    return await post(
        prepared.url,
        prepared.body,
        prepared.headers,
        method=prepared.method,
        allow_private=prepared.allow_private,
    )


def read_keys(text: str) -> tuple[bytes, ...]:
    """Return the keys of a file with one secret a line: `whsec_` and base64, or any text of 24 to 64 bytes.

    Raises `BadSettings` for one that is too short, too long or not base64.
    """
    keys = tuple(key_of(line.strip()) for line in text.splitlines() if line.strip())
    if not keys or not all(len(key) in _KEY_BYTES for key in keys):
        raise BadSettings("A webhook's secret must have 24 to 64 bytes: make one with `openssl rand -base64 32`.")
    return keys


def key_of(secret: str) -> bytes:
    """Return the key that a secret stands for. Raises `BadSettings` where it should be base64 and is not."""
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise BadSettings(f"What follows {_PREFIX} in a webhook's secret must be base64.") from None


def signed(keys: Sequence[bytes], message_id: str, body: bytes, *, now: dt.datetime) -> dict[str, str]:
    """Return the headers of a message: its id, the second it is signed in, and a signature by each key.

    The signature is the HMAC-SHA256 of "id.second.body" in base64.
    """
    second = str(int(now.timestamp()))
    content = f"{message_id}.{second}.".encode() + body
    macs = (base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode() for key in keys)
    headers = {"webhook-id": message_id, "webhook-timestamp": second, "Content-Type": "application/json"}
    return headers | ({"webhook-signature": " ".join(f"v1,{mac}" for mac in macs)} if keys else {})


def message(webhook: Webhook, message_id: str, body: bytes, *, now: dt.datetime) -> Prepared:
    """Return a signed message to a webhook."""
    headers = signed(webhook.keys, message_id, body, now=now)
    return Prepared(webhook.url, body, headers, allow_private=webhook.allow_private)


def event_body(kind: str, data: Mapping[str, object], *, at: dt.datetime) -> bytes:
    """Return an event as JSON: what happened, when, and to what."""
    event = {"type": kind, "timestamp": at.isoformat().replace("+00:00", "Z"), "data": dict(data)}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
