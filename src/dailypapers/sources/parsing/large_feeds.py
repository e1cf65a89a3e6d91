"""Large RSS feeds of a plain shape, read by expat: five times as fast as feedparser, and only where both agree.

    shape | entries | a sample of them by feedparser as well | the same: all entries · otherwise: none

A feed that holds anything unusual is none of ours, and is left to feedparser as a whole. So there is one truth about
feeds, and this is a shorter way to it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree as ET

from feedparser.datetimes import _parse_date

#: Feeds with fewer entries are read fast enough, and entries that feedparser reads as well.
FEW, SAMPLE = 200, 25
_DC, _ARXIV = "{http://purl.org/dc/elements/1.1/}", "{http://arxiv.org/schemas/atom}"
# Namespaces it does not know feedparser calls by the prefix that is written.
ET.register_namespace("arxiv", _ARXIV[1:-1])
#: What an entry may hold once, by the name feedparser gives it; and what is of no use to us.
_ONCE = {
    "title": "title",
    "link": "link",
    "description": "summary",
    "guid": "id",
    "pubDate": "published",
    f"{_ARXIV}announce_type": "arxiv_announce_type",
    f"{_ARXIV}DOI": "arxiv_doi",
}
_NEEDLESS = frozenset((f"{_DC}rights", f"{_ARXIV}journal_reference", "comments"))
_ATTRIBUTES = {"guid": {"isPermaLink"}, "category": {"domain"}}
#: Addresses in which nothing is left to be resolved, mended or read.
_ADDRESS = re.compile(r"https?://[\w.-]+/[!-%'-:<-~]*", re.ASCII)
#: What Windows-1252 has in the place of control characters.
_WINDOWS = {
    code: bytes([code]).decode("cp1252") for code in range(0x80, 0xA0) if code not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}

Entry = dict[str, Any]


class _UnusualError(Exception):
    """The feed is not of the plain shape."""


def read_large(content: bytes, by_feedparser: Callable[[bytes], Sequence[Mapping[str, Any]]]) -> tuple[Entry, ...]:
    """Return the entries of a large RSS feed in UTF-8; none where it is small, unusual or not well-formed.

    `by_feedparser` reads the feed less all entries but a sample.
    """
    if content.count(b"<item") < FEW or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        return ()
    try:
        root = ET.fromstring(content)  # noqa: S314 - it was looked at, and expat asks for nothing
        channel, items = _items(root)
        entries = tuple(_entry(item) for item in items)
    except (ET.ParseError, _UnusualError):
        return ()
    places = sorted({number * (len(items) - 1) // (SAMPLE - 1) for number in range(SAMPLE)})
    others = [element for element in channel if element.tag != "item"]
    channel[:] = [*others, *(items[place] for place in places)]
    sample = by_feedparser(ET.tostring(root))
    agrees = [_essence(entry) for entry in sample] == [_essence(entries[place]) for place in places]
    return entries if agrees else ()


def _items(root: ET.Element) -> tuple[ET.Element, list[ET.Element]]:
    if root.tag != "rss" or len(root) != 1 or root[0].tag != "channel":
        raise _UnusualError
    items = root[0].findall("item")
    if sum(1 for element in root.iter() if element.tag.rpartition("}")[2].lower() in {"item", "entry"}) != len(items):
        raise _UnusualError
    return root[0], items


def _entry(item: ET.Element) -> Entry:
    entry: Entry = {"tags": [], "authors": []}
    for element in item:
        tag, text = element.tag, _text(element)
        if name := _ONCE.get(tag):
            if name in entry:
                raise _UnusualError
            entry[name] = text
        elif tag == "category":
            entry["tags"].append({"term": text})
        elif tag == f"{_DC}creator" and "@" not in text:
            entry["authors"].append({"name": text})
        elif tag not in _NEEDLESS:
            raise _UnusualError
    _require_address(item, entry)
    entry["published_parsed"] = _date(entry.get("published", ""))
    return entry


def _require_address(item: ET.Element, entry: Entry) -> None:
    guid = item.find("guid")
    is_link = guid is not None and guid.get("isPermaLink", "true") != "false"
    addresses = [entry.get("link", ""), *([entry["id"]] if is_link else [])]
    if not all(map(_ADDRESS.fullmatch, addresses)):
        raise _UnusualError


def _text(element: ET.Element) -> str:
    if len(element) or (element.attrib and not element.attrib.keys() <= _ATTRIBUTES.get(element.tag, set())):
        raise _UnusualError
    text = (element.text or "").strip()
    if text.isascii():
        return text
    # As feedparser does: UTF-8 that was taken for Latin-1, and Windows-1252 that was.
    with suppress(UnicodeEncodeError, UnicodeDecodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    return text.translate(_WINDOWS)


@lru_cache(maxsize=1000)
def _date(written: str) -> Any:
    return _parse_date(written) if written else None


def _essence(entry: Mapping[str, Any]) -> tuple[object, ...]:
    """Return all that is used of an entry."""
    return (*(entry.get(name) or "" for name in _KEYS), *_listed(entry))


#: Every field that is read of an entry: those which only feedparser fills must be empty.
_KEYS = (
    *_ONCE.values(),
    "dc_title",
    "dc_identifier",
    "dc_description",
    "prism_url",
    "prism_doi",
    "prism_teaser",
    "content",
)


def _listed(entry: Mapping[str, Any]) -> Iterator[object]:
    yield list(dict.fromkeys(tag.get("term") for tag in entry.get("tags") or () if tag.get("term")))
    yield [author.get("name") for author in entry.get("authors") or () if author.get("name")]
    published = entry.get("published_parsed")
    yield tuple(published[:6]) if published else None
