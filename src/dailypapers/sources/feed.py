"""Any RSS, Atom or RDF feed: bioRxiv, a journal, a working paper series, a group's own page.

Knows where publishers hide a DOI and how they write authors. Ignores the feed's own idea of what is new.
"""

import asyncio
import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote, urljoin

from dailypapers.domain.doi import find_in_address
from dailypapers.domain.paper import Paper, PaperId, page_of
from dailypapers.domain.source import Announcement, Checkpoint, Fetched, Skipped
from dailypapers.errors import BadPaperId, FetchFailed
from dailypapers.sources.base import Reading, fetched, id_of_title
from dailypapers.sources.http.client import Http, Response, shown, without_password
from dailypapers.sources.parsing.bounds import MAX_BYTES
from dailypapers.sources.parsing.cleaning import authors_on_lines, clean, clean_authors, clean_blocks, web_address
from dailypapers.sources.parsing.discovery import feeds_of
from dailypapers.sources.parsing.imprint import Described, described
from dailypapers.sources.parsing.syndication import Entry, bodies, creators, is_plain, parse, terms, text

_DOI_FIELDS = ("prism_doi", "dc_identifier", "id", "guid", "link", "prism_url")
_ARXIV_LINK = re.compile(r"arxiv\.org/(?:abs|pdf|html)/[^\s?#]+|oai:arxiv\.org:\S+", re.IGNORECASE)
_ARXIV_ERROR = re.compile(r"https?://(?:export\.)?arxiv\.org/api/errors\b")
# What journals and archives write before a title: “[ASAP] …”, “[hal-04512345] …”, “Sensors, Vol. 26, Pages 1234: …”.
_BEFORE_TITLE = re.compile(r"\[(?:ASAP|[a-z]{3,12}-\d{6,9})\]\s+|[A-Z][\w&, -]{0,80}, Vol\. \d+, Pages? [\w-]+: ")
#: “… -- by Ann Lee, Bob Roy”, behind each title of NBER's.
_SIGNED = re.compile(r"\s[–—]\sby\s(?=[^\W\d_a-z])([^–—:?!]{3,2000})$")
#: Addresses that need not be joined to another, and in which nothing is left to be mended.
_PLAIN_ADDRESS = re.compile(r"https?://[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+/[\w/%~:=&,()@+-]*(?:\.[\w-]+)*", re.ASCII)
#: What a feed adds to an address to count who follows it. It may change from day to day; the paper does not.
_TRACKING = re.compile(
    r"(?:utm_\w{1,20}|mtm_\w{1,20}|pk_\w{1,20}|[fg]clid|msclkid|mc_[ce]id|dgcid|af|rss|xtor|cmpid|casa_token|needAccess)="
    r"|(?:src|source|ref|via|feed|feature)=(?:rss|feed|atom)\w{0,20}(?:&|$)",
    re.IGNORECASE,
)
#: A link of a file's name alone is relative, as in a page; other words are none.
_FILE_NAME = re.compile(r"[\w.~%-]{1,200}\.[A-Za-z]{3,5}(?:[?#]\S*)?|#\S+", re.ASCII)
#: No scientific paper of the news was published before, and journals date an issue a few months ahead at most.
_FIRST_YEAR, _AHEAD = 1900, dt.timedelta(days=400)
#: What clocks say that nobody has set.
_UNSET = dt.date(1970, 1, 1)
#: Dates that the parser would read as others.
_DAY_WITH_STROKES = re.compile(r"\s*(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?!\d)")
#: Longer texts are articles, not abstracts.
_LONGEST_ABSTRACT = 8_000
_AUTHORS_ON_LINES = re.compile(
    r"(\b(?:Author\(s\)|Authors?)\s?:)[ \t]*\r?\n?((?:[ \t]*[^\s<:][^\n<:]{1,80}(?:\n|\Z)){2,200})"
)
_MAX_CATEGORIES = 20
#: A feed's title becomes a name in a table and in emails.
_LONGEST_TITLE = 60


