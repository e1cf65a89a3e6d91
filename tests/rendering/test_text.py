"""Foreign text made plain."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.rendering.text import MOST_READ, WIDTH, extract, one_line, parted, safe_url, shortened, wrapped

#: Everything a string can hold, halves of surrogate pairs too.
ANYTHING = st.text(st.characters(exclude_categories=()))


@given(ANYTHING)
def test_one_line_holds_nothing_that_steers(text: str) -> None:
    line = one_line(text)
    assert line == " ".join(line.split())
    # U+FFF9 and the like are format characters too, but steer nothing; the joiners are needed to write Persian.
    assert not {unicodedata.category(c) for c in line} & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(c) for c in line} & {
        "LRE",
        "RLE",
        "LRO",
        "RLO",
        "PDF",
        "LRI",
        "RLI",
        "FSI",
        "PDI",
    }
    assert one_line(line) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Breakthrough\r\nBcc: everybody@example.org", "Breakthrough Bcc: everybody@example.org"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("  two \t words\x00 ", "two words"),
        ("soft\u00adhyphen and \u200bnothing", "softhyphen and nothing"),
        ("می‌خواهم", "می‌خواهم"),
        ("half \ud83d of a pair", "half of a pair"),
    ],
)
def test_line_breaks_controls_and_turns_of_direction_are_gone(text: str, line: str) -> None:
    assert one_line(text) == line


def test_an_extract_ends_with_a_sentence_where_one_ends_late_enough() -> None:
    text = "A first sentence of some length. A second one that goes on for rather longer than there is room for."
    assert extract(text, 50) == "A first sentence of some length."


def test_an_extract_ends_with_a_word_where_no_sentence_does() -> None:
    assert (
        extract("Short. " + "and then a very long sentence, without any end " * 3, 40)
        == "Short. and then a very long sentence…"
    )


def test_a_text_that_is_hardly_longer_is_shown_whole() -> None:
    text = "Nobody gains from an ellipsis that stands for one word."
    assert extract(text, len(text) - 5) == text


def test_no_sentence_ends_after_an_abbreviation_within_a_name() -> None:
    assert extract(
        "We show with e.g. numbers what H.264 does for video, and that at length again and again.", 40
    ).endswith("…")


@given(ANYTHING, st.integers(1, 300))
def test_an_extract_is_the_beginning_and_no_longer_than_it_says(text: str, length: int) -> None:
    shown = extract(text, length)
    assert len(shown) <= length * 1.1
    assert one_line(text).startswith(shown.removesuffix("…"))


@given(ANYTHING, st.integers(0, 100))
def test_what_is_shortened_is_the_beginning_and_no_longer_than_it_says(text: str, length: int) -> None:
    shown = shortened(text, length)
    assert len(shown) <= length
    assert one_line(text).startswith(shown.removesuffix("…"))


def test_an_extract_of_a_very_long_text_is_the_same_as_of_its_beginning() -> None:
    text = "Word after word. " * 100_000
    assert extract(text, 100) == extract(text[:1000], 100)


@pytest.mark.parametrize(
    "url",
    [
        "https://arxiv.org/abs/2312.00752",
        "http://localhost:8000/a?b=c&d=%20#e",
        "HTTPS://Example.org",
        "https://papers.example.org/ü",
    ],
)
def test_addresses_of_the_web_are_safe(url: str) -> None:
    assert safe_url(f" {url} ") == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "//example.org/",
        "/abs/2312.00752",
        "https://",
        "https://exa mple.org/",
        "https://example.org/\r\nBcc: x",
        "https://example.org/\u202efdp",
        'https://example.org/"onclick="x',
        "https://example.org/<b>",
        "https://arxiv.org@example.org/",
        "https:\\\\example.org",
        "https://[::1",
        "mailto:a@example.org",
        "",
        "https://example.org/" + "a" * 3000,
    ],
)
def test_every_other_address_is_no_link(url: str) -> None:
    assert safe_url(url) == ""


@given(ANYTHING)
def test_lines_are_wrapped_at_seventy_six(text: str) -> None:
    lines = wrapped(text, "   ", hang="  ").splitlines()
    assert all(len(line) <= WIDTH for line in lines)
    assert "".join("".join(lines).split()) == "".join(one_line(text).split())


@given(ANYTHING, st.integers(20, 400))
def test_an_extract_and_what_follows_on_it_are_the_text(text: str, length: int) -> None:
    begins, rest = parted(text, length)
    whole = one_line(text)
    assert len(begins) + len(rest) <= MOST_READ + 1
    assert whole.startswith(begins.removesuffix("…"))
    assert rest.removesuffix("…") in whole
    if len(text) < MOST_READ:
        left = whole.removeprefix(begins.removesuffix("…")).removesuffix(rest)
        assert not left.strip(" ,;:–—-…")


def test_a_short_text_is_not_parted() -> None:
    assert parted("Only this.", 100) == ("Only this.", "")
    assert parted("One sentence here. Another one that is long.", 20) == (
        "One sentence here.",
        "Another one that is long.",
    )
