"""Inbound: what providers that send for us tell over HTTP.

    request | is it from them, new, and recent? | read | record (`inbound.bounces`)

A provider that is not set up is answered as if there were nothing. What was told before is told again by providers that
had no answer in time: it is answered alike, and changes nothing.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import sqlalchemy as sa
import structlog

from dailypapers.domain.bounce import Report
from dailypapers.inbound.bounces import record
from dailypapers.mail.incoming import providers
from dailypapers.mail.incoming.certificates import Certificates
from dailypapers.mail.incoming.signatures import (
    has_password,
    is_recent,
    signed_by_mailgun,
    signed_by_sendgrid,
    signed_by_sns,
)
from dailypapers.sources.http.once import fetch_once
from dailypapers.store import webhook_calls
from dailypapers.store.database import writing
from dailypapers.tokens import Signer

log = structlog.get_logger()

#: Providers try for hours to tell; what is signed for longer ago than this is a recording.
_RECENT = dt.timedelta(days=1)
#: Bytes of one request; SendGrid's are the largest, and end at this by themselves (2026-11-29: 768 kB).
LONGEST = 1_000_000


class Answer(Enum):
    """How a request is answered: the HTTP status."""

    DONE = 200
    UNREADABLE = 400
    REFUSED = 403
    UNKNOWN = 404
    TOO_LARGE = 413


@dataclass(frozen=True, slots=True)
class WebhookOptions:
    """By which a provider's word is known; empty: that provider is not set up."""

    ses_topics: frozenset[str] = frozenset()
    """ARNs of the SNS topics that are ours: anybody with an account at Amazon can sign messages of theirs."""
    postmark_login: str = field(default="", repr=False)
    sendgrid_public_key: str = ""
    mailgun_signing_key: str = field(default="", repr=False)
    certificates: Certificates = field(default_factory=lambda: Certificates(fetch_once))


@dataclass(frozen=True, slots=True)
class Call:
    """One request: header names are in lower case."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Told:
    """What a provider tells, once it is known to be it."""

    call_id: str
    """Equal where the same is told again."""
    reports: list[Report] = field(default_factory=list)


_Reader = Callable[[WebhookOptions, Call, Any, dt.datetime], _Told | Answer]


def receive(
    engine: sa.Engine, signer: Signer, options: WebhookOptions, provider: str, call: Call, *, now: dt.datetime
) -> Answer:
    """Deal with one request of a provider, and return its answer. Raises `DatabaseUnreachable`: it comes again."""
    reader = _READERS.get(provider)
    if reader is None:
        return Answer.UNKNOWN
    if len(call.body) > LONGEST:
        return Answer.TOO_LARGE
    value = providers.from_json(call.body.decode("utf-8", "replace"))
    result = reader(options, call, value, now)
    if isinstance(result, Answer):
        log.info("provider’s request answered", provider=provider, answer=result.name.lower())
        return result
    with writing(engine) as tx:
        if webhook_calls.is_new(tx, f"{provider} {result.call_id}", now=now):
            for report in result.reports:
                record(tx, signer, report, is_trusted=True, now=now)
    log.info("provider’s request answered", provider=provider, answer="done", reports=len(result.reports))
    return Answer.DONE


def _ses(options: WebhookOptions, _call: Call, value: Any, now: dt.datetime) -> _Told | Answer:
    if not options.ses_topics:
        return Answer.UNKNOWN
    if not isinstance(value, dict):
        return Answer.UNREADABLE
    is_ours = value.get("TopicArn") in options.ses_topics and is_recent(
        str(value.get("Timestamp")), now=now, within=_RECENT
    )
    certificate = options.certificates.get(str(value.get("SigningCertURL"))) if is_ours else b""
    if not certificate or not signed_by_sns(value, certificate, now=now):
        return Answer.REFUSED
    if value["Type"] == "SubscriptionConfirmation" and not options.certificates.confirm(str(value.get("SubscribeURL"))):
        return Answer.REFUSED
    is_event = value["Type"] == "Notification"
    message = providers.from_json(str(value.get("Message"))) if is_event else None
    return _Told(str(value.get("MessageId")), providers.ses(message))


def _postmark(options: WebhookOptions, call: Call, value: Any, _now: dt.datetime) -> _Told | Answer:
    if not options.postmark_login:
        return Answer.UNKNOWN
    if not has_password(call.headers.get("authorization", ""), options.postmark_login):
        return Answer.REFUSED
    return _Told(_digest(call.body), providers.postmark(value)) if value is not None else Answer.UNREADABLE


def _sendgrid(options: WebhookOptions, call: Call, value: Any, now: dt.datetime) -> _Told | Answer:
    if not options.sendgrid_public_key:
        return Answer.UNKNOWN
    timestamp = call.headers.get("x-twilio-email-event-webhook-timestamp", "")
    signature = call.headers.get("x-twilio-email-event-webhook-signature", "")
    is_theirs = signed_by_sendgrid(call.body, timestamp, signature, options.sendgrid_public_key)
    if not is_theirs or not is_recent(timestamp, now=now, within=_RECENT):
        return Answer.REFUSED
    return _Told(_digest(call.body), providers.sendgrid(value)) if value is not None else Answer.UNREADABLE


def _mailgun(options: WebhookOptions, _call: Call, value: Any, now: dt.datetime) -> _Told | Answer:
    """What Mailgun signs says nothing of the event: a signature that was used once is good for nothing else."""
    if not options.mailgun_signing_key:
        return Answer.UNKNOWN
    signature = value.get("signature") if isinstance(value, dict) else None
    if not isinstance(signature, dict):
        return Answer.UNREADABLE
    is_theirs = signed_by_mailgun(signature, options.mailgun_signing_key)
    if not is_theirs or not is_recent(str(signature.get("timestamp")), now=now, within=_RECENT):
        return Answer.REFUSED
    return _Told(str(signature.get("token")), providers.mailgun(value.get("event-data")))


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


_READERS: Mapping[str, _Reader] = {"ses": _ses, "postmark": _postmark, "sendgrid": _sendgrid, "mailgun": _mailgun}
