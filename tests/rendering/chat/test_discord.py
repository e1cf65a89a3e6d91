"""Whatever a digest holds, the message is one that the service takes."""

import json

from tests.chats import trouble
from tests.rendering.chat.a_chat_digest import DIGEST, digests

from dailypapers.domain.channel import ChannelKind
from dailypapers.rendering.chat.discord import body


def test_the_service_takes_every_digest() -> None:
    assert [trouble(ChannelKind.DISCORD, body(digest)) for digest in digests()] == [""] * len(digests())


def test_papers_are_linked_and_markdown_is_plain() -> None:
    (embed,) = json.loads(body(DIGEST))["embeds"]
    assert embed["title"] == DIGEST.title
    assert embed["description"].startswith("**[Graphs & their \\<minors\\>](https://arxiv.org/abs/2604.00001)**\nAnn")
    assert "\\@everyone" in json.loads(body(digests()[3]))["embeds"][0]["description"]


def test_many_papers_share_the_embeds() -> None:
    embeds = json.loads(body(digests()[3]))["embeds"]
    assert 1 < len(embeds) <= 10
    assert len(embeds[0]["description"]) > 2_000
