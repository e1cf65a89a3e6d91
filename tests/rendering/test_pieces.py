"""Pieces: encoded once, filled for each reader; what they weigh is what the whole text weighs."""

import quopri
from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from dailypapers.mail.message.quoted_printable import piece, plain_piece
from dailypapers.rendering.html import weight
from dailypapers.rendering.pieces import Piece, Pieces, Weighed, filled, joined, kept
from dailypapers.rendering.slots import is_reserved, recording

ANY = st.text(st.characters(exclude_categories=["Cs"]).filter(lambda c: c != "\r" and not is_reserved(c)), max_size=99)
PIECES = Pieces(piece, plain_piece)


def fill(shared: Piece, given: Sequence[bytes], weights: Sequence[int], values: Mapping[str, str]) -> Weighed:
    """Return a piece filled, and its weight."""
    lines, heavy = filled(shared, [(each,) for each in given], weights, PIECES.made(shared, values))
    return joined(lines), heavy


def decoded(raw: bytes) -> str:
    return quopri.decodestring(raw).decode().replace("\r\n", "\n")


@given(st.lists(ANY, min_size=1, max_size=4), ANY)
def test_a_filled_piece_is_the_text_with_the_value(parts: list[str], value: str) -> None:
    with recording() as slots:
        shared = PIECES.cut(str(slots.named("value")).join(parts), slots, is_html=False)
    content, heavy = fill(shared, (), (), {"value": value})
    assert decoded(content) == value.join(parts)
    assert heavy == weight(value.join(parts))


def test_html_is_escaped_as_the_templates_do() -> None:
    with recording() as slots:
        shared = PIECES.cut(f"<b>{slots.named('value')}</b>100%", slots, is_html=True)
    assert decoded(fill(shared, (), (), {"value": "<'\"&>"})[0]) == "<b>&lt;&#39;&#34;&amp;&gt;</b>100%"


def test_what_is_given_is_taken_as_it_is() -> None:
    with recording() as slots:
        text = f"a{slots.named('one')}b{slots.named('value')}c{slots.named('two')}{slots.named('one')}"
        shared = PIECES.cut(text, slots, is_html=True, given=("none", "one", "two"))
    given = (b"NONE=\r\n", b"ONE=\r\n", b"TWO=\r\n")
    content, heavy = fill(shared, given, (1000, 7), {"value": "&"})
    assert content == b"a=\r\nONE=\r\nb=\r\n&amp;=\r\nc=\r\nTWO=\r\nONE=\r\n"
    assert heavy == shared.weight + 2 * 7 + weight("&amp;"), "the last one is weighed elsewhere"


def test_the_address_to_vote_stands_wherever_a_part_leaves_room_for_it() -> None:
    assert joined([(b"a", None), (), (None, b"b")], b"vote") == b"avotevoteb"


@given(st.lists(st.sampled_from("ab"), max_size=3))
def test_what_is_given_may_stand_anywhere_or_nowhere(names: list[str]) -> None:
    with recording() as slots:
        shared = PIECES.cut("".join(slots.named(name) for name in names), slots, is_html=False, given=("a", "b"))
    assert fill(shared, (b"A=\r\n", b"B=\r\n"), (1, 1), {})[1] == shared.weight + len(names)


def test_an_address_is_the_same_in_both_parts_where_nothing_changes_it() -> None:
    for url in ("https://papers.example.org/feedback/a.b-c_d", "http://localhost:8000/u/x#pause"):
        in_html, in_text = PIECES.link(url)
        assert in_html == in_text
        assert (decoded(in_text[0]), in_text[1]) == (url, weight(url))
    for other in ("", "https://x.org/?a=b&c=d", "https://x.org/'", "https://x.org/ü"):
        in_html, in_text = PIECES.link(other)
        assert decoded(in_text[0]) == other
        assert decoded(in_html[0]) == str(escape(other))


def test_what_is_kept_is_bounded() -> None:
    cache: dict[int, int] = {}
    for number in range(25):
        assert kept(cache, number, number, 10) == number
    assert 0 < len(cache) <= 10
