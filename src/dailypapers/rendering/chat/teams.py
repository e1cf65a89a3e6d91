"""Microsoft Teams: an Adaptive Card, as a webhook of Workflows takes it (https://adaptivecards.io/explorer/)."""

import json
from typing import Any

from dailypapers.rendering.chat.digest import ChatDigest, ChatItem, escaped, fitting, lines

#: Bytes of a message, of which Teams takes 28 KB.
_MOST_BYTES = 27_000
_SPECIAL = "\\*_[]()~`#>"


def body(digest: ChatDigest) -> bytes:
    """Return the message as JSON, within the size that Teams takes."""
    return fitting(digest, _message, most=_MOST_BYTES)


def _message(digest: ChatDigest) -> bytes:
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": [
            _text(_plain(digest.title), size="Large", weight="Bolder"),
            _text(_plain(digest.lead), isSubtle=True),
            *(_text(_paper(item), spacing="Medium") for item in digest.items),
            *([_text(_plain(digest.status), isSubtle=True, size="Small")] if digest.status else []),
        ],
    }
    if digest.web:
        card["actions"] = [{"type": "Action.OpenUrl", "title": digest.web_label, "url": digest.web}]
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return json.dumps({"type": "message", "attachments": [attachment]}, ensure_ascii=False).encode()


def _text(text: str, **more: object) -> dict[str, Any]:
    return {"type": "TextBlock", "text": text, "wrap": True, **more}


def _paper(item: ChatItem) -> str:
    """Within a text block it takes an empty line to begin a new one."""
    title = f"[{_plain(item.title)}]({_address(item.url)})" if item.url else f"**{_plain(item.title)}**"
    return lines(title, _plain(item.authors), _plain(item.why)).replace("\n", "\n\n")


def _address(url: str) -> str:
    return url.replace("(", "%28").replace(")", "%29")


def _plain(text: str) -> str:
    return escaped(text, _SPECIAL)
