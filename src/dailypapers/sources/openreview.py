"""OpenReview: the papers of a venue, by version 2 of its API: https://docs.openreview.net/reference/api-v2.

Knows its notes, whose values are records of their own. A paper has no DOI there; its page names it.
"""

import asyncio
import datetime as dt
from collections.abc import Iterator, Mapping
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
#: What a venue's id ends with for what was submitted to it and is not its paper any more.
_ENDS = {"withdrawn": "withdrawn", "desk_rejected": "rejected without a review"}


@dataclass(frozen=True, slots=True)
class OpenReview:
    """The papers that a venue has accepted, or made public, such as `ICLR.cc/2027/Conference`."""

    zone = "UTC"

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
    title = clean(_value_text(content, "title"), plain=True)
    if not id_ or not title:
        raise ValueError("It has no id or no title.")
    if why := _withdrawn(note, _value_text(content, "venueid").casefold()):
        raise ValueError(f"“{title[:80]}” was {why}.")
    address = _FORUM + quote(id_, safe="-_")
    paper = Paper(
        id=PaperId("url", address),
        title=title,
        abstract=clean(_value_text(content, "abstract"), plain=True),
        authors=tuple(filter(None, (clean(each, plain=True) for each in _authors(content)))),
        categories=tuple(clean(each, plain=True) for each in texts({"": _value(content, "keywords")}, "")[:20]),
        url=address,
    )
    return Announcement(paper, source, day, presentation=_presentation(content, id_))


def _withdrawn(note: Mapping[str, Any], venue_id: str) -> str:
    """Say what became of a note that is no paper of the venue any more; empty where it is one."""
    if note.get("ddate"):
        return "deleted"
    return next((why for name, why in _ENDS.items() if name in venue_id), "")


def _value(content: Mapping[str, Any], name: str) -> Any:
    """Give a field's value: a record around it says who may read it; version 1 of the API had none."""
    field = content.get(name)
    return field.get("value") if isinstance(field, dict) else field


def _value_text(content: Mapping[str, Any], name: str) -> str:
    return text({"": _value(content, name)}, "")


def _authors(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of the authors, who may be records with a profile's name."""
    for author in items({"": _value(content, "authors")}, ""):
        name = author if isinstance(author, str) else text(record(author), "fullname")
        yield name.strip()


def _presentation(content: Mapping[str, Any], id_: str) -> Presentation | None:
    """Read the venue, the authors' own sentence about their paper, and where its PDF is."""
    tldr = next(filter(None, (_value_text(content, name) for name in ("TLDR", "TL;DR", "one-sentence_summary"))), "")
    presentation = Presentation(
        journal=clean(_value_text(content, "venue"), plain=True),
        tldr=clean(tldr, plain=True),
        pdf_url=_PDF + quote(id_, safe="-_") if _value_text(content, "pdf").startswith("/pdf/") else "",
    )
    return presentation if presentation != Presentation() else None
