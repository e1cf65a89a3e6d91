"""Whatever a digest holds, the message is one that the service takes."""

import json

from tests.chats import trouble
from tests.rendering.chat.a_chat_digest import DIGEST, digests

from dailypapers.domain.channel import ChannelKind
from dailypapers.rendering.chat.matrix import body


def test_the_service_takes_every_digest() -> None:
    assert [trouble(ChannelKind.MATRIX, body(digest)) for digest in digests()] == [""] * len(digests())


def test_papers_are_linked_and_html_is_escaped() -> None:
    content = json.loads(body(DIGEST))
    assert (
        '<a href="https://arxiv.org/abs/2604.00001">Graphs &amp; their &lt;minors&gt;</a>' in content["formatted_body"]
    )
    assert "https://arxiv.org/abs/2604.00001\nAnn Lee, Bo Li\nBy Ann Lee" in content["body"]
    assert "<script" not in json.loads(body(digests()[3]))["formatted_body"]
