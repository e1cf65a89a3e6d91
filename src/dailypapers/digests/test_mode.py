"""Test mode: what an email looks like that goes to an operator in place of its reader."""

import re
from dataclasses import replace
from html import escape

from dailypapers.domain.i18n import N_, Translator
from dailypapers.domain.message import Message

_BANNER = N_("Test mode: this email was for {address}. Its links do nothing.")
_SUBJECT = N_("[Test] {subject}")
_STYLE = "margin:0;padding:12px 16px;background:#8a2f1f;color:#ffffff;font:14px/1.4 Arial,sans-serif"
_BODY = re.compile(r"<body[^>]*>", re.IGNORECASE)


def with_banner(message: Message, *, reader: str, translate: Translator) -> Message:
    """Return the message with a banner above it that says whom it was for."""
    banner = translate(_BANNER).format(address=reader)
    banner_html = f'<p style="{_STYLE}">{escape(banner)}</p>'
    html = _BODY.sub(lambda body: body[0] + banner_html, message.html, count=1) if message.html else ""
    subject = translate(_SUBJECT).format(subject=message.subject)
    return replace(message, subject=subject, text=f"{banner}\n\n{message.text}", html=html)
