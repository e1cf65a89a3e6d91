"""Feeds read from bytes, and what is no feed refused."""

import time

import pytest

from dailypapers.errors import FetchFailed
from dailypapers.sources.parsing.bounds import MAX_BYTES
from dailypapers.sources.parsing.syndication import creators, parse, terms, text

RSS = (
    b"<?xml version='1.0'?><rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>T</title>"
    b"<item><title> A  </title><category>x</category><category>x</category><category> y </category>"
    b"<dc:creator>Ann Lee</dc:creator></item></channel></rss>"
)
ATOM = (
    b"<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry><title>A</title>"
    b"<author><name>Ann Lee</name></author><author><name>Bob Roy</name></author></entry></feed>"
)


def test_an_entry_has_texts_terms_and_creators() -> None:
    feed = parse(RSS)
    (entry,) = feed.entries
    assert (feed.title, feed.flaw, text(entry, "nothing", "title")) == ("T", "", "A")
    assert terms(entry) == ("x", "y")
    assert creators(entry) == ("Ann Lee",)
    assert creators(parse(ATOM).entries[0]) == ("Ann Lee", "Bob Roy")


def test_an_entry_without_anything_gives_nothing() -> None:
    assert (text({}, "title"), terms({}), creators({})) == ("", (), ())
    assert text({"title": 5, "other": " "}, "title", "other") == ""


def test_a_broken_feed_gives_what_came_before_the_break_and_says_so() -> None:
    feed = parse(RSS.replace(b"</channel></rss>", b"<item><title>B</ti"))
    assert text(feed.entries[0], "title") == "A"
    assert feed.flaw


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not an RSS, Atom or RDF"),
        (b"<html><body>hello</body></html>", "not an RSS, Atom or RDF"),
        (b"x" * (MAX_BYTES + 1), "larger than 25 MB"),
        (b"<!DOCTYPE r [<!ENTITY a '&b;&b;'>]>" + RSS, "entities"),
        (b"<!DOCTYPE r [<!ENTITY a 'aaaaaaaaaaaaaaaaaaaaaaaaaa'>]>" + RSS, "entities"),
    ],
)
def test_what_is_no_feed_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(FetchFailed, match=why):
        parse(content)


def test_a_bomb_hidden_by_its_encoding_is_seen() -> None:
    bomb = "<!DOCTYPE r [<!ENTITY a '&b;&b;'>]><rss/>"
    with pytest.raises(FetchFailed, match="entities"):
        parse(bomb.encode("utf-16"))


def test_no_external_entity_is_fetched() -> None:
    content = b"<!DOCTYPE r [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + RSS.replace(b" A ", b"&a;")
    assert "root" not in str(parse(content))


def test_a_long_feed_without_an_end_takes_no_time() -> None:
    started = time.perf_counter()
    parse(RSS + b"<!ENTITY" * 100_000)
    assert time.perf_counter() - started < 10
