"""A text is never cut within what a reader sees as one character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.domain.graphemes import beginning
from dailypapers.domain.storable import MOST_BYTES, keepable

FAMILY = "👨\u200d👩\u200d👧"
CHARACTERS = ["e\u0301", FAMILY, "👍\U0001f3fd", "🇩🇪", "❤\ufe0f", "नि", "\u1112\u1161\u11ab", "\r\n", "x"]


@pytest.mark.parametrize("character", CHARACTERS)
def test_a_character_is_whole_or_left_out(character: str) -> None:
    text = f"a{character}b"
    for most in range(1, len(character) + 1):
        assert beginning(text, most) == "a"
    assert beginning(text, len(character) + 1) == f"a{character}"
    assert beginning(text, 99) == text


def test_the_flags_in_a_row_are_cut_between_two() -> None:
    assert beginning("🇩🇪🇫🇷🇯🇵", 3) == "🇩🇪"
    assert beginning("🇩🇪🇫🇷🇯🇵", 4) == "🇩🇪🇫🇷"


@given(st.lists(st.sampled_from(CHARACTERS)), st.integers(0, 40))
def test_what_is_left_is_the_longest_run_of_whole_characters(characters: list[str], most: int) -> None:
    left = beginning("".join(characters), most)
    runs = ["".join(characters[:n]) for n in range(len(characters) + 1)]
    assert left in runs
    assert len(left) <= most
    assert left == max((run for run in runs if len(run) <= most), key=len)


@pytest.mark.parametrize("character", [c for c in CHARACTERS if c != "\r\n"])
def test_a_very_long_interest_without_spaces_ends_with_a_whole_character(character: str) -> None:
    kept = keepable(character * MOST_BYTES)
    assert len(kept.encode()) <= MOST_BYTES
    assert kept.removesuffix(" …").replace(character, "") == ""
