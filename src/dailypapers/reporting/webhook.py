"""A webhook: what an operator is told, posted to an address of theirs and signed."""

import datetime as dt
import hashlib
import hmac
import http.client
import json
import ssl
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import structlog

log = structlog.get_logger()

#: Seconds that whoever is told may take.
_PATIENCE = 10.0
_TAKEN = range(200, 300)
SIGNATURE = "Dailypapers-Signature"


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where to post, and what to sign with."""

    url: str
    secret: str = field(default="", repr=False)


def signature(secret: str, body: bytes, *, now: dt.datetime) -> str:
    """Return the header's value: the second it was signed in, and the HMAC-SHA256 of "second.body" in hexadecimal."""
    second = int(now.timestamp())
    mac = hmac.new(secret.encode(), f"{second}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={second},v1={mac}"


def post(webhook: Webhook, event: str, text: str, *, now: dt.datetime) -> bool:
    """Post an event as JSON; returns whether it was taken (2xx). Redirects are not followed, and nothing is raised."""
    body = json.dumps({"event": event, "text": text, "at": now.isoformat()}, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "dailypapers"}
    if webhook.secret:
        headers[SIGNATURE] = signature(webhook.secret, body, now=now)
    try:
        status = _posted(webhook.url, body, headers)
    except (OSError, http.client.HTTPException, ValueError) as error:
        log.warning("the operator's webhook cannot be reached", why=str(error))
        return False
    if status not in _TAKEN:
        log.warning("the operator's webhook refused", status=status)
    return status in _TAKEN


def _posted(url: str, body: bytes, headers: dict[str, str]) -> int:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    connection = (
        http.client.HTTPSConnection(host, port, timeout=_PATIENCE, context=ssl.create_default_context())
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=_PATIENCE)
    )
    try:
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connection.request("POST", target, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()
