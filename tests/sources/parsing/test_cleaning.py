import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.sources.parsing.cleaning import MAX_CHARACTERS, clean, clean_authors, web_address


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Two\n  lines\tand\u00a0a  gap ", "Two lines and a gap"),
        ("AT&amp;T &lt;3 caf&eacute; &#x2014; R&D", "AT&T <3 café — R&D"),
        ("<p>One</p><p>Two <b>bold</b></p>", "One Two bold"),
        ("Safe<script>alert('x')</script><style>p{}</style> text", "Safe text"),
        ("CO<sub>2</sub> at 10<sup>-3</sup> by S<sub>N</sub>2", "CO₂ at 10⁻³ by SN2"),
        ("<jats:p>An abstract.</jats:p> <jats:italic>E. coli</jats:italic>", "An abstract. E. coli"),
        ('<a href="https://example.org/?a=1&b=2">A link</a> &copy; 2026', "A link © 2026"),
        ("cafe\u0301 \u202eevil\u202c zero\u200bwidth nul\x00 bell\x07", "café evil zerowidth nul bell"),
        ("a lone \ud800 surrogate", "a lone surrogate"),
        ("<!-- hidden -->shown", "shown"),
    ],
)
def test_markup_and_tricks_are_gone(written: str, meant: str) -> None:
    assert clean(written) == meant


@pytest.mark.parametrize(
    "text",
    [
        "If a<b and c>d then n <p and q> 0",
        "The pairing <a,x> = 0 and tokens <think> and </think>",
        "x < y > z & w &co; &unknown; 100% of $5",
    ],
)
def test_what_only_looks_like_markup_stays(text: str) -> None:
    assert clean(text) == text


def test_escaped_markup_becomes_text_and_not_markup_removed() -> None:
    assert clean("How to use &lt;b&gt; well") == "How to use <b> well"


@pytest.mark.parametrize("piece", ["<!--", "<a x='", "$x ", "\\textbf{", "``a", "<sub>", "\\v ", "&#"])
def test_repeated_tricks_are_read_to_their_end(piece: str) -> None:
    assert len(clean(piece * (MAX_CHARACTERS // len(piece)))) <= MAX_CHARACTERS


def test_endless_text_is_cut() -> None:
    assert len(clean("word " * 100_000)) <= MAX_CHARACTERS


@given(st.text() | st.text(alphabet="\\${}^_ab1 <>&;'\"`~-\x02\x03pt/=%"))
def test_any_text_becomes_one_clean_line(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == unicodedata.normalize("NFC", cleaned)
    assert cleaned.split(" ") == cleaned.split() or cleaned == ""
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} or "\u202a" <= c <= "\u202e" for c in cleaned)
    cleaned.encode()


@given(st.text(alphabet="abc XYZ,.()'äß-0123456789%+=/:;!?"))
def test_plain_prose_is_not_touched(text: str) -> None:
    if "''" in text or "--" in text:
        return
    assert clean(text) == unicodedata.normalize("NFC", " ".join(text.split()))


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Ann Lee, Bob Roy", ("Ann Lee", "Bob Roy")),
        (r"Jos\'e M. F. Moura, Jakob Knollm\"uller", ("José M. F. Moura", "Jakob Knollmüller")),
        ("Ann Lee (1, 2), Bob Roy (2) ((1) An Institute, (2) A University)", ("Ann Lee", "Bob Roy")),
        ("Ann Lee, Jr., Bob Roy III and Cem Öz", ("Ann Lee, Jr.", "Bob Roy III", "Cem Öz")),
        ("Ann Lee (never closed, Bob Roy", ("Ann Lee",)),
        ("", ()),
        (" , ,", ()),
    ],
)
def test_a_list_of_authors_is_taken_apart(written: str, names: tuple[str, ...]) -> None:
    assert clean_authors(written) == names


@given(st.text(alphabet="ab, ().\\'{}Jr"))
def test_no_list_of_authors_breaks_it(text: str) -> None:
    assert all(name == name.strip() and name for name in clean_authors(text))


@pytest.mark.parametrize("text", ["https://example.org/a?b=c#d", " http://example.org "])
def test_web_addresses_are_kept(text: str) -> None:
    assert web_address(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.org",
        "https://",
        "//x",
        "https://[bad",
        "a b",
        'http://a/"',
    ],
)
def test_other_addresses_are_none(text: str) -> None:
    assert web_address(text) == ""


@pytest.mark.parametrize(
    "text", ["Ann Lee\nBob Roy", "Ann Lee<br/>Bob Roy", "<p>Ann Lee</p>\n<p>Bob Roy</p>", "Ann Lee,\n  Bob Roy"]
)
def test_authors_are_split_however_lines_part_them(text: str) -> None:
    assert clean_authors(text) == ("Ann Lee", "Bob Roy")
