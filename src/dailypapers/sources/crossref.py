"""Crossref: what journals register, by ISSN: https://api.crossref.org.

Our User-Agent's contact puts us in its polite pool. Knows the JSON of works. A retraction or a correction is an
announcement about the paper it is of, not a new one.
"""

import asyncio
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from dailypapers.domain.doi import trimmed
from dailypapers.domain.paper import Paper, PaperId, Presentation, page_of
from dailypapers.domain.source import Announcement, AnnounceType, Checkpoint, Fetched, Skipped
from dailypapers.errors import BadPaperId, FetchFailed
from dailypapers.sources.base import MAX_AFFILIATIONS, Reading, fetched
from dailypapers.sources.http.client import Http, Response
from dailypapers.sources.parsing.cleaning import clean, clean_blocks
from dailypapers.sources.parsing.imprint import described
from dailypapers.sources.parsing.records import items, load, number, record, text, texts

#: Works a page.
ROWS = 200
_MAX_PAGES = 20
_LOOK_BACK = dt.timedelta(days=7)
_FIELDS = "DOI,title,subtitle,abstract,author,subject,issued,published,URL,type,update-to,container-title,relation"
#: Among so many authors the places are looked for; the lists of experiments have thousands.
_MAX_AUTHORS = 50
#: What a journal registers besides articles.
_NOT_PAPERS = frozenset({"journal", "journal-issue", "journal-volume", "component", "grant"})
#: Relations between two records of one work: https://www.crossref.org/documentation/schema-library/relationships/.
_SAME_WORK = ("has-preprint", "is-preprint-of", "is-identical-to")


@dataclass(frozen=True, slots=True)
class Crossref:
    """What some journals registered in the last week."""

    zone = "UTC"

    issns: Sequence[str]
    base_url: str = "https://api.crossref.org"
    name: str = "crossref"

    async def fetch(self, http: Http, since: Checkpoint | None, *, now: dt.datetime) -> Fetched:
        """Ask for the works that were registered or changed in a week. Raises `FetchFailed` without an answer."""
        first = (now - _LOOK_BACK).date()
        filters = ",".join([*(f"issn:{issn}" for issn in self.issns), f"from-created-date:{first}"])
        query = urlencode({"filter": filters, "rows": ROWS, "select": _FIELDS}, quote_via=quote, safe=":,-")
        answers: dict[str, Response | None] = {}
        reading, cursor, total = Reading(), "*", 0
        for _ in range(_MAX_PAGES):
            url = f"{self.base_url.rstrip('/')}/works?{query}&cursor={quote(cursor, safe='*')}"
            answers[url] = response = await http.get(url)
            page = await asyncio.to_thread(read_works, response.content, day=now.date(), source=self.name)
            reading += page.reading
            cursor, total = page.cursor, page.total
            if page.count < ROWS or not cursor:
                break
        if reading.items < total:
            reading += Reading(remarks=(f"It says {total} works, {reading.items} came",))
        # A paper and its correction may come in one answer, in any order: the paper's own text is to be the first.
        in_order = sorted(reading.announcements, key=lambda each: not each.type.fresh)
        return fetched(replace(reading, announcements=tuple(in_order)), answers, since=since)


@dataclass(frozen=True, slots=True)
class Works:
    """One page of works, where the next one is, and how many there are in all."""

    reading: Reading
    cursor: str
    count: int
    total: int


def read_works(content: bytes, *, day: dt.date, source: str = "crossref") -> Works:
    """Read a page of works. Raises `FetchFailed` where it is none."""
    answer = record(load(content, "The answer of Crossref"))
    message = record(answer, "message")
    if text(answer, "status") != "ok" or not isinstance(message.get("items"), list):
        raise FetchFailed("the answer of Crossref has no list of works")
    works = [record(work) for work in items(message, "items")]
    announcements: list[Announcement] = []
    skipped: list[Skipped] = []
    for place, work in enumerate(works, 1):
        try:
            announcements.extend(_announcements(work, day=day, source=source))
        except (BadPaperId, ValueError) as error:
            skipped.append(Skipped(f"{source} work {place}", str(error)))
    total = number(message, "total-results")
    return Works(
        Reading(tuple(announcements), tuple(skipped)),
        text(message, "next-cursor"),
        len(works),
        len(works) if total is None else total,
    )


