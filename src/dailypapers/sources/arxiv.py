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
from dailypapers.domain.paper import Paper, PaperId, page_of
from dailypapers.domain.source import Announcement, AnnounceType, Checkpoint, Fetched, Skipped
from dailypapers.errors import BadPaperId, FetchFailed
from dailypapers.sources import arxiv_api, arxiv_oai
from dailypapers.sources.arxiv_listing import CATCHUP_DAYS, read_listing
from dailypapers.sources.base import Described, Harvested, Reading, fetched
from dailypapers.sources.http.client import Http, Response
from dailypapers.sources.parsing.cleaning import clean, clean_authors
from dailypapers.sources.parsing.syndication import Entry, Syndicated, creators, parse, terms, text

#: A feed holds no more, and what is cut off are the new papers.
MAX_ITEMS = 2000
_FEEDS = "https://rss.arxiv.org"
_PAGES = "https://arxiv.org"
_API = "https://export.arxiv.org"
_OAI = "https://oaipmh.arxiv.org"
#: How the token of a harvest begins that goes on by the API.
_BY_API = "api:"
_BAD_REQUEST = 400
_ERROR = "Feed error for query"
_ZONE = "America/New_York"
_HEAD = re.compile(r"\s*arXiv:(?P<id>\S+)\s+Announce Type:\s*(?P<type>[\w-]+)\s*", re.IGNORECASE)
_ABSTRACT = re.compile(r"\s*Abstract:\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Arxiv:
    """What arXiv announced today in some of its categories, a feed each."""

    zone = _ZONE

    categories: Sequence[str]
    base_url: str = _FEEDS
    format: Literal["rss", "atom"] = "rss"
    name: str = "arxiv"
    #: Where the listing pages, the API and OAI-PMH are; by default a mirror has none.
    pages_url: str = ""
    api_url: str = ""
    oai_url: str = ""

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
        return self._beside(self.pages_url, _PAGES)

    def _beside(self, stated: str, usual: str) -> str:
        return (stated or (usual if self.base_url == _FEEDS else "")).rstrip("/")

    @property
    def described_at_once(self) -> int:
        """How many papers the API is asked for at once."""
        return arxiv_api.IDS if self._beside(self.api_url, _API) else 0

    async def describe(self, http: Http, ids: Sequence[PaperId]) -> tuple[Described, ...]:
        """Ask the API for comments, journal references, DOIs and affiliations. Raises `FetchFailed`."""
        answer = await arxiv_api.ask_ids(http, self._beside(self.api_url, _API), ids)
        return answer.described

    @property
    def harvested_categories(self) -> tuple[str, ...]:
        """The categories whose history can be asked for: all."""
        if not self._beside(self.oai_url, _OAI):
            return ()
        return named_once(code for category in self.categories for code in category.split("+"))

    async def harvest(self, http: Http, category: str, first: dt.date, last: dt.date, token: str) -> Harvested:
        """Ask OAI-PMH for a page, or where it does not begin to answer the API, which has what was submitted then.

        A token that has expired begins anew. Raises `FetchFailed` where neither answers.
        """
        if token.startswith(_BY_API):
            return await self._search(http, category, first, last, int(token.removeprefix(_BY_API)))
        oai = self._beside(self.oai_url, _OAI)
        try:
            return await arxiv_oai.list_records(http, oai, category, first, last, token=token)
        except arxiv_oai.Expired:
            return await arxiv_oai.list_records(http, oai, category, first, last, token="")
        except FetchFailed:
            if token or not self._beside(self.api_url, _API):
                raise
            return await self._search(http, category, first, last, 0)

    async def _search(self, http: Http, category: str, first: dt.date, last: dt.date, start: int) -> Harvested:
        api = self._beside(self.api_url, _API)
        page = await arxiv_api.search(http, api, category, first, last, start=start)
        return replace(page, token=f"{_BY_API}{page.token}") if page.token else page

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
            day_shown = listing.day or "no day"
            raise FetchFailed(f"the page of {category} is about {day_shown}, not about {day}")
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
        also=tuple(arxiv_api.journal_names(text(entry, "arxiv_doi"))),
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
