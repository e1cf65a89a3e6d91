"""Whatever a digest holds, the message is one that the service takes."""

import json

from tests.chats import trouble
from tests.rendering.chat.a_chat_digest import DIGEST, digests

from dailypapers.domain.channel import ChannelKind
from dailypapers.rendering.chat.teams import body


def test_the_service_takes_every_digest() -> None:
    assert [trouble(ChannelKind.TEAMS, body(digest)) for digest in digests()] == [""] * len(digests())


def test_papers_are_linked_and_markdown_is_plain() -> None:
    card = json.loads(body(DIGEST))["attachments"][0]["content"]
    assert card["body"][2]["text"].startswith("[Graphs & their <minors\\>](https://arxiv.org/abs/2604.00001)\n\nAnn")
    assert card["actions"][0]["url"] == DIGEST.web
    assert "[x](https" not in json.dumps(json.loads(body(digests()[3])))


def test_as_many_papers_as_fit_are_shown() -> None:
    blocks = json.loads(body(digests()[4]))["attachments"][0]["content"]["body"]
    assert 5 < len(blocks) < 100
