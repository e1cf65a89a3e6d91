"""Encoded bodies: every reader of RFC 2045 gets the text back, and no canonical form of DKIM changes a byte."""

import quopri
import re

from hypothesis import example, given
from hypothesis import strategies as st

from dailypapers.mail.message.quoted_printable import LONGEST_LINE, encoded, piece, plain_piece

#: Texts with more than most of what an encoder has to look out for.
HARD = st.text(st.one_of(st.sampled_from(". =F\n\trom"), st.characters(exclude_categories=["Cs"])), max_size=300)


def decoded(raw: bytes) -> str:
    return quopri.decodestring(raw).decode().replace("\r\n", "\n")


def lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(st.lists(HARD, max_size=5))
@example(["." + "a" * 75])
@example(["x" * 76, "." * 300])
@example(["x" * 75 + "From here", "From there", " "])
@example(["x" * 73 + "é", "x" * 76, "y" * 75 + "=", "z" * 74 + ".\n", " \t \n"])
def test_text_in_pieces_is_the_text_and_canonical(texts: list[str]) -> None:
    pieces = [lines(text) for text in texts]
    whole = "".join(pieces)
    for raw in (encoded(whole), b"".join(piece(text) for text in pieces)):
        assert decoded(raw) == whole
        for line in raw.split(b"\r\n"):
            assert len(line) <= LONGEST_LINE
            assert not line.startswith((b".", b"From "))
            assert not re.search(rb"[ \t]$|  |\t", line)


def test_a_piece_begins_and_ends_a_line() -> None:
    assert piece("one line\n") == b"one line\r\n"
    assert piece("no end") == b"no end=\r\n"
    assert piece("") == b""


def test_half_a_surrogate_pair_becomes_a_question_mark() -> None:
    assert encoded("a\ud800b") == b"a?b"


@given(st.from_regex(r"[a-z0-9/:#~_-][A-Za-z0-9/:#~_.-]{0,300}", fullmatch=True))
@example("x" * 75 + ".y")
@example("x" * 150 + "." * 80)
def test_an_address_takes_the_quick_way(text: str) -> None:
    raw = plain_piece(text)
    assert decoded(raw) == text
    for line in raw.split(b"\r\n"):
        assert len(line) <= LONGEST_LINE
        assert not line.startswith(b".")
