"""Mails somebody is waiting for; no user-supplied text in them, and nothing to sell."""

import jinja2

from dailypapers.domain.message import Message
from dailypapers.rendering.text import one_line

_PARTS = ("subject.txt", "body.txt", "body.html")


def render_confirm(env: jinja2.Environment, *, confirm_url: str, home: str, name: str = "Daily Papers") -> Message:
    """Return the mail that asks whether an address wants to subscribe."""
    values = {"confirm_url": confirm_url, "home": home, "list_name": one_line(name)}
    subject, text, html = (env.get_template(f"email/confirm/{part}").render(**values) for part in _PARTS)
    return Message(one_line(subject), text.strip() + "\n", html)
