"""A feed's bytes are read in the encoding that they are in, whoever says what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.sources.parsing.encoding import in_utf8
from dailypapers.sources.parsing.syndication import parse

RUSSIAN, CHINESE, FRENCH, JAPANESE = "Нейронные сети", "神经网络与深度学习", "Étude des réseaux", "深層学習の入門"


def feed(title: str, encoding: str, *, declared: str = "", mark: str = "") -> bytes:
    declaration = f"<?xml version='1.0' encoding='{declared}'?>" if declared else ""
    item = f"<item><title>{title}</title><link>https://example.org/a</link></item>"
    return f"{mark}{declaration}<rss version='2.0'><channel>{item}</channel></rss>".encode(encoding)


def title_of(content: bytes, charset: str = "") -> str:
    (entry,) = parse(content, charset=charset).entries
    return str(entry["title"])


@pytest.mark.parametrize(
    ("title", "encoding", "declared", "charset"),
    [
        (RUSSIAN, "windows-1251", "", "windows-1251"),
        (RUSSIAN, "koi8-r", "", "KOI8-R"),
        (CHINESE, "gb18030", "", "gb2312"),
        ("神經網路", "big5", "", "Big5"),
        (JAPANESE, "shift_jis", "", "Shift_JIS"),
        (JAPANESE, "euc_jp", "", "euc-jp"),
        (JAPANESE, "iso2022_jp", "", "ISO-2022-JP"),
        (RUSSIAN, "utf-16-le", "", "utf-16le"),
        # The header wins over the declaration (RFC 7303) …
        (RUSSIAN, "windows-1251", "utf-8", "windows-1251"),
        (RUSSIAN, "windows-1251", "iso-8859-1", "windows-1251"),
        # … but for what a server says of everything.
        (RUSSIAN, "utf-8", "utf-8", "iso-8859-1"),
        (RUSSIAN, "utf-8", "", "windows-1252"),
        (CHINESE, "utf-8", "", "us-ascii"),
        (RUSSIAN, "utf-8", "", "no-such-thing"),
        (RUSSIAN, "windows-1251", "windows-1251", "us-ascii"),
        (RUSSIAN, "windows-1251", "windows-1251", ""),
        (FRENCH, "iso-8859-1", "iso-8859-1", ""),
        (FRENCH, "iso-8859-1", "utf-8", "utf-8"),
        (FRENCH, "cp1252", "", ""),
        (FRENCH, "utf-8", "iso-8859-1", ""),
        (FRENCH, "utf-16-be", "utf-16", ""),
        (RUSSIAN, "utf-16-le", "", ""),
        (RUSSIAN, "utf-32-be", "", ""),
        (FRENCH, "cp037", "cp037", ""),
        # A declaration that can be read as it stands is not in an encoding of two bytes.
        ("A study", "ascii", "utf-16", ""),
        ("A study", "ascii", "utf-8", "utf-16"),
    ],
)
def test_a_title_is_read_as_it_was_written(title: str, encoding: str, declared: str, charset: str) -> None:
    assert title_of(feed(title, encoding, declared=declared), charset) == title


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_byte_order_mark_wins_over_everything(encoding: str) -> None:
    marked = feed(RUSSIAN, encoding, declared="iso-8859-1", mark="\N{ZERO WIDTH NO-BREAK SPACE}")
    assert title_of(marked, "windows-1251") == RUSSIAN


@given(st.binary(max_size=300), st.text(max_size=20))
def test_whatever_bytes_become_utf8_with_one_declaration_in_a_line_of_its_own(content: bytes, charset: str) -> None:
    head, end, _ = in_utf8(content, charset).partition(b"\n")
    assert (head, end) == (b"<?xml version='1.0' encoding='utf-8'?>", b"\n")
    in_utf8(content, charset).decode("utf-8")


def test_no_second_declaration_is_believed() -> None:
    hidden = "<rss version='2.0'><channel><item><title>t</title></item></channel></rss>".encode("utf-7")
    content = b"<?xml version='1.0'?><?x encoding='utf-7'?>" + hidden.replace(b"<", b"+ADw-").replace(b">", b"+AD4-")
    assert in_utf8(content).endswith(content.removeprefix(b"<?xml version='1.0'?>"))
