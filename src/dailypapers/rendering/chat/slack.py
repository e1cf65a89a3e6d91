"""Slack: Block Kit, as incoming webhooks take it (https://docs.slack.dev/block-kit/)."""

import json
from typing import Any

from dailypapers.rendering.chat.digest import ChatDigest, ChatItem, fitting, lines
from dailypapers.rendering.text import shortened

#: Blocks of one message, and characters of a header and of a section.
_BLOCKS, _HEADER, _SECTION = 50, 150, 3_000
#: Before and after the papers.
_FRAME = 3
#: All blocks together may have some 13,200 characters, which Slack's reference does not say
#: (https://github.com/slackapi/bolt-js/issues/2509).
_MOST_BYTES = 13_000


def body(digest: ChatDigest) -> bytes:
    """Return the message as JSON, within Slack's limits."""
    return fitting(digest, _message, most=_MOST_BYTES, at_most=_BLOCKS - _FRAME)


def _message(digest: ChatDigest) -> bytes:
    footer = lines(_link(digest.web, digest.web_label) if digest.web else "", _escaped(digest.status))
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": shortened(digest.title, _HEADER)}},
        _section(_escaped(digest.lead)),
        *(_section(_paper(item)) for item in digest.items),
    ]
    if footer:
        blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": footer}]})
    text = shortened(_escaped(f"{digest.title}: {digest.lead}"), _SECTION)
    message = {"text": text, "blocks": blocks, "unfurl_links": False, "unfurl_media": False}
    return json.dumps(message, ensure_ascii=False).encode()


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _paper(item: ChatItem) -> str:
    """Titles, authors and reasons are bounded, so that escaping them stays within a section."""
    title = _link(item.url, item.title) if item.url else f"*{_escaped(item.title)}*"
    return lines(title, _escaped(shortened(item.authors, 200)), _escaped(shortened(item.why, 300)))


def _link(url: str, label: str) -> str:
    address = url.replace("|", "%7C").replace(">", "%3E").replace("<", "%3C").replace("&", "&amp;")
    return f"<{address}|{_escaped(shortened(label, 250))}>"


def _escaped(text: str) -> str:
    """Escape what makes links and mentions (https://docs.slack.dev/messaging/formatting-message-text)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
