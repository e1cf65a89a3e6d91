"""Atom feeds (RFC 4287)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from dailypapers.domain.text import valid_xml
from dailypapers.rendering.text import one_line, safe_url


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry: `id` never changes and never names two entries; the summary is HTML, escaped by who made it."""

    id: str
    title: str
    url: str
    updated: dt.datetime
    published: dt.datetime | None = None
    authors: tuple[str, ...] = ()
    summary_html: str = ""


def atom_feed(
    *,
    id: str,  # noqa: A002 - the element's own name
    title: str,
    url: str,
    self_url: str,
    updated: dt.datetime,
    entries: Sequence[FeedEntry],
) -> str:
    """Return the feed as XML, in the order of the entries; moments must be aware.

    `url` is the page the feed belongs to, `self_url` its own address. An address that is none of the web is left out.
    """
    feed = Element("feed", xmlns="http://www.w3.org/2005/Atom")
    _head(feed, id, title, updated)
    # An entry may have no author; the feed then needs one (4.1.1).
    _text(SubElement(feed, "author"), "name", one_line(title) or "?")
    _link(feed, url, rel="alternate", type="text/html")
    _link(feed, self_url, rel="self", type="application/atom+xml")
    for entry in entries:
        _entry(SubElement(feed, "entry"), entry)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(feed, encoding="unicode") + "\n"


def _entry(element: Element, entry: FeedEntry) -> None:
    _head(element, entry.id, entry.title, entry.updated)
    if entry.published:
        _text(element, "published", moment(entry.published))
    for name in entry.authors:
        if one_line(name):
            _text(SubElement(element, "author"), "name", one_line(name))
    linked = _link(element, entry.url, rel="alternate", type="text/html")
    # An entry that links nowhere must hold its content (4.1.2).
    _text(element, "summary" if linked else "content", entry.summary_html, type="html")


def _head(element: Element, name: str, title: str, updated: dt.datetime) -> None:
    _text(element, "id", name)
    _text(element, "title", one_line(title))
    _text(element, "updated", moment(updated))


def _text(element: Element, tag: str, text: str, **attributes: str) -> None:
    SubElement(element, tag, attributes).text = valid_xml(text)


def _link(element: Element, url: str, **attributes: str) -> bool:
    safe = safe_url(valid_xml(url))
    if safe:
        SubElement(element, "link", {"href": safe, **attributes})
    return bool(safe)


def moment(at: dt.datetime) -> str:
    """Write a moment as RFC 3339 has it, in UTC. Raises `ValueError` where it has no zone."""
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be written")
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
