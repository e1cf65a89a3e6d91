"""A webhook: what an operator is told, posted to an address of theirs as an event like all others."""

import asyncio
import datetime as dt
import hashlib

import structlog

from dailypapers.posting.webhooks import Webhook, event_body, leave, message

log = structlog.get_logger()


def post(webhook: Webhook, event: str, text: str, *, now: dt.datetime) -> bool:
    """Post what an operator is told; returns whether it was taken (2xx). Nothing is raised.

    It is not kept for another try: whoever tells the operator tries again.
    """
    body = event_body(f"operator.{event.replace(' ', '_')}", {"text": text}, at=now)
    message_id = f"op_{hashlib.sha256(body).hexdigest()[:24]}"
    posted = asyncio.run(leave(message(webhook, message_id, body, now=now)))
    if not posted.is_taken:
        log.warning("the operator's webhook did not take it", why=posted.text)
    return posted.is_taken
