"""TeX's names of characters."""

import pytest

from dailypapers.sources.tex.symbols import accented, code_point, over, small, symbol


@pytest.mark.parametrize(
    ("name", "meant"), [("alpha", "α"), ("leq", "≤"), ("LaTeX", "LaTeX"), ("S", "§"), ("nosuchmacro", None), ("", None)]
)
def test_a_macro_is_a_character_or_nothing(name: str, meant: str | None) -> None:
    assert symbol(name) == meant


@pytest.mark.parametrize(
    ("written", "meant"), [("x2013", "–"), ("x1F600", "😀"), ("2013", None), ("xFFFFFF", None), ("x", None), ("", None)]
)
def test_a_code_point_is_a_character_or_nothing(written: str, meant: str | None) -> None:
    assert code_point(written) == meant


def test_accents_are_put_on_letters_that_have_them() -> None:
    assert accented("'", "E") == "É"
    assert accented("v", "s") == "š"
    assert accented('"', "ı") == "ï"
    assert accented("'", "b") is None
    assert accented("!", "e") is None


def test_mathematical_accents_stand_over_one_letter() -> None:
    assert over("hat", "x") == "x\u0302"
    assert over("hat", "xy") is None
    assert over("nosuch", "x") is None


def test_small_characters_are_used_where_they_are_legible() -> None:
    assert small("2", raised=True) == "²"
    assert small("10", raised=False) == "₁₀"
    assert small("abcdef", raised=True) is None
    assert small("中", raised=True) is None
