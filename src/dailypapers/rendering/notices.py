"""Mails somebody is waiting for; nothing in them that strangers typed, and nothing to sell."""

from collections.abc import Mapping, Sequence

import jinja2

from dailypapers.domain.message import Message
from dailypapers.rendering.environment import in_words, translator_of
from dailypapers.rendering.text import one_line

_PARTS = ("subject.txt", "body.txt", "body.html")


def render_confirm(env: jinja2.Environment, *, confirm_url: str, home: str, name: str = "Daily Papers") -> Message:
    """Return the mail that asks whether an address wants to subscribe."""
    return rendered(env, "confirm", {"confirm_url": confirm_url, "home": home, "list_name": one_line(name)})


def render_answer(
    env: jinja2.Environment,
    sentences: Sequence[str],
    *,
    preferences: str,
    home: str,
    name: str = "Daily Papers",
    template: str = "answer",
) -> Message:
    """Return the mail that says what became of what a reader asked for by email, or what has stopped working."""
    notes = [in_words(sentence, translator_of(env)) for sentence in sentences]
    return rendered(
        env, template, {"sentences": notes, "preferences": preferences, "home": home, "list_name": one_line(name)}
    )


def render_links(
    env: jinja2.Environment, *, preferences: str, saved: str, unsubscribe: str, home: str, name: str = "Daily Papers"
) -> Message:
    """Return the mail with the links to a reader's own pages."""
    links = {"preferences": preferences, "saved": saved, "unsubscribe": unsubscribe}
    return rendered(env, "links", {**links, "home": home, "list_name": one_line(name)})


def rendered(env: jinja2.Environment, folder: str, values: Mapping[str, object]) -> Message:
    """Return the mail of a folder of templates: its subject on one line, and both parts."""
    subject, text, html = (env.get_template(f"email/{folder}/{part}").render(**values) for part in _PARTS)
    return Message(one_line(subject), text.strip() + "\n", html)
