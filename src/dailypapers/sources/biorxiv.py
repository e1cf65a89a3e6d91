"""bioRxiv and medRxiv by their API: https://api.biorxiv.org. Their pages are closed to programs and are left alone.

Knows the JSON of `details`, which is read page by page by its own counts, and the feed that stands in while the API is
down, as it has been for days.
"""

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import quote

from dailypapers.domain.category import plain_subject
from dailypapers.domain.doi import trimmed
from dailypapers.domain.paper import Paper, PaperId, Presentation, page_of
from dailypapers.domain.source import Announcement, AnnounceType, Checkpoint, Fetched, Skipped
from dailypapers.errors import BadPaperId, FetchFailed
from dailypapers.sources.base import OneListADay, Reading, fetched
from dailypapers.sources.feed import read_feed
from dailypapers.sources.http.client import Http, Response
from dailypapers.sources.parsing.cleaning import clean, clean_authors
from dailypapers.sources.parsing.records import date, items, load, number, record, text

#: Both servers together post some four hundred versions a day.
_MAX_PAGES = 80
_LOOK_BACK = dt.timedelta(days=7)
_LOOK_AGAIN = dt.timedelta(days=1)
_SERVERS = frozenset({"biorxiv", "medrxiv"})
_NONE = "NA"
_IN_DOIS = "/.:;()-_"
_NOTHING = ("no posts found", "no articles found")


