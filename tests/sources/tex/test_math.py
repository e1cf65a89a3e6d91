"""Mathematics on one line, or left as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.sources.tex.math import is_command, linear


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        (r"x^{2} \leq \frac{a}{b}", "x² ≤ a/b"),
        (r"\mathcal{O}(n \log n)", "O(n log n)"),
        (r"2\frac{1}{2}", "2(1/2)"),
        (r"\mathbb{R}^n", "ℝⁿ"),
        (r"\sqrt{x}", "√x"),
        (r"2\sqrt[3]{x}", "2∛x"),
        (r"\sqrt[4]{x+1}", "∜(x+1)"),
        (r"\sqrt[n]{x}", "ⁿ√x"),
        (r"\sqrt[n+1]{2}", "ⁿ⁺¹√2"),
        (r"a_{10}", "a₁₀"),
        (r"50\%", "50%"),
        ("", ""),
    ],
)
def test_what_fits_one_line_is_written_on_one(source: str, meant: str) -> None:
    assert linear(source) == meant


@pytest.mark.parametrize(
    "source", [r"\begin{matrix}a & b\end{matrix}", r"a \\ b", "{x", "x}", r"\frac{a}", "{" * 40 + "}" * 40]
)
def test_what_does_not_fit_one_line_is_not_read(source: str) -> None:
    assert linear(source) is None


def test_macros_with_an_argument_are_known() -> None:
    assert all(map(is_command, ("mathbf", "frac", "hat", "sqrt", "textit")))
    assert not is_command("nosuchmacro")


@given(st.text("\\{}^_&~ ab1+fracsqrt", max_size=60))
def test_no_source_breaks_it(source: str) -> None:
    text = linear(source)
    assert text is None or "\n" not in text
