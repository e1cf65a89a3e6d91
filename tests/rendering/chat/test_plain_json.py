"""Whatever a digest holds, the message is one that the service takes."""

import json

from tests.chats import trouble
from tests.rendering.chat.a_chat_digest import DIGEST, digests

from dailypapers.domain.channel import ChannelKind
from dailypapers.rendering.chat.plain_json import body


def test_the_service_takes_every_digest() -> None:
    assert [trouble(ChannelKind.JSON, body(digest)) for digest in digests()] == [""] * len(digests())


def test_it_says_what_the_mail_says() -> None:
    data = json.loads(body(DIGEST))["data"]
    assert (data["edition"], data["papers"][0]["title"], data["papers"][0]["reason"]) == (
        "2026-04-20", "Graphs & their <minors>", "By Ann Lee",
    )  # fmt: skip
    assert data["papers"][0]["outside_topics"] is False
