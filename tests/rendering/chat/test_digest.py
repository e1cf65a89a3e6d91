"""A digest in a chat says what the mail says, and holds no link by which others could act."""

import datetime as dt

from tests.rendering.chat.a_chat_digest import DIGEST, ITEM
from tests.web.a_digest import CELLS, GRAPHS, REASON

from dailypapers.domain.digest import Digest, Entry
from dailypapers.rendering.chat.digest import ChatDigest, chat_digest, escaped, fitting, lines
from dailypapers.rendering.environment import environment
from dailypapers.settings import shipped

ENV = environment(shipped("templates"))


def chat(digest: Digest) -> ChatDigest:
    return chat_digest(
        ENV, digest, day=dt.date(2026, 4, 20), web="https://x.example/digest/t", name="Daily Papers", status="late"
    )


def test_it_has_the_mails_papers_and_reasons_in_their_order() -> None:
    told = chat(Digest((Entry(GRAPHS, REASON),), trending=False, outside=(Entry(CELLS, "popular"),)))
    assert (told.title, told.lead, told.status) == ("Daily Papers, 20 April 2026", "1 paper for you", "late")
    assert [item.title for item in told.items] == [GRAPHS.title, CELLS.title]
    assert told.items[0].why == "Matches your topic “graph neural networks”: graph, networks"
    assert told.items[1].why == "From outside your topics: popular"
    assert told.items[0].authors == "Ann Lee, Bo Roy"


def test_what_is_trending_is_not_said_to_be_picked() -> None:
    entries = (Entry(GRAPHS, REASON), Entry(CELLS, REASON))
    assert chat(Digest(entries, trending=True)).lead == "2 trending papers"


def test_as_many_papers_are_shown_as_fit() -> None:
    many = DIGEST.first(1)
    assert fitting(many, lambda digest: b"x" * 10 * len(digest.items), most=10) == b"x" * 10
    assert fitting(many, lambda digest: b"x" * 10 * len(digest.items), most=9) == b""
    assert fitting(many, lambda digest: b"x" * len(digest.items), most=9, at_most=0) == b""


def test_lines_and_escapes() -> None:
    assert lines("a", "", "b") == "a\nb"
    assert escaped("a*b", "*") == "a\\*b"
    assert ITEM.why == ITEM.reason
