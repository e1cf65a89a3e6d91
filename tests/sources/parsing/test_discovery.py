"""A web page names its feeds."""

import pytest

from dailypapers.sources.parsing.discovery import feeds_of

URL = "https://group.example/papers/"


def test_feeds_are_found_in_their_order_and_made_absolute() -> None:
    page = b"""<html><head><link rel="stylesheet" href="/x.css">
    <link rel="Alternate" type="application/rss+xml" href="/rss">
    <LINK REL='alternate feed' TYPE='application/atom+xml' HREF='atom.xml'><link rel=alternate type=text/html href=/de>
    <link rel="alternate" type="application/feed+json" href="//cdn.example/feed.json">
    <link rel="alternate" type="application/rss+xml" href="/rss"></head>"""
    assert feeds_of(page, URL) == (
        "https://group.example/rss",
        "https://group.example/papers/atom.xml",
        "https://cdn.example/feed.json",
    )


def test_feeds_of_comments_come_last() -> None:
    link = b"<link rel=alternate type='application/rss+xml' href="
    page = link + b"/comments/feed/>" + link + b"/feed/>"
    assert feeds_of(page, URL) == ("https://group.example/feed/", "https://group.example/comments/feed/")


def test_a_base_is_heeded_and_what_is_no_address_of_the_web_is_left_out() -> None:
    link = b"<link rel=alternate type='application/rss+xml' href="
    page = b"<base href='https://other.example/'>" + b"".join(
        link + href + b">" for href in (b"feed", b"javascript:x", b"file:///etc/passwd", b"'http://['")
    )
    assert feeds_of(page, URL) == ("https://other.example/feed",)


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="feed" href="/feed">',
        '<link rel="alternate" type="application/rss+xml; charset=utf-8" href="/feed">',
        '<link rel="alternate" type="application/atom+xml" href="feed://group.example/feed">',
    ],
)
def test_a_feed_may_be_named_in_other_ways(link: str) -> None:
    assert feeds_of(link.encode(), URL) == ("https://group.example/feed",)


@pytest.mark.parametrize(
    ("links", "urls"),
    [
        ('<link rel="alternate" type="text/xml" href="/feed"><a href="/rss.xml">', ("https://group.example/feed",)),
        ('<a href="/x" type="application/rss+xml">', ("https://group.example/x",)),
        ('<a href="/feedback.php"><a href="/rss_new.xml"><a href="/">', ("https://group.example/rss_new.xml",)),
        ('<a href="/action?type=etoc&amp;feed=rss">', ("https://group.example/action?type=etoc&feed=rss",)),
        ('<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">', ()),
        ('<link rel="alternate" type="application/json+oembed" href="/oembed"><link type="text/xml" href="/x">', ()),
    ],
)
def test_where_none_is_named_a_link_within_the_page_may_do(links: str, urls: tuple[str, ...]) -> None:
    assert feeds_of(links.encode(), URL, guess=True) == urls
    assert feeds_of(links.encode(), URL) == ()


@pytest.mark.parametrize("page", [b"", b"\xff\xfe<", b"<!" * 100_000, b"<link " * 50_000])
def test_other_bytes_name_none(page: bytes) -> None:
    assert feeds_of(page, URL) == ()
