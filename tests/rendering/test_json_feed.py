"""A JSON feed says what is known, and nothing that is not."""

import datetime as dt
import json

import pytest

from dailypapers.rendering.atom import FeedEntry
from dailypapers.rendering.json_feed import json_feed

AT = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))


def fed(*entries: FeedEntry) -> dict[str, object]:
    feed = json_feed(title="Papers", url="https://p.example/", self_url="https://p.example/feed.json", entries=entries)
    loaded: dict[str, object] = json.loads(feed)
    return loaded


def test_a_feed_without_entries_is_a_feed() -> None:
    assert fed() == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Papers",
        "home_page_url": "https://p.example/",
        "feed_url": "https://p.example/feed.json",
        "items": [],
    }


def test_an_entry_has_its_moments_in_utc_and_only_what_is_known() -> None:
    full = FeedEntry("1", "A\ntitle", "https://p.example/1", AT, AT, ("Ann Lee", " "), "<p>x</p>")
    bare = FeedEntry("2", "B", "javascript:alert(1)", AT)
    assert fed(full, bare)["items"] == [
        {
            "id": "1",
            "url": "https://p.example/1",
            "title": "A title",
            "content_html": "<p>x</p>",
            "date_published": "2026-04-20T06:00:00Z",
            "date_modified": "2026-04-20T06:00:00Z",
            "authors": [{"name": "Ann Lee"}],
        },
        {"id": "2", "title": "B", "content_html": "", "date_modified": "2026-04-20T06:00:00Z"},
    ]


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        fed(FeedEntry("1", "A", "https://p.example/1", AT.replace(tzinfo=None)))
