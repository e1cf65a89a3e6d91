"""OpenReview: the papers of a venue, by version 2 of its API: https://docs.openreview.net/reference/api-v2.

Knows its notes, whose values are records of their own. A paper has no DOI there; its page names it.
"""

import asyncio
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from dailypapers.domain.paper import Paper, PaperId, Presentation
from dailypapers.domain.source import Announcement, Checkpoint, Fetched, Skipped
from dailypapers.errors import FetchFailed
from dailypapers.sources.base import Reading, fetched
from dailypapers.sources.http.client import Http, Response
from dailypapers.sources.parsing.cleaning import clean
from dailypapers.sources.parsing.records import items, load, number, record, text, texts

#: Notes a page; more are not given.
PAGE = 1000
_MAX_PAGES = 30
_PDF = "https://openreview.net/pdf?id="
_FORUM = "https://openreview.net/forum?id="


@dataclass(frozen=True, slots=True)
class OpenReview:
    """The papers that a venue has accepted, or made public, such as `ICLR.cc/2027/Conference`."""

    venue: str
    base_url: str = "https://api2.openreview.net"
    name: str = "openreview"

    async def fetch(self, http: Http, since: Checkpoint | None, *, now: dt.datetime) -> Fetched:
        """Ask for all papers of the venue: known ones cost nothing. Raises `FetchFailed` where there is no answer."""
        answers: dict[str, Response | None] = {}
        reading, count = Reading(), 0
        for page in range(_MAX_PAGES):
            query = f"content.venueid={quote(self.venue, safe='')}&limit={PAGE}&offset={page * PAGE}"
            url = f"{self.base_url.rstrip('/')}/notes?{query}"
            answers[url] = response = await http.get(url)
            on_page, count = await asyncio.to_thread(read_notes, response.content, day=now.date(), source=self.name)
            reading += on_page
            if on_page.items < PAGE or reading.items >= count:
                break
        if reading.items < count:
            reading += Reading(remarks=(f"It says {count} papers, {reading.items} came",))
        return fetched(reading, answers, since=since)


def read_notes(content: bytes, *, day: dt.date, source: str = "openreview") -> tuple[Reading, int]:
    """Read a page of notes, with how many the venue has. Raises `FetchFailed` where it is none."""
    answer = record(load(content, "The answer of OpenReview"))
    if not isinstance(answer.get("notes"), list):
        raise FetchFailed(f"OpenReview says “{text(answer, 'message')[:100] or 'nothing about notes'}”")
    announcements: list[Announcement] = []
    skipped: list[Skipped] = []
    for place, note in enumerate(items(answer, "notes"), 1):
        try:
            announcements.append(_announcement(record(note), day=day, source=source))
        except ValueError as error:
            skipped.append(Skipped(f"{source} note {place}", str(error)))
    reading = Reading(tuple(announcements), tuple(skipped))
    count = number(answer, "count")
    return reading, reading.items if count is None else count


def _announcement(note: Mapping[str, Any], *, day: dt.date, source: str) -> Announcement:
    content = record(note, "content")
    id_ = text(note, "forum") or text(note, "id")
    title = clean(text(record(content, "title"), "value"), plain=True)
    if not id_ or not title:
        raise ValueError("It has no id or no title.")
    if record(content, "venueid") and "withdrawn" in text(record(content, "venueid"), "value").casefold():
        raise ValueError(f"“{title[:80]}” was withdrawn.")
    address = _FORUM + quote(id_, safe="-_")
    paper = Paper(
        id=PaperId("url", address),
        title=title,
        abstract=clean(text(record(content, "abstract"), "value"), plain=True),
        authors=tuple(filter(None, (clean(each, plain=True) for each in texts(record(content, "authors"), "value")))),
        categories=tuple(clean(each, plain=True) for each in texts(record(content, "keywords"), "value")[:20]),
        url=address,
    )
    return Announcement(paper, source, day, presentation=_presentation(content, id_))


def _presentation(content: Mapping[str, Any], id_: str) -> Presentation | None:
    """Read the venue, the authors' own sentence about their paper, and where its PDF is."""

    def said(name: str) -> str:
        return text(record(content, name), "value")

    presentation = Presentation(
        journal=clean(said("venue"), plain=True),
        tldr=clean(said("TLDR") or said("TL;DR") or said("one-sentence_summary"), plain=True),
        pdf_url=_PDF + quote(id_, safe="-_") if said("pdf").startswith("/pdf/") else "",
    )
    return presentation if presentation != Presentation() else None
