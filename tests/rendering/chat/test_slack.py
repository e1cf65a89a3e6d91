"""Whatever a digest holds, the message is one that the service takes."""

import json
from dataclasses import replace

from tests.chats import trouble
from tests.rendering.chat.a_chat_digest import DIGEST, digests

from dailypapers.domain.channel import ChannelKind
from dailypapers.rendering.chat.slack import body


def test_the_service_takes_every_digest() -> None:
    assert [trouble(ChannelKind.SLACK, body(digest)) for digest in digests()] == [""] * len(digests())


def test_papers_are_linked_and_nobody_is_mentioned() -> None:
    message = json.loads(body(DIGEST))
    (paper,) = [block["text"]["text"] for block in message["blocks"] if block["type"] == "section"][1:]
    assert paper.splitlines() == [
        "<https://arxiv.org/abs/2604.00001|Graphs &amp; their &lt;minors&gt;>", "Ann Lee, Bo Li", "By Ann Lee",
    ]  # fmt: skip


def test_as_many_papers_as_fit_are_shown() -> None:
    assert [len(json.loads(body(digest))["blocks"]) for digest in digests()[:2]] == [4, 2]
    # Of many long ones Slack takes some 13,200 characters, of many short ones 50 blocks.
    long = body(digests()[3])
    assert len(long) <= 13_000
    assert len(json.loads(long)["blocks"]) == 28
    many = body(replace(DIGEST, items=(replace(DIGEST.items[0], authors="", reason=""),) * 90))
    assert len(json.loads(many)["blocks"]) == 50
