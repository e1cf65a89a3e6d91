"""Discord: embeds of a webhook's message (https://discord.com/developers/docs/resources/webhook#execute-webhook)."""

import json
from typing import Any

from dailypapers.rendering.chat.digest import ChatDigest, ChatItem, escaped, fitting, lines
from dailypapers.rendering.text import shortened

#: Embeds of one message, characters of a title, of a description, and of all embeds together.
_EMBEDS, _TITLE, _DESCRIPTION, _TOGETHER = 10, 256, 4_096, 6_000
_FOR_FRAME = 600
_MOST_BYTES = 60_000
_SPECIAL = "\\*_~`|>#[]()-<@:"


def body(digest: ChatDigest) -> bytes:
    """Return the message as JSON, within Discord's limits; it mentions nobody."""
    return fitting(digest.first(_that_fit(digest)), _message, most=_MOST_BYTES)


def _that_fit(digest: ChatDigest) -> int:
    """Return how many papers fit into the characters that all embeds have together."""
    count, left = 0, _TOGETHER - _FOR_FRAME
    for item in digest.items:
        left -= _length(_paper(item)) + 2
        if left < 0:
            break
        count += 1
    return count


def _message(digest: ChatDigest) -> bytes:
    embeds: list[dict[str, Any]] = [
        {"description": description} for description in _descriptions([_paper(item) for item in digest.items])
    ] or [{}]
    embeds[0] |= {"title": shortened(digest.title, _TITLE)} | ({"url": digest.web} if digest.web else {})
    if digest.status:
        embeds[-1]["footer"] = {"text": shortened(digest.status, _FOR_FRAME - 250)}
    content = lines(_plain(digest.lead), f"[{_plain(digest.web_label)}](<{digest.web}>)" if digest.web else "")
    message = {"content": content, "embeds": embeds[:_EMBEDS], "allowed_mentions": {"parse": []}}
    return json.dumps(message, ensure_ascii=False).encode()


def _descriptions(papers: list[str]) -> list[str]:
    """Put papers together, as many as an embed's description holds."""
    descriptions: list[str] = []
    for paper in papers:
        if descriptions and _length(descriptions[-1]) + _length(paper) + 2 <= _DESCRIPTION:
            descriptions[-1] += f"\n\n{paper}"
        else:
            descriptions.append(paper)
    return descriptions


def _length(text: str) -> int:
    """Count as JavaScript does, in UTF-16 units, which is never fewer than any other way."""
    return len(text.encode("utf-16-le")) // 2


def _paper(item: ChatItem) -> str:
    title = _plain(shortened(item.title, 250))
    linked = f"**[{title}]({_address(item.url)})**" if item.url else f"**{title}**"
    return lines(linked, _plain(shortened(item.authors, 200)), f"*{_plain(shortened(item.why, 300))}*")


def _address(url: str) -> str:
    return url.replace("(", "%28").replace(")", "%29")


def _plain(text: str) -> str:
    return escaped(text, _SPECIAL)
