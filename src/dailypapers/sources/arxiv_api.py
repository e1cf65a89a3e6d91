"""arXiv's API: https://info.arxiv.org/help/api/user-manual.html.

Knows its Atom, and how it goes wrong: pages that are empty under load although there is more, pages that begin earlier
than asked for, an error that is an entry.
"""

import asyncio
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode
from xml.etree import ElementTree as ET

from dailypapers.domain.doi import trimmed
from dailypapers.domain.paper import Paper, PaperId, Presentation, page_of
from dailypapers.domain.source import Skipped
from dailypapers.errors import BadPaperId, FetchFailed
from dailypapers.sources.base import Described, Harvested
from dailypapers.sources.http.client import Http
from dailypapers.sources.parsing.bounds import checked_xml
from dailypapers.sources.parsing.cleaning import clean
from dailypapers.sources.parsing.records import date

#: Ids a request: an address of three thousand characters.
IDS = 200
#: Entries a page; more take the API minutes.
PAGE = 500
#: A query gives no more than its first thirty thousand results.
MAX_RESULTS = 30_000
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API gave, out of how much it says there is."""

    described: tuple[Described, ...]
    skipped: tuple[Skipped, ...] = ()
    #: The place of the first entry among all results, and how many these are.
    start: int = 0
    total: int = 0

    @property
    def end(self) -> int:
        """The place behind its last entry."""
        return self.start + len(self.described) + len(self.skipped)


async def ask_ids(http: Http, base_url: str, ids: Sequence[PaperId]) -> Answer:
    """Ask for papers by their ids. Raises `FetchFailed`."""
    return await _ask(http, base_url, {"id_list": ",".join(each.value for each in ids), "max_results": len(ids)})


async def search(http: Http, base_url: str, category: str, first: dt.date, last: dt.date, *, start: int) -> Harvested:
    """Ask for what was submitted to a category from one day to another, from a place on, the oldest first.

    Raises `FetchFailed` where there is no answer, or none but empty pages although there is more.
    """
    query = f"cat:{category} AND submittedDate:[{first:%Y%m%d}0000 TO {last:%Y%m%d}2359]"
    how = {"sortBy": "submittedDate", "sortOrder": "ascending", "start": start, "max_results": PAGE}
    for _ in range(_TRIES):
        answer = await _ask(http, base_url, {"search_query": query, **how})
        if answer.total > MAX_RESULTS:
            raise FetchFailed(f"{category} has {answer.total} papers from {first} to {last}, more than the API gives")
        if answer.end >= answer.total or answer.end > start:
            token = str(answer.end) if answer.end < answer.total else ""
            return Harvested(tuple(each.paper for each in answer.described), answer.skipped, token)
    raise FetchFailed(f"the API says there are {answer.total} papers and gives none after the first {start}")


async def _ask(http: Http, base_url: str, query: dict[str, object]) -> Answer:
    url = f"{base_url.rstrip('/')}/api/query?{urlencode(query, quote_via=quote, safe=',:/')}"
    response = await http.get(url)
    return await asyncio.to_thread(read_answer, response.content)


def read_answer(content: bytes) -> Answer:
    """Read an answer. Raises `FetchFailed` where it is none, or where it is an error."""
    root = checked_xml(content, "the answer of arXiv's API")
    if not root.tag.endswith("}feed"):
        raise FetchFailed("the answer of arXiv's API is not a feed")
    described: list[Described] = []
    skipped: list[Skipped] = []
    for place, entry in enumerate(root.iterfind("{*}entry"), 1):
        if _text(entry, "title") == "Error":
            raise FetchFailed(f"arXiv's API says “{_text(entry, 'summary')[:100]}”")
        try:
            described.append(_described(entry))
        except (BadPaperId, ValueError) as error:
            skipped.append(Skipped(f"API entry {place}", str(error)))
    count = len(described) + len(skipped)
    return Answer(
        tuple(described), tuple(skipped), _number(root, "startIndex", 0), _number(root, "totalResults", count)
    )


def _described(entry: ET.Element) -> Described:
    id_, _ = PaperId.parse_version(_text(entry, "id"))
    title = clean(_text(entry, "title"), plain=True)
    if id_.scheme != "arxiv" or not title:
        raise ValueError(f"{id_} has no title." if id_.scheme == "arxiv" else f"{id_} is not an id of arXiv.")
    paper = Paper(
        id=id_,
        title=title,
        abstract=clean(_text(entry, "summary"), plain=True),
        authors=tuple(filter(None, (clean(_text(each, "name")) for each in entry.iterfind("{*}author")))),
        categories=tuple(dict.fromkeys(_categories(entry))),
        url=page_of(id_),
        published=date(_text(entry, "published")),
        also=tuple(journal_names(_text(entry, "doi"))),
    )
    affiliations = (clean("".join(each.itertext())) for each in entry.iterfind("{*}author/{*}affiliation"))
    presentation = Presentation(
        comment=clean(_text(entry, "comment"), plain=True),
        journal=clean(_text(entry, "journal_ref"), plain=True),
        affiliations=tuple(dict.fromkeys(filter(None, affiliations))),
    )
    return Described(paper, presentation)


def _categories(entry: ET.Element) -> Iterator[str]:
    for name in ("primary_category", "category"):
        yield from filter(None, (each.get("term", "") for each in entry.iterfind(f"{{*}}{name}")))


def journal_names(dois: str) -> Iterator[PaperId]:
    """Yield the DOIs that authors have given; not all of what they give is one."""
    for doi in dois.split():
        try:
            yield PaperId.parse(trimmed(doi))
        except BadPaperId:
            continue


def _text(element: ET.Element, name: str) -> str:
    child = element.find(f"{{*}}{name}")
    return " ".join("".join(child.itertext()).split()) if child is not None else ""


def _number(root: ET.Element, name: str, otherwise: int) -> int:
    written = _text(root, name)
    return int(written) if written.isascii() and written.isdigit() else otherwise