#: Ids of one entry, the best first, each with the version it names.
_Named = tuple[tuple[PaperId, int | None], ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed by its address, or by that of a web page that names it."""

    zone = "UTC"

    name: str
    url: str

    async def fetch(self, http: Http, since: Checkpoint | None, *, now: dt.datetime) -> Fetched:
        """Ask for the feed. Raises `FetchFailed` where it does not answer or is none."""
        response = await http.get(self.url, since=since)
        if response.not_modified:
            return fetched(Reading(), {self.url: response}, since=since)
        try:
            reading = await self._read(response, day=now.date())
        except FetchFailed as error:
            return await self._fetch_feed_of(response, http, since, error=error, now=now)
        remembered = response.forgotten() if reading.remarks else response
        return fetched(reading, {self.url: remembered}, since=since)

    async def _fetch_feed_of(
        self, page: Response, http: Http, since: Checkpoint | None, *, error: FetchFailed, now: dt.datetime
    ) -> Fetched:
        """Ask for the feed that a web page names as its own; where it names none, raises the error of reading it."""
        url = next(iter(feeds_of(page.content, page.final_url)), "")
        if not url or url == self.url:
            raise error
        response = await http.get(url, since=since)
        reading = Reading() if response.not_modified else await self._read(response, day=now.date())
        return fetched(reading, {self.url: page.forgotten(), url: response}, since=since)

    async def _read(self, response: Response, *, day: dt.date) -> Reading:
        # Readers get the links, and never the password of a feed.
        url = without_password(response.final_url)
        return await asyncio.to_thread(
            read_feed, response.content, url=url, day=day, source=self.name, charset=response.charset
        )


@dataclass(frozen=True, slots=True)
class FeedLookup:
    """What an address leads to: a feed with its title, or a page that names feeds."""

    title: str = ""
    #: Addresses of feeds, the best first; the address itself where it is one.
    urls: tuple[str, ...] = ()


async def find_feeds(http: Http, url: str) -> FeedLookup:
    """Ask for an address that may be a feed's or a page's. Raises `FetchFailed` where it leads to none."""
    response = await http.get(url)
    try:
        feed = await asyncio.to_thread(parse, response.content, charset=response.charset)
    except FetchFailed as error:
        if urls := tuple(each for each in feeds_of(response.content, response.final_url, guess=True) if each != url):
            return FeedLookup(urls=urls)
        raise FetchFailed(f"The feed {shown(url)} cannot be used: {error}.") from error
    return FeedLookup(clean(feed.title)[:_LONGEST_TITLE], (url,))


def read_feed(
    content: bytes, *, url: str, day: dt.date, source: str = "feed", charset: str = "", max_bytes: int = MAX_BYTES
) -> Reading:
    """Read a feed fetched from `url`; `charset` is what the header of the answer says, if it does.

    Raises `FetchFailed` where the bytes are none, or more than `max_bytes`.
    """
    try:
        feed = parse(content, charset=charset, max_bytes=max_bytes)
    except FetchFailed as error:
        raise FetchFailed(f"The feed {url} cannot be used: {error}.") from error
    if error_text := next(filter(None, map(_error_of_arxiv, feed.entries)), ""):
        raise FetchFailed(f"The feed {url} cannot be used: arXiv says “{error_text}”.")
    announcements: list[Announcement] = []
    skipped: list[Skipped] = []
    links = [_link(entry, url) for entry in feed.entries]
    names = [tuple(_names(entry, link)) for entry, link in zip(feed.entries, links, strict=True)]
    context = _Context(day, source, feed.is_atom, _shared_names(feed.entries, names))
    stated: list[str] = []
    for number, (entry, link, own) in enumerate(zip(feed.entries, links, names, strict=True), 1):
        try:
            announcement, doi = _announcement(entry, link, own, context)
            announcements.append(announcement)
            stated.append(doi)
        except _Unreadable as error:
            skipped.append(Skipped(f"{source} item {number}", str(error)))
    remarks = (f"Its XML is broken ({feed.flaw}); items may be missing",) if feed.flaw else ()
    return Reading(tuple(_with_dois(announcements, stated)), tuple(skipped), remarks)


def _with_dois(announcements: Sequence[Announcement], stated: Sequence[str]) -> Iterator[Announcement]:
    """Name papers that have but an address by the DOI their imprint states, unless others state it too: an issue's.

    They keep the address as another name, by which they may be known from before.
    """
    times = Counter(stated)
    for announcement, doi in zip(announcements, stated, strict=True):
        paper = announcement.paper
        if paper.id.scheme not in {"url", "title"} or times[doi] > 1 or not (names := tuple(_doi_in(doi))):
            yield announcement
            continue
        (id_, version), *_ = names
        yield replace(announcement, paper=replace(paper, id=id_, also=(*paper.also, paper.id)), version=version)


def _error_of_arxiv(entry: Entry) -> str:
    """Read what arXiv's API writes as an entry where it has no answer: https://info.arxiv.org/help/api/user-manual.html."""
    return clean(text(entry, "summary"))[:200] or "Error" if _ARXIV_ERROR.match(text(entry, "id")) else ""


@dataclass(frozen=True, slots=True)
class _Context:
    """What an entry is read with: its feed's day and name, its format, and what is nobody's name."""

    day: dt.date
    source: str
    is_atom: bool
    shared: frozenset[PaperId]


def _shared_names(entries: Iterable[Entry], names: Iterable[_Named]) -> frozenset[PaperId]:
    """Find ids that several papers carry: the address of a journal's page, the DOI of an issue.

    A paper's own DOI may stand twice in a feed, under a first and a corrected title; not under three.
    """
    titles: dict[PaperId, set[str]] = {}
    for entry, own in zip(entries, names, strict=True):
        title = text(entry, "title", "dc_title").casefold()
        for name, _ in own:
            titles.setdefault(name, set()).add(title)
    return frozenset(name for name, said in titles.items() if len(said) > (1 if name.scheme == "url" else 2))


class _Unreadable(ValueError):
    """An entry that is no paper; the message says why."""


def _announcement(entry: Entry, link: str, own: _Named, context: _Context) -> tuple[Announcement, str]:
    """Read an entry, and which DOI its imprint states."""
    title, signed = _title(entry, context)
    names = tuple(dict.fromkeys(name for name in own if name[0] not in context.shared)) or (
        ((id_of_title(f"{title} {_without_tracking(link)}"), None),) if link else ()
    )
    if not names:
        raise _Unreadable(f"“{title[:80]}” has neither a link nor a DOI.")
    id_, version = names[0]
    others = tuple(name for name, _ in names[1:] if name.scheme != "url" or id_.scheme == "url")
    authors = _authors(entry) or signed
    about = _described(entry, title, authors, context)
    paper = Paper(
        id=id_,
        title=title,
        abstract=about.abstract,
        authors=authors or about.authors,
        categories=tuple(category for term in terms(entry)[:_MAX_CATEGORIES] if (category := clean(term))),
        url=_without_tracking(link) or page_of(id_),
        published=_published(entry, context.day),
        also=tuple(name for name in dict.fromkeys(others) if name != id_),
    )
    return Announcement(paper, context.source, context.day, version=version), about.doi


def _title(entry: Entry, context: _Context) -> tuple[str, tuple[str, ...]]:
    """Give the title, and the authors who sign behind it."""
    written = clean(text(entry, "title", "dc_title"), plain=context.is_atom and is_plain(entry, "title"))
    if not written:
        raise _Unreadable("It has no title.")
    if " by " in written and (match := _SIGNED.search(written)):
        signed = clean_authors(match[1])
        if signed and all(len(name.split()) > 1 for name in signed):
            return written[: match.start()], signed
    if not written.startswith("[") and ", Vol. " not in written:
        return written, ()
    return _BEFORE_TITLE.sub("", written, count=1) or written, ()


def _link(entry: Entry, base: str) -> str:
    for field in ("link", "id", "prism_url"):
        candidate = text(entry, field)
        if _PLAIN_ADDRESS.fullmatch(candidate):
            return candidate
        if candidate and (address := web_address(_joined(base, candidate, is_link=field == "link"))):
            return address
    return ""


def _joined(base: str, link: str, *, is_link: bool) -> str:
    is_address = "/" in link or link.startswith("?") or (is_link and bool(_FILE_NAME.fullmatch(link)))
    try:
        return urljoin(base, link) if is_address else ""
    except ValueError:
        return ""


def _without_tracking(link: str) -> str:
    address, mark, rest = link.partition("?")
    if not mark:
        return link
    query, hash_, fragment = rest.partition("#")
    fields = [field for field in query.split("&") if not _TRACKING.match(field)]
    return address + ("?" + "&".join(fields) if fields else "") + hash_ + fragment


def _names(entry: Entry, link: str) -> Iterator[tuple[PaperId, int | None]]:
    # Of a namespace that the parser does not know, the name of a field begins with the prefix its publisher chose.
    fields = (*_DOI_FIELDS, *[field for field in entry if field.endswith("_doi")])
    for value in dict.fromkeys(unquote(text(entry, field)) for field in fields):
        if value:
            yield from _arxiv_in(value)
            yield from _doi_in(value)
    if link:
        plain = _without_tracking(link)
        yield PaperId("url", plain), None
        if plain != link:
            # By this one it may be known from before.
            yield PaperId("url", link), None


def _arxiv_in(value: str) -> Iterator[tuple[PaperId, int | None]]:
    if link := _ARXIV_LINK.search(value):
        try:
            yield PaperId.parse_version(link[0])
        except BadPaperId:
            return


def _doi_in(value: str) -> Iterator[tuple[PaperId, int | None]]:
    doi, version = find_in_address(value)
    if not doi:
        return
    try:
        yield PaperId.parse(doi), version
    except BadPaperId:
        return


def _described(entry: Entry, title: str, authors: tuple[str, ...], context: _Context) -> Described:
    """Give the abstract, wherever it stands, and the authors that stand beside it.

    Of several texts it is the longest: the others are its beginning or a line about it. Whole articles are not meant.
    """
    readings = [
        described(clean_blocks(_in_blocks(body, entry), plain=context.is_atom and plain), title=title, authors=authors)
        for body, plain in bodies(entry)
    ]
    abstracts = [reading.abstract for reading in readings if reading.abstract]
    short = [abstract for abstract in abstracts if len(abstract) <= _LONGEST_ABSTRACT]
    abstract = max(short, key=len, default=next(iter(abstracts), ""))
    return Described(
        abstract,
        next((reading.authors for reading in readings if reading.authors), ()),
        next((reading.doi for reading in readings if reading.doi), ""),
    )


def _in_blocks(body: str, entry: Entry) -> str:
    """Mark the lines that mean something: other line ends are no more than blanks.

    Where the first is the title, as repositories such as DSpace have it, each line is a field. Authors that stand one a
    line below their label are parted by semicolons.
    """
    if "\n" not in body:
        return body
    if body.partition("\n")[0].strip() == text(entry, "title"):
        return "<br/>".join(body.splitlines())
    if "uthor" not in body:
        return body
    return _AUTHORS_ON_LINES.sub(_in_line, body)


def _in_line(match: re.Match[str]) -> str:
    names = authors_on_lines(match[2])
    return f"{match[1]} {'; '.join(names)}<br/>" if names else match[0]


def _authors(entry: Entry) -> tuple[str, ...]:
    listed = creators(entry)
    if len(listed) == 1:
        return clean_authors(listed[0])
    # Some end a consortium's name as they end a family name.
    names = (name for each in listed for name in authors_on_lines(each) or (clean(each).rstrip(" ,;"),))
    return tuple(filter(None, names))


def _published(entry: Entry, day: dt.date) -> dt.date | None:
    """Give the day it was published; `None` for one that cannot be true on the day of the feed."""
    # Asked for what it has not, the parser's own dictionary gives the other date, and a warning.
    moment = entry.get("published_parsed") or dict(entry).get("updated_parsed")
    if written := _DAY_WITH_STROKES.match(text(entry, "published")):
        moment = tuple(map(int, written.groups()))
    try:
        published = dt.date(*moment[:3]) if moment else _UNSET
    except (ValueError, TypeError):
        return None
    is_possible = published.year >= _FIRST_YEAR and published != _UNSET and published - day <= _AHEAD
    return published if is_possible else None
