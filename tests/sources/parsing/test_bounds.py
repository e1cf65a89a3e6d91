"""Feeds made to keep the parser busy are refused before it sees them, in a time that grows with their bytes alone."""

import time

import pytest

from dailypapers.errors import FetchFailed
from dailypapers.sources.parsing.bounds import MAX_ATTRIBUTES, MAX_DEPTH, check_shape, checked_xml
from dailypapers.sources.parsing.syndication import parse

HEAD, TAIL = "<rss version='2.0'><channel><title>t</title>", "</channel></rss>"
ITEM = "<item><title>A</title><link>https://example.org/a</link></item>"


def with_attributes(count: int, declaration: str = "xmlns:a{0}='u{0}'") -> str:
    return f"{HEAD}<item {' '.join(declaration.format(number) for number in range(count))}/>{ITEM}{TAIL}"


def nested(depth: int, name: str = "b") -> str:
    return f"{HEAD}<item>{f'<{name}>' * depth}x{f'</{name}>' * depth}</item>{ITEM}{TAIL}"


@pytest.mark.parametrize(
    ("feed", "why"),
    [
        (with_attributes(50_000, "a{0}='x'"), "250 attributes"),
        (with_attributes(20_000), "250 attributes"),
        (with_attributes(1_000_000, "a{0}='x'"), "longer than any"),
        (nested(100_000), "250 deep"),
        (nested(40_000, "item"), "250 deep"),
        (HEAD + "<i>" * 250_000, "250 deep"),
        (HEAD + "<b>&nosuch;" * 200_000, "large and its XML is broken"),
        (HEAD + "&" * 300_000, "large and its XML is broken"),
        ("<?xml version='1.0'" + " encoding='utf-8'" * 100_000 + "<rss/>", "before its first element"),
        (
            f"{HEAD}<item>{''.join(f'<category>{n}</category>' for n in range(20_000))}</item>{TAIL}",
            "more others than any",
        ),
        ("<rss><channel>" + "<item><title>x</title></item>" * 31_000 + "&", "large and its XML is broken"),
        ("<!DOCTYPE a" * 50_000 + HEAD + TAIL, "before its first element"),
        ("\n<!DOCTYPE a" * 50_000 + HEAD + TAIL, "before its first element"),
        (f"{HEAD}<title>{'&#65;' * 2_000_001}</title>{TAIL}", "character references"),
    ],
    ids=[
        "attributes",
        "namespaces",
        "a long tag",
        "nested",
        "nested items",
        "never closed",
        "tags",
        "ampersands",
        "declarations",
        "categories",
        "broken entries",
        "DTDs",
        "DTDs in lines",
        "references",
    ],
)
def test_markup_made_to_keep_the_parser_busy_is_refused_at_once(feed: str, why: str) -> None:
    started = time.process_time()
    with pytest.raises(FetchFailed, match=why):
        parse(feed.encode())
    assert time.process_time() - started < 2


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "cp037", "shift_jis"])
def test_no_encoding_hides_markup_from_the_look(encoding: str) -> None:
    feed = f"<?xml version='1.0' encoding='{encoding}'?>" + with_attributes(5_000, "a{0}='x'")
    with pytest.raises(FetchFailed, match=r"attributes|not an RSS"):
        parse(feed.encode(encoding))


def test_a_dtd_hides_nothing() -> None:
    with pytest.raises(FetchFailed, match="attributes"):
        parse(b"<!DOCTYPE rss [<!ELEMENT nonsense]>" + with_attributes(5_000, "a{0}='x'").encode())


def test_neither_long_texts_nor_what_lies_across_pieces_are_taken_for_long_tags() -> None:
    for length in range(999_900, 1_000_000, 7):
        check_shape(f"{HEAD}<item><title>{'x' * length}</title>{ITEM * 20_000}</item>{TAIL}".encode())
    check_shape(f"{HEAD}<item a='{'x' * 900_000}'>{ITEM * 20_000}</item>{TAIL}".encode())


def test_a_feed_may_begin_with_any_number_of_blank_lines() -> None:
    started = time.process_time()
    feed = parse(f"<?xml version='1.0'?>{chr(10) * 200_000}<!-- by hand -->{HEAD}{ITEM}{TAIL}".encode())
    assert (len(feed.entries), feed.flaw) == (1, "")
    assert time.process_time() - started < 2


def test_what_is_within_bounds_is_read() -> None:
    check_shape(nested(MAX_DEPTH - 3).encode())
    check_shape(with_attributes(MAX_ATTRIBUTES).encode())
    assert len(parse(with_attributes(100, "a{0}='x'").encode()).entries) == 2


@pytest.mark.parametrize("encoding", ["bogus", "shift_jis", "utf-7", "\N{SNOWMAN}"])
def test_xml_in_an_encoding_that_the_parser_does_not_know_is_refused_with_a_sentence(encoding: str) -> None:
    with pytest.raises(FetchFailed, match=r"^it is not valid XML"):
        checked_xml(f"<?xml version='1.0' encoding='{encoding}'?><opml/>".encode(), "it")
