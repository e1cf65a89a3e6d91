"""arXiv's daily feeds: https://info.arxiv.org/help/rss.html.

Knows the format of rss.arxiv.org (RSS and Atom alike), its error feed, and its limit of items. Ignores all
dates of the feed, which lag behind at times: what is new, the ids tell.
"""

import asyncio
import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from zoneinfo import ZoneInfo

from dailypapers.domain.calendar import quiet_at_arxiv
from dailypapers.domain.category import ALIASES
from dailypapers.domain.doi import trimmed
from dailypapers.domain.paper import Paper, PaperId, page_of
from dailypapers.domain.source import Announcement, AnnounceType, Checkpoint, Fetched, Skipped
from dailypapers.errors import BadPaperId, FetchFailed
from dailypapers.sources.arxiv_listing import CATCHUP_DAYS, read_listing
from dailypapers.sources.base import Reading, fetched
from dailypapers.sources.http.client import Http, Response
from dailypapers.sources.parsing.cleaning import clean, clean_authors
from dailypapers.sources.parsing.syndication import Entry, Syndicated, creators, parse, terms, text

#: A feed holds no more, and what is cut off are the new papers.
MAX_ITEMS = 2000
_FEEDS = "https://rss.arxiv.org"
_PAGES = "https://arxiv.org"
_BAD_REQUEST = 400
_ERROR = "Feed error for query"
_ZONE = "America/New_York"
_HEAD = re.compile(r"\s*arXiv:(?P<id>\S+)\s+Announce Type:\s*(?P<type>[\w-]+)\s*", re.IGNORECASE)
_ABSTRACT = re.compile(r"\s*Abstract:\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Arxiv:
    """What arXiv announced today in some of its categories, a feed each."""

    categories: Sequence[str]
    base_url: str = _FEEDS
    format: Literal["rss", "atom"] = "rss"
    name: str = "arxiv"
    #: Where the listing pages are; by default a mirror has none.
    pages_url: str = ""

    @property
    def listed_categories(self) -> tuple[str, ...]:
        """The categories whose pages can be asked for: all."""
        return named_once(self.categories) if self._pages else ()

    @property
    def backfilled_categories(self) -> tuple[str, ...]:
        """The categories whose earlier days can be asked for: all."""
        return self.listed_categories

    @property
    def days_kept(self) -> int:
        """How many days back /catchup goes."""
        return CATCHUP_DAYS

    @property
    def _pages(self) -> str:
        return (self.pages_url or (_PAGES if self.base_url == _FEEDS else "")).rstrip("/")

    def today(self, now: dt.datetime) -> dt.date:
        """Return which day it is where arXiv is."""
        return now.astimezone(ZoneInfo(_ZONE)).date()

    def is_quiet(self, day: dt.date) -> bool:
        """Whether arXiv's calendar excuses an empty day."""
        return bool(quiet_at_arxiv(day))

    async def list_again(self, http: Http, category: str, day: dt.date, *, now: dt.datetime) -> Fetched:
        """Ask for a category's page of a day: today's listing, or an earlier one by /catchup.

        Raises `FetchFailed` where there is no answer, or none about that day.
        """
        is_today = day == self.today(now)
        page = f"list/{category}/new?skip=0&show=2000" if is_today else f"catchup/{category}/{day}?abs=True"
        url = f"{self._pages}/{page}"
        response = await http.get(url)
        listing = await asyncio.to_thread(read_listing, response.content, category=category, day=day, source=self.name)
        if listing.day != day:
            shown = listing.day or "no day"
            raise FetchFailed(f"the page of {category} is about {shown}, not about {day}")
        return fetched(
            listing.reading,
            {url: response},
            since=None,
            zone=_ZONE,
            is_daily=True,
            is_verifiable=not listing.is_complete,
            is_whole=listing.is_complete,
            quiet_because="Its page lists nothing else" if listing.is_complete else "",
        )

    async def fetch(self, http: Http, since: Checkpoint | None, *, now: dt.datetime) -> Fetched:
        """Ask for each category's feed; one that fails is named in the note and takes no other with it.

        Raises `FetchFailed` where all of them failed.
        """
        answers: dict[str, Response | None] = {}
        readings: list[Reading] = []
        by_category: dict[str, Fetched] = {}
        quiet = quiet_at_arxiv(self.today(now))
        for category in named_once(self.categories):
            url = f"{self.base_url.rstrip('/')}/{self.format}/{category}"
            response, reading = await self._ask(http, url, category, since=since, now=now)
            answers[url] = response
            readings.append(reading)
            by_category[category] = replace(
                _of_category(url, response, reading, quiet), is_verifiable=bool(self._pages)
            )
        if not any(answers.values()):
            raise FetchFailed(
                " ".join(remark for reading in readings for remark in reading.remarks) or "No categories."
            )
        reading = folded(readings)
        return fetched(
            reading,
            answers,
            since=since,
            zone=_ZONE,
            highest_id=highest_id(reading.announcements),
            by_category=by_category,
            is_daily=True,
            quiet_because=quiet,
        )

    async def _ask(
        self, http: Http, url: str, category: str, *, since: Checkpoint | None, now: dt.datetime
    ) -> tuple[Response | None, Reading]:
        try:
            response = await http.get(url, since=since, also=(_BAD_REQUEST,))
            if response.not_modified:
                return response, Reading()
            reading = await asyncio.to_thread(
                read_feed, response.content, category=category, day=now.date(), source=self.name
            )
        except FetchFailed as error:
            return None, Reading(remarks=(f"{category} failed: {error}",))
        # What came in pieces is asked for again in full: with its ETag the rest would never come.
        return (response.forgotten() if reading.remarks else response), reading


def _of_category(url: str, response: Response | None, reading: Reading, quiet: str) -> Fetched:
    if response is None:
        return Fetched(failure=" ".join(reading.remarks), zone=_ZONE)
    return fetched(reading, {url: response}, since=None, zone=_ZONE, is_daily=True, quiet_because=quiet)


def highest_id(announcements: Iterable[Announcement]) -> str:
    """Give the highest id that was announced as new: arXiv assigns them in order, as it announces them.

    Ids of before April 2007 (`math/0309136`) have another order and are nobody's news.
    """
    new = (item.paper.id.value for item in announcements if item.type is AnnounceType.NEW)
    return max((value for value in new if "/" not in value), default="")


def named_once(categories: Iterable[str]) -> tuple[str, ...]:
    """Drop the second name of a category that is asked for twice."""
    return tuple({ALIASES.get(category, category): category for category in reversed(list(categories))}.values())[::-1]


def read_feed(content: bytes, *, category: str, day: dt.date, source: str = "arxiv") -> Reading:
    """Read one feed. Raises `FetchFailed` where it is none, or where it is arXiv's answer to a wrong query."""
    feed = parse(content)
    if feed.title.startswith(_ERROR):
        raise FetchFailed(f"arXiv says “{clean(feed.title)}”; is “{category}” one of its categories?")
    announcements: list[Announcement] = []
    skipped: list[Skipped] = []
    for number, entry in enumerate(feed.entries, 1):
        try:
            announcements.append(_announcement(entry, day=day, source=source))
        except (BadPaperId, _Unreadable) as error:
            skipped.append(Skipped(f"{category} item {number}", str(error)))
    return Reading(tuple(announcements), tuple(skipped), _remarks(feed, category))


class _Unreadable(ValueError):
    """An item that is no announcement; the message says why."""


def _remarks(feed: Syndicated, category: str) -> tuple[str, ...]:
    remarks = []
    if feed.flaw:
        remarks.append(f"The XML of {category} is broken ({feed.flaw}); its last item may not be whole")
    if len(feed.entries) >= MAX_ITEMS:
        remarks.append(f"{category} has {len(feed.entries)} items, arXiv's limit: new papers may be missing")
    return tuple(remarks)


def _announcement(entry: Entry, *, day: dt.date, source: str) -> Announcement:
    summary = text(entry, "summary", "description")
    head = _HEAD.match(summary)
    id_, version = _id(entry, head)
    title = clean(text(entry, "title"), plain=True)
    if not title:
        raise _Unreadable(f"{id_} has no title.")
    body = _ABSTRACT.sub("", summary[head.end() :] if head else summary, count=1)
    paper = Paper(
        id=id_,
        title=title,
        abstract=clean(body, plain=True),
        authors=tuple(name for names in creators(entry) for name in clean_authors(names, given_first=True)),
        categories=terms(entry),
        url=page_of(id_),
        also=_other_names(entry),
    )
    return Announcement(paper, source, day, type=_type(entry, head), version=version)


def _id(entry: Entry, head: re.Match[str] | None) -> tuple[PaperId, int | None]:
    written = text(entry, "id", "guid") or (head["id"] if head else "") or text(entry, "link")
    id_, version = PaperId.parse_version(written)
    if id_.scheme != "arxiv":
        raise BadPaperId(written)
    return id_, version


def _type(entry: Entry, head: re.Match[str] | None) -> AnnounceType:
    word = text(entry, "arxiv_announce_type") or (head["type"] if head else "")
    try:
        return AnnounceType(word.lower())
    except ValueError as error:
        raise _Unreadable(f"Its announce type is “{word[:40]}”, not new, cross, replace or replace-cross.") from error


def _other_names(entry: Entry) -> tuple[PaperId, ...]:
    names = []
    # An author may have given several DOIs, and not all of what they gave is one.
    for doi in text(entry, "arxiv_doi").split():
        try:
            names.append(PaperId.parse(trimmed(doi)))
        except BadPaperId:
            continue
    return tuple(names)


def folded(readings: Iterable[Reading]) -> Reading:
    """Join the feeds of a run: a paper met in several is announced once, as what it is first and foremost."""
    joined = sum(readings, Reading())
    by_id: dict[PaperId, Announcement] = {}
    for announcement in joined.announcements:
        earlier = by_id.get(announcement.paper.id)
        by_id[announcement.paper.id] = _both(earlier, announcement) if earlier else announcement
    return replace(joined, announcements=tuple(by_id.values()))


def _both(one: Announcement, other: Announcement) -> Announcement:
    order = list(AnnounceType)
    first, second = sorted((one, other), key=lambda announcement: order.index(announcement.type))
    categories = tuple(dict.fromkeys(first.paper.categories + second.paper.categories))
    return replace(first, paper=replace(first.paper, categories=categories))
