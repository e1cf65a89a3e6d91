"""What chat services take and refuse, as their published references say: stand-ins that are posted to over HTTP.

Slack: https://docs.slack.dev/reference/block-kit/blocks/, Teams: https://learn.microsoft.com (28 KB a message, Adaptive
Cards 1.5 schema), Discord: https://discord.com/developers/docs/resources/message#embed-object-embed-limits, Matrix:
https://spec.matrix.org/v1.11/client-server-api/.
"""

import json
import re
from typing import Any

from tests.posted import Request

from dailypapers.domain.channel import ChannelKind

PATHS = {
    ChannelKind.SLACK: "/services/T0/B0/secret",
    ChannelKind.TEAMS: "/workflows/1/triggers/manual/paths/invoke?sig=secret",
    ChannelKind.DISCORD: "/api/webhooks/1/secret",
    ChannelKind.MATRIX: "/_matrix/client/v3/rooms/!a:y.example/send/m.room.message?access_token=secret",
    ChannelKind.JSON: "/anything",
}
#: Tags that a Matrix client shows (client-server API 11.2.1.1).
_TAGS = {"h4", "p", "ol", "li", "a", "strong", "em", "br"}


def trouble(kind: ChannelKind, raw: bytes) -> str:
    """Say why a service would refuse a message; empty where it takes it."""
    try:
        return _CHECKS[kind](raw, json.loads(raw))
    except (KeyError, TypeError, AssertionError) as error:
        return f"{type(error).__name__}: {error}"


def answer(kind: ChannelKind, request: Request) -> int:
    """Return what a service answers to a request."""
    if kind is ChannelKind.MATRIX:
        if request.headers.get("Authorization") != "Bearer secret":
            return 401
        if request.method != "PUT" or "access_token" in request.path:
            return 405
    return 400 if trouble(kind, request.raw) else {ChannelKind.TEAMS: 202, ChannelKind.DISCORD: 204}.get(kind, 200)


def _slack(raw: bytes, message: dict[str, Any]) -> str:
    blocks = message.get("blocks", [])
    assert len(blocks) <= 50, "blocks"
    assert isinstance(message["text"], str), "text"
    for block in blocks:
        match block["type"]:
            case "header":
                assert block["text"]["type"] == "plain_text", "header"
                assert 1 <= len(block["text"]["text"]) <= 150, "header length"
            case "section":
                assert 1 <= len(block["text"]["text"]) <= 3_000, "section length"
                _mrkdwn(block["text"])
            case "context":
                assert 1 <= len(block["elements"]) <= 10, "elements"
                for element in block["elements"]:
                    _mrkdwn(element)
            case other:
                return f"unknown block {other}"
    return ""


def _mrkdwn(text: dict[str, str]) -> None:
    assert text["type"] == "mrkdwn", "type"
    bare = re.sub(r"<https?://[^<>|\s]+\|[^<>]*>", "", text["text"])
    assert "<" not in bare, "a mention"
    assert not re.search(r"&(?!amp;|lt;|gt;)", bare), "an ampersand"


def _teams(raw: bytes, message: dict[str, Any]) -> str:
    assert len(raw) <= 28 * 1024, "size"
    assert message["type"] == "message", "type"
    (attachment,) = message["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive", "content type"
    card = attachment["content"]
    assert card["type"] == "AdaptiveCard", "card"
    assert card["version"] in {"1.2", "1.3", "1.4", "1.5"}, "version"
    for element in card["body"]:
        assert element["type"] == "TextBlock", "element"
        assert set(element) <= {"type", "text", "wrap", "size", "weight", "isSubtle", "spacing"}, "property"
        assert element.get("size", "Default") in {"Small", "Default", "Medium", "Large", "ExtraLarge"}, "size"
    for action in card.get("actions", []):
        assert action["type"] == "Action.OpenUrl", "action"
        assert action["url"].startswith("http"), "address"
    return ""


def _discord(raw: bytes, message: dict[str, Any]) -> str:
    embeds = message.get("embeds", [])
    content = message.get("content", "")
    assert content or embeds, "empty"
    assert len(content) <= 2_000, "content"
    assert len(embeds) <= 10, "embeds"
    together = 0
    for embed in embeds:
        assert len(embed.get("title", "")) <= 256, "title"
        assert len(embed.get("description", "")) <= 4_096, "description"
        assert len(embed.get("footer", {"text": ""})["text"]) <= 2_048, "footer"
        together += sum(len(embed.get(name, "")) for name in ("title", "description"))
        together += len(embed.get("footer", {"text": ""})["text"])
    assert together <= 6_000, "characters"
    assert message["allowed_mentions"] == {"parse": []}, "mentions"
    return ""


def _matrix(raw: bytes, content: dict[str, Any]) -> str:
    assert len(raw) <= 65_536, "size"
    assert content["msgtype"] in {"m.text", "m.notice"}, "type"
    assert isinstance(content["body"], str), "body"
    if "formatted_body" in content:
        assert content["format"] == "org.matrix.custom.html", "format"
        tags = set(re.findall(r"</?([a-z0-9]+)", content["formatted_body"]))
        assert tags <= _TAGS, f"tags {tags - _TAGS}"
    return ""


def _json(raw: bytes, message: dict[str, Any]) -> str:
    assert len(raw) <= 65_536, "size"
    return "" if isinstance(message["type"], str) else "type"


_CHECKS = {
    ChannelKind.SLACK: _slack,
    ChannelKind.TEAMS: _teams,
    ChannelKind.DISCORD: _discord,
    ChannelKind.MATRIX: _matrix,
    ChannelKind.JSON: _json,
}
