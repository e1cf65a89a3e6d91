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


@pytest.mark.parametrize(
    "author",
    [
        "<author>ann@lab.science (Ann Lee)</author>",
        "<author>ann@lab.org (Ann Lee)</author>",
        "<dc:creator>Ann Lee &lt;ann@lab.institute&gt;</dc:creator>",
        "<dc:creator>Ann Lee (ann@lab.museum)</dc:creator>",
        "<author>ann@lab.science</author><dc:creator>Ann Lee</dc:creator>",
    ],
)
def test_an_address_is_no_part_of_a_name(author: str) -> None:
    feed = parse(RSS.replace(b"<dc:creator>Ann Lee</dc:creator>", author.encode()))
    assert creators(feed.entries[0])[-1] == "Ann Lee"


def test_addresses_in_a_list_of_names_are_left_out() -> None:
    names = b"<dc:creator>Ann Lee &lt;a@lab.institute&gt;, Bo Roy &lt;b@lab.museum&gt;</dc:creator>"
    feed = parse(RSS.replace(b"<dc:creator>Ann Lee</dc:creator>", names))
    assert creators(feed.entries[0]) == ("Ann Lee, Bo Roy",)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "but empty"),
        (b" \n", "but empty"),
        (b"%PDF-1.7 x", "but a PDF"),
        (b"\x89PNG\r\n", "but a picture"),
        (b"<!DOCTYPE html><p>x", "but a web page"),
        (b"<?xml version='1.0'?><opml version='2.0'><body/></opml>", r"but a list of feeds \(OPML\)"),
        (b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>", "but a site map"),
        (b"hello", "feed$"),
    ],
)
def test_what_is_no_feed_is_said_to_be_what_it_is(content: bytes, why: str) -> None:
    with pytest.raises(FetchFailed, match=f"it is not an RSS, Atom or RDF feed ?{why}" if why[0] == "b" else why):
        parse(content)


@pytest.mark.parametrize("author", ["a." * 100_000, "a." * 100_000 + "@example.org", "a@" * 100_000])
def test_an_author_made_to_keep_the_parser_busy_is_a_name(author: str) -> None:
    item = f"<item><title>A</title><link>https://example.org/a</link><author>{author}</author></item>"
    started = time.process_time()
    (entry,) = parse(f"<rss version='2.0'><channel>{item}</channel></rss>".encode()).entries
    assert time.process_time() - started < 2
    assert len(creators(entry)) <= 1
