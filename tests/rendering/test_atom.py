import datetime as dt

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.rendering.atom import FeedEntry, atom_feed

MOMENT = dt.datetime(2026, 11, 23, 7, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))


def parsed(*entries: FeedEntry, title: str = "My picks") -> feedparser.FeedParserDict:
    text = atom_feed(
        id="urn:x:1",
        title=title,
        url="https://papers.example.org/",
        self_url="https://papers.example.org/feed/x.atom",
        updated=MOMENT,
        entries=entries,
    )
    found = feedparser.parse(text.encode())
    assert not found.bozo
    assert found.version == "atom10"
    return found


def test_a_feed_says_what_it_is_and_what_is_in_it() -> None:
    entry = FeedEntry(
        "urn:x:2",
        "A < B & C",
        "https://arxiv.org/abs/2401.00001?a=1&b=2",
        MOMENT,
        MOMENT,
        ("Ann Lee", "Bo Roy"),
        "<p>One &amp; two</p>",
    )
    found = parsed(entry)
    assert (found.feed.id, found.feed.title, found.feed.updated) == ("urn:x:1", "My picks", "2026-11-23T05:30:00Z")
    assert {link.rel: link.href for link in found.feed.links}["self"].endswith("/feed/x.atom")
    (read,) = found.entries
    assert (read.id, read.title) == ("urn:x:2", "A < B & C")
    assert read.link == "https://arxiv.org/abs/2401.00001?a=1&b=2"
    assert [author.name for author in read.authors] == ["Ann Lee", "Bo Roy"]
    assert read.summary == "<p>One &amp; two</p>"
    assert read.published == "2026-11-23T05:30:00Z"


def test_an_entry_whose_address_is_no_web_address_links_nowhere() -> None:
    found = parsed(FeedEntry("urn:x:2", "T", "javascript:alert(1)", MOMENT, summary_html="text"))
    assert "links" not in found.entries[0]
    assert found.entries[0].content[0].value == "text"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        parsed(FeedEntry("urn:x:2", "T", "", dt.datetime(2026, 1, 1)))  # noqa: DTZ001


@given(st.text(), st.text(), st.text(), st.text())
def test_foreign_text_leaves_the_feed_well_formed(title: str, url: str, author: str, summary: str) -> None:
    found = parsed(FeedEntry("urn:x:2", title, url, MOMENT, MOMENT, (author,), summary), title=title)
    assert len(found.entries) == 1
