"""Any RSS, Atom or RDF feed: bioRxiv, a journal, a working paper series, a group's own page.

Knows where publishers hide a DOI and how they write authors. Ignores the feed's own idea of what is new.
"""

import asyncio
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urljoin

from dailypapers.domain.doi import find_in_address
from dailypapers.domain.paper import Paper, PaperId, page_of
from dailypapers.domain.source import Announcement, Checkpoint, Fetched, Skipped
from dailypapers.errors import BadPaperId, FetchFailed
from dailypapers.sources.base import Reading, fetched
from dailypapers.sources.http.client import Http
from dailypapers.sources.parsing.cleaning import clean, clean_authors, web_address
from dailypapers.sources.parsing.syndication import Entry, creators, parse, terms, text

_DOI_FIELDS = ("prism_doi", "dc_identifier", "id", "guid", "link", "prism_url")
_ARXIV_LINK = re.compile(r"arxiv\.org/(?:abs|pdf|html)/[^\s?#]+|oai:arxiv\.org:\S+", re.IGNORECASE)
# “Nature, Published online: 18 July 2024; doi:10.1038/…” is no abstract.
_IMPRINT = re.compile(r"^[^.;]{0,80}, Published online: [^;]{4,30}; doi:\s?\S+\s*")
_MAX_CATEGORIES = 20


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed by its address."""

    name: str
    url: str

    async def fetch(self, http: Http, since: Checkpoint | None, *, now: dt.datetime) -> Fetched:
        """Ask for the feed. Raises `FetchFailed` where it does not answer or is none."""
        response = await http.get(self.url, since=since)
        if response.not_modified:
            return fetched(Reading(), {self.url: response}, since=since)
        reading = await asyncio.to_thread(read_feed, response.content, url=self.url, day=now.date(), source=self.name)
        remembered = response.forgotten() if reading.remarks else response
        return fetched(reading, {self.url: remembered}, since=since)


def read_feed(content: bytes, *, url: str, day: dt.date, source: str = "feed") -> Reading:
    """Read a feed fetched from `url`. Raises `FetchFailed` where the bytes are none."""
    try:
        feed = parse(content)
    except FetchFailed as error:
        raise FetchFailed(f"The feed {url} cannot be used: {error}.") from error
    announcements: list[Announcement] = []
    skipped: list[Skipped] = []
    for number, entry in enumerate(feed.entries, 1):
        try:
            announcements.append(_announcement(entry, url=url, day=day, source=source))
        except _Unreadable as error:
            skipped.append(Skipped(f"{source} item {number}", str(error)))
    remarks = (f"Its XML is broken ({feed.flaw}); items may be missing",) if feed.flaw else ()
    return Reading(tuple(announcements), tuple(skipped), remarks)


class _Unreadable(ValueError):
    """An entry that is no paper; the message says why."""


def _announcement(entry: Entry, *, url: str, day: dt.date, source: str) -> Announcement:
    title = clean(text(entry, "title", "dc_title"))
    if not title:
        raise _Unreadable("It has no title.")
    link = _link(entry, url)
    names = tuple(dict.fromkeys(_names(entry, link)))
    if not names:
        raise _Unreadable(f"“{title[:80]}” has neither a link nor a DOI.")
    (id_, version), others = names[0], tuple(name for name, _ in names[1:] if name.scheme != "url")
    paper = Paper(
        id=id_,
        title=title,
        abstract=_abstract(entry, title),
        authors=_authors(entry),
        categories=tuple(category for term in terms(entry)[:_MAX_CATEGORIES] if (category := clean(term))),
        url=link or page_of(id_),
        published=_published(entry),
        also=tuple(name for name in dict.fromkeys(others) if name != id_),
    )
    return Announcement(paper, source, day, version=version)


def _link(entry: Entry, base: str) -> str:
    for candidate in (text(entry, "link"), text(entry, "id"), text(entry, "prism_url")):
        if candidate and (address := web_address(_joined(base, candidate))):
            return address
    return ""


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link) if "://" in link or link.startswith(("/", "?")) or "/" in link else ""
    except ValueError:
        return ""


def _names(entry: Entry, link: str) -> Iterator[tuple[PaperId, int | None]]:
    for field in (*_DOI_FIELDS,):
        value = unquote(text(entry, field))
        yield from _arxiv_in(value)
        yield from _doi_in(value)
    if link:
        yield PaperId("url", link), None


def _arxiv_in(value: str) -> Iterator[tuple[PaperId, int | None]]:
    if link := _ARXIV_LINK.search(value):
        try:
            yield PaperId.parse_version(link[0])
        except BadPaperId:
            return


def _doi_in(value: str) -> Iterator[tuple[PaperId, int | None]]:
    doi, version = find_in_address(value)
    try:
        yield PaperId.parse(doi), version
    except BadPaperId:
        return


def _abstract(entry: Entry, title: str) -> str:
    contents = entry.get("content") or ()
    bodies = [text(entry, "summary", "description"), *(text(c, "value") for c in contents if isinstance(c, dict))]
    abstract = next((cleaned for body in bodies if (cleaned := _IMPRINT.sub("", clean(body)))), "")
    return "" if abstract.casefold() == title.casefold() else abstract


def _authors(entry: Entry) -> tuple[str, ...]:
    listed = creators(entry)
    if len(listed) == 1:
        return clean_authors(listed[0])
    return tuple(name for name in map(clean, listed) if name)


def _published(entry: Entry) -> dt.date | None:
    moment = entry.get("published_parsed") or entry.get("updated_parsed")
    try:
        return dt.date(*moment[:3]) if moment else None
    except (ValueError, TypeError):
        return None
