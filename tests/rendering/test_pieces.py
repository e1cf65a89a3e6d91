"""Pieces: encoded once, filled for each reader; what they weigh is what the whole text weighs."""

import quopri

from hypothesis import given
from hypothesis import strategies as st

from dailypapers.mail.message.quoted_printable import piece, plain_piece
from dailypapers.rendering.html import weight
from dailypapers.rendering.pieces import Pieces, kept
from dailypapers.rendering.slots import is_reserved, recording

ANY = st.text(st.characters(exclude_categories=["Cs"]).filter(lambda c: c != "\r" and not is_reserved(c)), max_size=99)
PIECES = Pieces(piece, plain_piece)


def decoded(raw: bytes) -> str:
    return quopri.decodestring(raw).decode().replace("\r\n", "\n")


@given(st.lists(ANY, min_size=1, max_size=4), ANY)
def test_a_filled_piece_is_the_text_with_the_value(parts: list[str], value: str) -> None:
    with recording() as slots:
        shared = PIECES.cut(str(slots.named("value")).join(parts), slots, is_html=False)
    content, heavy = PIECES.fill(shared, {"value": value}, {})
    assert decoded(content) == value.join(parts)
    assert heavy == weight(value.join(parts))


def test_html_is_escaped_as_the_templates_do() -> None:
    with recording() as slots:
        shared = PIECES.cut(f"<b>{slots.named('value')}</b>100%", slots, is_html=True)
    assert decoded(PIECES.fill(shared, {"value": "<'\"&>"}, {})[0]) == "<b>&lt;&#39;&#34;&amp;&gt;</b>100%"


def test_what_is_ready_is_taken_as_it_is() -> None:
    with recording() as slots:
        shared = PIECES.cut(f"a{slots.named('value')}b", slots, is_html=True)
    assert PIECES.fill(shared, {}, {"value": (b"READY=\r\n", 7)}) == (b"a=\r\nREADY=\r\nb=\r\n", shared.weight + 7)


def test_only_addresses_that_nothing_changes_are_encoded_as_addresses() -> None:
    for url in ("https://papers.example.org/feedback/a.b-c_d", "http://localhost:8000/u/x#pause"):
        known = PIECES.address(url)
        assert known is not None
        assert (decoded(known[0]), known[1]) == (url, weight(url))
    for other in ("", "https://x.org", "https://x.org/?a=b", "https://x.org/'", "javascript:x", "https://x.org/ü"):
        assert PIECES.address(other) is None


def test_what_is_kept_is_bounded() -> None:
    cache: dict[int, int] = {}
    for number in range(25):
        assert kept(cache, number, number, 10) == number
    assert 0 < len(cache) <= 10