@dataclass(frozen=True, slots=True)
class Biorxiv(OneListADay):
    """What one of the servers posted in the last days, in some of its categories or in all."""

    zone = "America/New_York"

    server: Literal["biorxiv", "medrxiv"] = "biorxiv"
    categories: Sequence[str] = ()
    base_url: str = "https://api.biorxiv.org"
    feeds_url: str = "https://connect.biorxiv.org"
    name: str = "biorxiv"

    async def list_again(self, http: Http, category: str, day: dt.date, *, now: dt.datetime) -> Fetched:  # noqa: ARG002
        """Ask for all that was posted on a day. Raises `FetchFailed` where it does not answer, or not to its end."""
        answers: dict[str, Response | None] = {}
        reading, is_whole = await self._ask_api(http, day, day, answers)
        if not is_whole:
            raise FetchFailed(" ".join(reading.remarks))
        return fetched(self._in_categories(reading), answers, since=None)

    async def fetch(self, http: Http, since: Checkpoint | None, *, now: dt.datetime) -> Fetched:
        """Ask for the last week once a day, and for today and yesterday otherwise.

        Raises `FetchFailed` where neither the API nor the feed answers.
        """
        today = now.astimezone(dt.UTC).date()
        back = _LOOK_AGAIN if since and since.highest_id == str(today) else _LOOK_BACK
        answers: dict[str, Response | None] = {}
        try:
            reading, is_whole = await self._ask_api(http, today - back, today, answers)
        except FetchFailed as error:
            reading, is_whole = await self._ask_feed(http, error, answers, day=today), False
        of_categories = self._in_categories(reading)
        answer = fetched(of_categories, answers, since=None, highest_id=str(today) if is_whole else "")
        return replace(answer, zone=self.zone)

    async def _ask_api(
        self, http: Http, first: dt.date, last: dt.date, answers: dict[str, Response | None]
    ) -> tuple[Reading, bool]:
        reading, cursor = Reading(), 0
        for _ in range(_MAX_PAGES):
            url = f"{self.base_url.rstrip('/')}/details/{self.server}/{first}/{last}/{cursor}/json"
            try:
                answers[url] = response = await http.get(url)
                page = await asyncio.to_thread(read_page, response.content, source=self.name, day=last)
            except FetchFailed as error:
                if not cursor:
                    raise
                answers[url] = None
                return reading + Reading(remarks=(f"Papers after the first {cursor} failed: {error}",)), False
            reading += page.reading
            cursor += page.count
            if not page.count or cursor >= page.total:
                break
        missing = f"{page.total} papers were promised, {reading.items} came"
        return reading + Reading(remarks=() if reading.items >= page.total else (missing,)), True

    async def _ask_feed(
        self, http: Http, why: FetchFailed, answers: dict[str, Response | None], *, day: dt.date
    ) -> Reading:
        url = f"{self.feeds_url.rstrip('/')}/{self.server}_xml.php?subject=all"
        try:
            answers[url] = response = await http.get(url)
            reading = await asyncio.to_thread(
                read_feed, response.content, url=url, day=day, source=self.name, charset=response.charset
            )
        except FetchFailed as error:
            raise FetchFailed(f"{why} The feed failed as well: {error}") from error
        return reading + Reading(remarks=(f"Its API failed, and the feed holds the newest papers only: {why}",))

    def _in_categories(self, reading: Reading) -> Reading:
        names = set(map(plain_subject, self.categories))
        if not names:
            return reading
        chosen = (a for a in reading.announcements if names & set(map(plain_subject, a.paper.categories)))
        return replace(reading, announcements=tuple(chosen))


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an answer, with how many entries it says it has, and all pages together."""

    reading: Reading
    count: int = 0
    total: int = 0


def read_page(content: bytes, *, day: dt.date, source: str = "biorxiv") -> Page:
    """Read one page. Raises `FetchFailed` where it is not an answer of the API, or says that something is wrong."""
    answer = load(content, "The answer of the API")
    message = next(iter(items(record(answer), "messages")), None)
    if not isinstance(message, dict):
        raise FetchFailed("the answer of the API has no message")
    status = text(message, "status")
    if status != "ok":
        if status.casefold().startswith(_NOTHING):
            return Page(Reading())
        raise FetchFailed(f"the API says “{status[:100]}”")
    announcements: list[Announcement] = []
    skipped: list[Skipped] = []
    entries = items(record(answer), "collection")
    for entry in entries:
        try:
            announcements.append(_announcement(record(entry), day=day, source=source))
        except (BadPaperId, ValueError) as error:
            skipped.append(Skipped(f"{source} entry {len(announcements) + len(skipped) + 1}", str(error)))
    total = number(message, "total")
    return Page(Reading(tuple(announcements), tuple(skipped)), len(entries), len(entries) if total is None else total)


def _announcement(entry: Mapping[str, Any], *, day: dt.date, source: str) -> Announcement:
    if not text(entry, "doi"):
        raise ValueError("It has no DOI.")
    id_ = PaperId.parse(trimmed(text(entry, "doi")))
    title = clean(text(entry, "title"))
    if not title:
        raise ValueError(f"{id_} has no title.")
    version = number(entry, "version")
    posted = date(text(entry, "date"))
    paper = Paper(
        id=id_,
        title=title,
        abstract=clean(text(entry, "abstract")),
        authors=clean_authors(text(entry, "authors")),
        categories=tuple(filter(None, [clean(text(entry, "category"))])),
        url=page_of(id_),
        published=posted,
        also=_journal(entry),
    )
    # A later version of a paper is in the same stream, and no news.
    type_ = AnnounceType.NEW if version in {None, 1} else AnnounceType.REPLACE
    presented = _presentation(entry, id_, version)
    return Announcement(paper, source, posted or day, type=type_, version=version, presentation=presented)


def _presentation(entry: Mapping[str, Any], id_: PaperId, version: int | None) -> Presentation | None:
    """Read where the corresponding author works, and where the PDF is, which every version has at once."""
    institution = clean(text(entry, "author_corresponding_institution"))
    server = text(entry, "server").lower()
    is_posted = server in _SERVERS and version is not None and id_.scheme == "doi"
    doi = quote(id_.value, safe=_IN_DOIS)
    presentation = Presentation(
        affiliations=(institution,) if institution and institution != _NONE else (),
        pdf_url=f"https://www.{server}.org/content/{doi}v{version}.full.pdf" if is_posted else "",
    )
    return presentation if presentation != Presentation() else None


def _journal(entry: Mapping[str, Any]) -> tuple[PaperId, ...]:
    """Read the DOI of the article that the preprint has become."""
    try:
        return (PaperId.parse(trimmed(text(entry, "published"))),)
    except BadPaperId:
        return ()
