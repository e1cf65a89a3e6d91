"""JSON Feed (https://www.jsonfeed.org/version/1.1/) as entries like those of other feeds."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from dailypapers.errors import FetchFailed
from dailypapers.sources.parsing.records import items, record, text, texts

#: Byte order marks, and zeros of encodings of several bytes a character.
_NO_TEXT = b"\xef\xbb\xbf\xff\xfe\0"


def is_json(content: bytes) -> bool:
    """Whether the bytes may be a JSON Feed: they begin with a brace."""
    return content[:100].translate(None, _NO_TEXT).lstrip().startswith(b"{")


def entries_of(content: str) -> tuple[str, tuple[Mapping[str, Any], ...]]:
    """Read a feed's title and its entries. Raises `FetchFailed` where the JSON is no feed."""
    try:
        feed = record(json.loads(content))
    except (ValueError, RecursionError) as error:
        raise FetchFailed("its JSON is not valid") from error
    if "jsonfeed.org/version/" not in text(feed, "version"):
        raise FetchFailed("it is JSON, but not a JSON Feed")
    return text(feed, "title"), tuple(_entry(record(item)) for item in items(feed, "items"))


def _entry(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give an item the names that feedparser gives fields; `external_url` is what the item is about."""
    bodies = [
        {"type": kind, "value": value}
        for kind, name in (("text/html", "content_html"), ("text/plain", "content_text"))
        if (value := text(item, name))
    ]
    authors = [record(each) for each in items(item, "authors")] or [record(item, "author")]
    return {
        "id": text(item, "id"),
        "link": text(item, "external_url") or text(item, "url"),
        "title": text(item, "title"),
        "summary": text(item, "summary"),
        "content": bodies,
        "authors": [{"name": name} for author in authors if (name := text(author, "name"))],
        "tags": [{"term": term} for term in texts(item, "tags")],
        "published_parsed": _moment(text(item, "date_published") or text(item, "date_modified")),
    }


def _moment(written: str) -> tuple[int, ...] | None:
    try:
        return tuple(dt.datetime.fromisoformat(written).timetuple())
    except ValueError:
        return None
