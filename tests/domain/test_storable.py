"""A text is stored whole, or as far as a whole word that fits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.domain.storable import MOST_BYTES, is_keepable, keepable

#: Any text, and long ones of a few words or of none, in letters of one to four bytes and with marks.
TEXTS = st.text() | st.builds(
    lambda word, times, between: between.join([word] * times),
    st.text(min_size=1, max_size=8),
    st.integers(1, 3000),
    st.sampled_from(["", " "]),
)


@given(TEXTS)
def test_what_is_left_of_a_text_can_be_stored_and_is_its_beginning(text: str) -> None:
    stored = keepable(text)
    assert is_keepable(stored)
    assert keepable(stored) == stored
    assert text.replace("\0", "").startswith(stored.removesuffix(" …"))
    assert (stored == text) == is_keepable(text)


@given(st.integers(0, 4))
def test_a_text_is_cut_from_the_first_byte_too_many_on(over: int) -> None:
    text = "a" * (MOST_BYTES - 1) + "b" * over
    assert (keepable(text) == text) is (over <= 1)


def test_a_long_text_ends_with_a_whole_word_and_an_ellipsis() -> None:
    words = [f"word{n}" for n in range(1000)]
    stored = keepable(" ".join(words))
    assert stored.endswith(" …")
    assert stored.split()[:-1] == words[: len(stored.split()) - 1]
    assert MOST_BYTES - 20 < len(stored.encode()) <= MOST_BYTES


@pytest.mark.parametrize("letter", ["é", "图", "👩", "e\N{COMBINING ACUTE ACCENT}", "👩\u200d🔬"])
def test_one_long_word_is_cut_between_what_a_reader_sees_as_characters(letter: str) -> None:
    stored = keepable(letter * 3000).removesuffix(" …")
    assert stored == letter * (len(stored) // len(letter))
    assert MOST_BYTES - 20 < len(stored.encode()) <= MOST_BYTES


def test_a_letter_with_marks_without_end_is_cut_within_its_marks() -> None:
    stored = keepable("e" + "\N{COMBINING ACUTE ACCENT}" * 3000)
    assert MOST_BYTES - 20 < len(stored.encode()) <= MOST_BYTES


@pytest.mark.parametrize(("text", "stored"), [("a\0b", "ab"), ("a\ud800b", "ab"), ("\0", "")])
def test_what_no_database_takes_is_left_out(text: str, stored: str) -> None:
    assert not is_keepable(text)
    assert keepable(text) == stored
