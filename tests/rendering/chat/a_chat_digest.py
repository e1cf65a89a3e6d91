"""Digests for chats: an ordinary one, and ones made to break what shows them."""

import datetime as dt
from dataclasses import replace

from dailypapers.rendering.chat.digest import ChatDigest, ChatItem

HOSTILE = "<!channel> @everyone <@U1> *b* _i_ `c` [x](https://evil.example) |> & </strong><script> 🎉\\"
ITEM = ChatItem(
    "arxiv:2604.00001", "Graphs & their <minors>", "https://arxiv.org/abs/2604.00001", "Ann Lee, Bo Li", "By Ann Lee"
)
DIGEST = ChatDigest(
    "Daily Papers", dt.date(2026, 4, 20), "Daily Papers, 20 April 2026", "1 paper for you", (ITEM,),
    "https://papers.example.org/digest/token", "Read the whole digest on the web",
)  # fmt: skip


def digests() -> list[ChatDigest]:
    """What every service must be able to take."""
    long = replace(ITEM, title="🎉&<" * 170, authors="é" * 300, reason="&" * 300, url=f"https://x.example/{'a' * 400}")
    bad = replace(ITEM, title=HOSTILE, authors=HOSTILE, reason=HOSTILE, url="https://x.example/(a)?b=c&d=|e>")
    empty = replace(DIGEST, items=(), web="")
    return [
        DIGEST,
        empty,
        replace(DIGEST, items=(replace(ITEM, url="", outside="From outside your topics"),)),
        replace(DIGEST, items=(bad,) * 100, title=HOSTILE, lead=HOSTILE, status=HOSTILE),
        replace(DIGEST, items=(long,) * 100, title="t" * 300, status="&" * 500),
    ]