def _announcements(work: Mapping[str, Any], *, day: dt.date, source: str) -> Iterator[Announcement]:
    if not text(work, "DOI"):
        raise ValueError("It has no DOI.")
    id_ = PaperId.parse(trimmed(text(work, "DOI")))
    title = clean(" ".join((*texts(work, "title")[:1], *(f"— {each}" for each in texts(work, "subtitle")[:1]))))
    if not title or text(work, "type") in _NOT_PAPERS:
        raise ValueError(f"{id_} is not a paper." if title else f"{id_} has no title.")
    updates = [record(update) for update in items(work, "update-to")]
    about = _dois(text(update, "DOI") for update in updates)
    if about:
        kinds = ", ".join(sorted({text(update, "type") or "update" for update in updates}))
        for paper in about:
            notice = Paper(id=paper, title=f"{title} ({kinds})", url=page_of(paper))
            yield Announcement(notice, source, day, type=AnnounceType.REPLACE, is_notice=True)
        return
    yield Announcement(_paper(work, id_, title), source, day, presentation=_presentation(work))


def _dois(written: Iterable[str]) -> tuple[PaperId, ...]:
    """Read ids, each once; what is none is left out."""
    ids: list[PaperId] = []
    for each in written:
        try:
            ids.append(PaperId.parse(trimmed(each)))
        except BadPaperId:
            continue
    return tuple(dict.fromkeys(ids))


def _same_work(work: Mapping[str, Any], id_: PaperId) -> tuple[PaperId, ...]:
    """Read the ids of the work's preprint, or of the article that it became."""
    related = (each for kind in _SAME_WORK for each in items(record(work, "relation"), kind))
    return tuple(each for each in _dois(text(record(one), "id") for one in related) if each != id_)


def _presentation(work: Mapping[str, Any]) -> Presentation | None:
    """Read the journal, and where the authors work."""
    authors = map(record, items(work, "author")[:_MAX_AUTHORS])
    places = (clean(text(record(each), "name")) for author in authors for each in items(author, "affiliation"))
    presentation = Presentation(
        journal=next(iter(map(clean, texts(work, "container-title"))), ""),
        affiliations=tuple(dict.fromkeys(filter(None, places)))[:MAX_AFFILIATIONS],
    )
    return presentation if presentation != Presentation() else None


def _paper(work: Mapping[str, Any], id_: PaperId, title: str) -> Paper:
    authors = tuple(filter(None, map(_name, map(record, items(work, "author")))))
    return Paper(
        id=id_,
        title=title,
        # Without its heading, which publishers write in many ways.
        abstract=described(clean_blocks(text(work, "abstract")), title=title, authors=authors).abstract,
        authors=authors,
        categories=tuple(map(clean, texts(work, "subject")[:20])),
        url=page_of(id_),
        published=_issued(work),
        also=_same_work(work, id_),
    )


def _name(author: Mapping[str, Any]) -> str:
    names = filter(None, (text(author, part) for part in ("given", "family", "suffix")))
    return clean(" ".join(names) or text(author, "name"), plain=True)


def _issued(work: Mapping[str, Any]) -> dt.date | None:
    """Read the day of publication; of one that is told by its month or year, the first day."""
    parts = next(iter(items(record(work, "published") or record(work, "issued"), "date-parts")), None)
    if not isinstance(parts, list):
        return None
    try:
        return dt.date(*[*map(int, parts), 1, 1][:3]) if parts else None
    except (ValueError, TypeError, OverflowError):
        return None
