"""JSON Feed, in both of its versions."""

import datetime as dt
import json
from typing import Any

import pytest

from dailypapers.errors import FetchFailed
from dailypapers.sources.feed import read_feed
from dailypapers.sources.parsing.jsonfeed import is_json

DAY = dt.date(2026, 4, 20)


def feed(*items: Any, version: str = "https://jsonfeed.org/version/1.1") -> bytes:
    return json.dumps({"version": version, "title": "A group's page", "items": items}).encode()


def test_an_item_becomes_a_paper() -> None:
    item = {
        "id": "1",
        "url": "https://group.example/1",
        "external_url": "https://doi.org/10.1000/x1",
        "title": "A <i>title</i>",
        "content_html": "<p>We show more.</p>",
        "authors": [{"name": "Ann Lee"}, {"name": "Bo Chen"}],
        "tags": ["graphs"],
        "date_published": "2026-04-17T10:00:00+02:00",
    }
    (announcement,) = read_feed(feed(item), url="https://group.example/feed.json", day=DAY).announcements
    paper = announcement.paper
    assert (str(paper.id), paper.title, paper.abstract) == ("doi:10.1000/x1", "A title", "We show more.")
    assert (paper.authors, paper.categories) == (("Ann Lee", "Bo Chen"), ("graphs",))
    assert paper.published == dt.date(2026, 4, 17)


def test_what_lacks_is_missing_and_odd_items_are_skipped() -> None:
    items = [{"id": "1", "url": "/a", "title": "A title", "author": {"name": "Ann Lee"}, "date_published": "soon"}, 7]
    reading = read_feed(feed(*items, version="https://jsonfeed.org/version/1"), url="https://group.example/", day=DAY)
    (announcement,) = reading.announcements
    assert (announcement.paper.url, announcement.paper.authors) == ("https://group.example/a", ("Ann Lee",))
    assert [item.why for item in reading.skipped] == ["It has no title."]


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"{}", "not a JSON Feed"), (b'\xef\xbb\xbf {"version": 7}', "not a JSON"), (b"{", "not valid")],
)
def test_other_json_is_refused(content: bytes, why: str) -> None:
    assert is_json(content)
    with pytest.raises(FetchFailed, match=why):
        read_feed(content, url="https://group.example/", day=DAY)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "iso-8859-1"])
def test_json_is_read_in_whatever_encoding_it_came(encoding: str) -> None:
    item = {"url": "https://example.org/a", "title": "Étude"}
    written = {"version": "https://jsonfeed.org/version/1.1", "items": [item]}
    content = json.dumps(written, ensure_ascii=False).encode(encoding)
    (announcement,) = read_feed(content, url="https://example.org", day=dt.date(2026, 4, 20)).announcements
    assert announcement.paper.title == "Étude"
