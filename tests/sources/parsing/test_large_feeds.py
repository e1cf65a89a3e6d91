"""Large feeds are read as feedparser reads them, or by feedparser."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import feedparser
import pytest

from dailypapers.sources.parsing.large_feeds import FEW, SAMPLE, read_large
from dailypapers.sources.parsing.syndication import bodies, creators, parse, terms, text

HEAD = (
    "<?xml version='1.0' encoding='UTF-8'?><rss xmlns:dc='http://purl.org/dc/elements/1.1/' version='2.0'>"
    "<channel><title>A journal</title><link>https://j.example/</link>"
)
PLAIN = (
    "<item><title> On {n} &amp; <![CDATA[a < b]]> “naïve” cafÃ© \u0093x\u0094 &lt;i&gt;y&lt;/i&gt;</title>"
    "<link>https://j.example/{n}?v=1</link><guid isPermaLink='false'>doi:10.1000/{n}</guid>"
    "<description>&lt;p&gt;Of {n}.&lt;/p&gt; <!-- none -->More.</description>"
    "<category domain='x'>cs.LG</category><category>stat.ML</category><category>cs.LG</category>"
    "<dc:creator>Ann Lee</dc:creator><dc:creator>Bo Öz</dc:creator><dc:rights>CC0</dc:rights>"
    "<pubDate>Mon, 20 Apr 2026 00:00:00 -0400</pubDate></item>"
)


def feed(*odd: str, count: int = FEW) -> bytes:
    return (HEAD + "".join([*(PLAIN.format(n=n) for n in range(count)), *odd]) + "</channel></rss>").encode()


def by_feedparser(content: bytes) -> Sequence[Mapping[str, Any]]:
    entries: Sequence[Mapping[str, Any]] = feedparser.parse(
        BytesIO(content), sanitize_html=False, resolve_relative_uris=False
    ).entries
    return entries


def used(entry: Mapping[str, Any]) -> list[object]:
    fields = [text(entry, *names) for names in (("title",), ("link",), ("id", "guid"), ("summary", "description"))]
    return [*fields, bodies(entry), terms(entry), creators(entry), entry.get("published_parsed")]


def test_a_plain_feed_is_read_as_feedparser_reads_it() -> None:
    samples: list[int] = []

    def counted(content: bytes) -> Sequence[Mapping[str, Any]]:
        samples.append(len(by_feedparser(content)))
        return by_feedparser(content)

    entries = read_large(feed(), counted)
    assert samples == [SAMPLE]
    assert [used(entry) for entry in entries] == [used(entry) for entry in by_feedparser(feed())]
    assert entries[7]["title"] == "On 7 & a < b “naïve” cafÃ© “x” <i>y</i>"
    whole = parse(feed())
    assert (whole.title, len(whole.entries), whole.flaw) == ("A journal", FEW, "")


@pytest.mark.parametrize(
    "odd",
    [
        PLAIN.replace("<![CDATA[a < b]]>", "<b>x</b>"),
        PLAIN.replace("<dc:rights>CC0</dc:rights>", "<description>Another.</description>"),
        PLAIN.replace("dc:rights", "dc:subject"),
        PLAIN.replace("Bo Öz", "bo@j.example (Bo)"),
        PLAIN.replace("?v=1", "?v=1&amp;w=2"),
        PLAIN.replace("https://j.example/{n}?v=1", "/{n}"),
        PLAIN.replace(" isPermaLink='false'", ""),
        PLAIN.replace("<title>", "<title type='html'>"),
        "<image><item/></image>",
        "<item>",
    ],
)
def test_a_feed_with_anything_unusual_is_left_to_feedparser(odd: str) -> None:
    assert read_large(feed(odd), by_feedparser) == ()


def test_small_feeds_and_those_with_a_dtd_are_left_to_feedparser() -> None:
    assert read_large(feed(count=FEW - 1), by_feedparser) == ()
    assert read_large(feed().replace(b"<rss", b"<!DOCTYPE rss><rss", 1), by_feedparser) == ()
    assert read_large(feed().replace(b"<rss", b"<feed", 1).replace(b"</rss", b"</feed"), by_feedparser) == ()


def test_where_feedparser_reads_the_sample_otherwise_it_reads_all() -> None:
    assert read_large(feed(), lambda content: by_feedparser(content)[:-1]) == ()
    assert (
        read_large(feed(), lambda content: [{**each, "prism_doi": "10.1000/x"} for each in by_feedparser(content)])
        == ()
    )
