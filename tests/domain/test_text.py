"""One table of characters that do not belong into a text."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.domain.text import (
    controls_spaced,
    direction,
    is_storable,
    isolated,
    printable,
    storable,
    unaccented,
    valid_xml,
    without_hidden,
    without_unwanted,
)

KEPT = "a\u200cb\u200dc \u00a0 é ₂ 中 👩\u200d🔬"


@pytest.mark.parametrize(
    "character",
    [
        *("\0", "\t", "\n", "\x1b", "\x7f", "\x85", "\x9f", "\u2028", "\u2029", "\ud800", "\udfff"),
        *("\u00ad", "\u061c", "\u180e", "\u200b", "\u200e", "\u202e", "\u2060", "\u2065", "\u2066", "\u2068", "\u2069"),
        *("\u206f", "\ufeff", "\ufff9", "\uffff", "\U000e0041"),
    ],
)
def test_what_is_unwanted_is_left_out(character: str) -> None:
    assert without_unwanted(f"a{character}b") == "ab"
    assert "a" + ("" if without_hidden(character) == "" else " ") + "b" == controls_spaced(
        without_hidden(f"a{character}b")
    )


@pytest.mark.parametrize("function", [without_unwanted, without_hidden, controls_spaced, storable, valid_xml])
def test_what_languages_need_stays(function: object) -> None:
    assert callable(function)
    assert function(KEPT) == KEPT


def test_every_control_and_direction_is_in_the_table() -> None:
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        steers = unicodedata.bidirectional(character) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
        if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or steers:
            assert without_unwanted(character) == "", hex(code)


def test_isolates_stay_where_each_one_ends() -> None:
    assert without_hidden(isolated("abc")) == isolated("abc")
    assert without_hidden("\u2068abc") == without_hidden("abc\u2069") == without_hidden("\u2069abc\u2068") == "abc"
    assert isolated("") == ""


@given(st.text(st.characters(codec=None)))
def test_what_is_storable_can_be_written(text: str) -> None:
    assert is_storable(storable(text))
    assert "\0" not in storable(text).encode().decode()


@given(st.text())
def test_printable_text_is_printable_and_as_long_where_asked(text: str) -> None:
    assert printable(text).isprintable()
    assert len(printable(text, other=" ")) == len(text)


def test_accents_and_case_do_not_count() -> None:
    assert unaccented("É₂ Straße ﬁn") == "e2 strasse fin"
    assert valid_xml("a\x0bb\ufffec") == "abc"


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Łukasz Łukasiewicz", "lukasz lukasiewicz"),
        ("Søren Ørsted", "soren orsted"),
        ("Đặng Văn Đức", "dang van duc"),
        ("Işık İlhan", "isik ilhan"),
        ("Guðmundur Þórðarson", "gudmundur thordarson"),
        ("Ægir Œuvre", "aegir oeuvre"),
        ("Əliyev", "aliyev"),
        ("Ǿ ℌ", "o h"),
    ],
)
def test_strokes_hooks_and_missing_dots_do_not_count(written: str, plain: str) -> None:
    assert unaccented(written) == plain


@given(st.text())
def test_taking_accents_off_twice_takes_no_more_off(text: str) -> None:
    assert unaccented(unaccented(text)) == unaccented(text)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((), "ltr"),
        (("Ada Lovelace", "Łukasz Ó"), "ltr"),
        (("محمد علي", "Ada Lovelace"), "ltr"),
        (("محمد علي", "דוד כהן"), "rtl"),
    ],
)
def test_a_line_of_names_begins_on_the_right_where_all_of_them_do(names: tuple[str, ...], expected: str) -> None:
    assert direction(names) == expected
