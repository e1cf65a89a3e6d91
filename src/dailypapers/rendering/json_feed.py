"""JSON feeds (JSON Feed 1.1, https://www.jsonfeed.org/version/1.1/)."""

import json
from collections.abc import Sequence
from typing import Any

from dailypapers.rendering.atom import FeedEntry, moment
from dailypapers.rendering.text import one_line, safe_url


def json_feed(*, title: str, url: str, self_url: str, entries: Sequence[FeedEntry]) -> str:
    """Return the feed as JSON, in the order of the entries; moments must be aware.

    `url` is the page the feed belongs to, `self_url` its own address. An address that is none of the web is left out.
    """
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": one_line(title) or "?",
        "home_page_url": url,
        "feed_url": self_url,
        "items": [_item(entry) for entry in entries],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


def _item(entry: FeedEntry) -> dict[str, Any]:
    authors = [{"name": one_line(name)} for name in entry.authors if one_line(name)]
    item = {
        "id": entry.id,
        "url": safe_url(entry.url),
        "title": one_line(entry.title),
        "content_html": entry.summary_html,
        "date_published": moment(entry.published) if entry.published else None,
        "date_modified": moment(entry.updated),
        "authors": authors,
    }
    # An item must have content, be it empty (JSON Feed 1.1, "items").
    return {name: value for name, value in item.items() if value or name == "content_html"}
