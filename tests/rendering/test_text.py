"""Foreign text made plain."""

import re
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
    assert all(columns(line) <= WIDTH for line in lines if "://" not in line)
    assert "".join("".join(lines).split()) == "".join(one_line(text).split())


def columns(line: str) -> int:
    wide = sum(unicodedata.east_asian_width(c) in {"W", "F"} for c in line)
    unseen = [c for c in line if unicodedata.category(c) in {"Mn", "Me", "Cf"}]
    return len(line) + wide - sum(1 + (unicodedata.east_asian_width(c) in {"W", "F"}) for c in unseen)


LONG = "https://github.com/example-lab/a-rather-long-repository-name/tree/main/experiments/2026/error-correction.md"


@pytest.mark.parametrize(
    "text",
    [
        f"Code and data are at {LONG} under a free licence.",
        f"Code and data ({LONG}).",
        f"代码和数据可在 {LONG} 获取，采用自由许可证。",
        f"{'本文提出一种新的方法。' * 20}代码见{LONG}。{'实验表明该方法有效。' * 20}",
        f"{LONG},{LONG}",
        "https://example.org/" + "a" * 500,
        "HTTPS://example.org/" + "ü" * 100,
    ],
)
def test_an_address_is_never_broken(text: str) -> None:
    lines = wrapped(text, "   ", hang="  ").splitlines()
    addresses = re.findall(r"(?i)https?://[!-~ü]+", text)
    assert addresses
    assert all(any(address in line for line in lines) for address in addresses)


@given(st.lists(st.from_regex(r"https?://[a-z]{1,9}\.org/[a-z/?=&'%-]{0,150}", fullmatch=True) | ANYTHING, max_size=6))
def test_every_address_between_other_words_is_on_one_line(words: list[str]) -> None:
    lines = wrapped(" ".join(words), "   ").splitlines()
    for word in words:
        if re.fullmatch(r"https?://[!-~]+", word):
            assert any(word in line.split() for line in lines)


def test_lines_of_wide_characters_are_as_wide_as_others() -> None:
    lines = wrapped("量子纠错" * 60, "   ").splitlines()
    assert [columns(line) for line in lines[:-1]] == [71] * (len(lines) - 1)


def test_a_latin_word_in_a_chinese_sentence_stays_whole() -> None:
    lines = wrapped("我们使用Transformers模型" * 20).splitlines()
    assert "".join(lines).count("Transformers") == sum(line.count("Transformers") for line in lines) == 20


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/d'Alembert", "https://example.org/d%27Alembert"),
        ("https://example.org/a?q='b'|{c}^`", "https://example.org/a?q=%27b%27%7C%7Bc%7D%5E%60"),
        ("https://example.org/d%27Alembert", "https://example.org/d%27Alembert"),
        ("https://exa'mple.org/", ""),
    ],
)
def test_an_address_with_an_apostrophe_is_a_link(url: str, safe: str) -> None:
    assert safe_url(url) == safe
    assert safe_url(safe) == safe


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
