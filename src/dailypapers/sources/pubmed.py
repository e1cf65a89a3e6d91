"""PubMed by its E-utilities: https://www.ncbi.nlm.nih.gov/books/NBK25501.

A search finds ids, a second request gives their records. Knows the XML of articles. Searches by the day on which a
record came in (`edat`): the day of publication lies.
"""

import asyncio
import datetime as dt
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import quote, urlencode
from xml.etree import ElementTree as ET

from dailypapers.domain.doi import trimmed
from dailypapers.domain.paper import Paper, PaperId, Presentation, page_of
from dailypapers.domain.source import Announcement, Checkpoint, Fetched, Skipped
from dailypapers.errors import BadPaperId, FetchFailed
from dailypapers.sources.base import MAX_AFFILIATIONS, Reading, fetched
from dailypapers.sources.http.client import Http, Response
from dailypapers.sources.parsing.bounds import checked_xml
from dailypapers.sources.parsing.cleaning import clean
from dailypapers.sources.parsing.records import items, load, number, record

#: Records a request: an address of two thousand characters.
BATCH = 200
_MAX_IDS = 2_000
#: Records come in late and by night.
_LOOK_BACK_DAYS = 3
#: Among so many authors the places are looked for; the lists of experiments have thousands.
_MAX_AUTHORS = 50
_CENTRAL = "https://pmc.ncbi.nlm.nih.gov/articles/"
_CENTRAL_ID = re.compile(r"PMC\d{1,12}", re.ASCII)
_PAGE = "https://pubmed.ncbi.nlm.nih.gov/"
#: Articles, and chapters of books, which have records of the same elements.
_RECORDS = frozenset({"PubmedArticle", "PubmedBookArticle"})
#: What sections are called that have no name.
_NO_LABEL = frozenset({"UNLABELLED", "UNASSIGNED", "ABSTRACT"})
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class PubMed:
    """What a search of PubMed found new in the last days; `query` is as one types it on its page."""

    zone = "UTC"

    query: str
    base_url: str = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
    name: str = "pubmed"

    async def fetch(self, http: Http, since: Checkpoint | None, *, now: dt.datetime) -> Fetched:
        """Search, and ask for what was found. Raises `FetchFailed` where there is no answer at all."""
        search = {"db": "pubmed", "term": self.query, "datetype": "edat", "reldate": _LOOK_BACK_DAYS}
        url = self._url("esearch.fcgi", {**search, "retmax": _MAX_IDS, "retmode": "json", "tool": "dailypapers"})
        answers: dict[str, Response | None] = {url: (response := await http.get(url))}
        ids, total = read_ids(response.content)
        reading = Reading(
            remarks=(f"The search finds {total} papers, {len(ids)} are read",) if total > len(ids) else ()
        )
        for start in range(0, len(ids), BATCH):
            batch = ",".join(ids[start : start + BATCH])
            url = self._url("efetch.fcgi", {"db": "pubmed", "id": batch, "retmode": "xml", "tool": "dailypapers"})
            answers[url] = response = await http.get(url)
            reading += await asyncio.to_thread(read_articles, response.content, day=now.date(), source=self.name)
        if reading.items < len(ids):
            reading += Reading(remarks=(f"The search finds {len(ids)} papers, {reading.items} came",))
        return fetched(reading, answers, since=since)

    def _url(self, tool: str, fields: dict[str, object]) -> str:
        return f"{self.base_url.rstrip('/')}/{tool}?{urlencode(fields, quote_via=quote, safe=',')}"


def read_ids(content: bytes) -> tuple[list[str], int]:
    """Read what a search found, and how many it says there are. Raises `FetchFailed` where it is no answer to one."""
    result = record(load(content, "The answer of PubMed"), "esearchresult")
    if not isinstance(result.get("idlist"), list):
        raise FetchFailed(f"PubMed says “{str(result.get('ERROR') or 'nothing about a search')[:100]}”")
    ids = [each for each in items(result, "idlist") if isinstance(each, str) and each.isascii() and each.isdigit()]
    total = number(result, "count")
    return ids, len(ids) if total is None else total


def read_articles(content: bytes, *, day: dt.date, source: str = "pubmed") -> Reading:
    """Read records of articles. Raises `FetchFailed` where they are none."""
    root = checked_xml(content, "the answer of PubMed")
    if root.tag != "PubmedArticleSet":
        raise FetchFailed("the answer of PubMed has no articles")
    announcements: list[Announcement] = []
    skipped: list[Skipped] = []
    records = [element for element in root if element.tag in _RECORDS]
    for place, article in enumerate(records, 1):
        try:
            announcements.append(Announcement(_paper(article), source, day, presentation=_presentation(article)))
        except (BadPaperId, ValueError) as error:
            skipped.append(Skipped(f"{source} article {place}", str(error)))
    return Reading(tuple(announcements), tuple(skipped))


def _presentation(article: ET.Element) -> Presentation | None:
    """Read the journal, where the authors work, and where PubMed Central has the whole text."""
    places = (clean(_text(each)) for each in islice(article.iterfind(".//AffiliationInfo/Affiliation"), _MAX_AUTHORS))
    central = _text(article.find(".//PubmedData/ArticleIdList/ArticleId[@IdType='pmc']"))
    presentation = Presentation(
        journal=clean(_text(article.find(".//Journal/Title"))),
        affiliations=tuple(dict.fromkeys(filter(None, places)))[:MAX_AFFILIATIONS],
        html_url=f"{_CENTRAL}{central}/" if _CENTRAL_ID.fullmatch(central) else "",
    )
    return presentation if presentation != Presentation() else None


def _paper(article: ET.Element) -> Paper:
    number_ = _text(article.find(".//PMID"))
    title = next(filter(None, (_title(article, name) for name in ("ArticleTitle", "VernacularTitle", "BookTitle"))), "")
    if not title:
        raise ValueError(f"{number_ or 'It'} has no title.")
    names = _names(article, number_)
    return Paper(
        id=names[0],
        title=title,
        abstract=clean(" ".join(_abstract(article))),
        authors=tuple(filter(None, map(_author, article.iterfind(".//AuthorList/Author")))),
        categories=tuple(dict.fromkeys(clean(_text(each)) for each in article.iterfind(".//Keyword")))[:20],
        url=page_of(names[0]),
        published=_published(article),
        also=names[1:],
    )


def _title(article: ET.Element, name: str) -> str:
    """Read a title without its full stop, and without the brackets around one that PubMed has translated."""
    title = clean(_markup(article.find(f".//{name}"))).removesuffix(".")
    return title[1:-1] if title.startswith("[") and _closing(title) == len(title) - 1 else title


def _closing(text: str) -> int:
    """Return where the bracket closes that a text begins with; -1 where it does not."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "[") - (character == "]")
        if depth == 0:
            return place
    return -1


def _names(article: ET.Element, number_: str) -> tuple[PaperId, ...]:
    """Name it by its DOI, by which other sources know it, and by its page."""
    names: list[PaperId] = []
    listed = article.iterfind("./*/ArticleIdList/ArticleId[@IdType='doi']")
    for each in (*listed, *article.iterfind(".//ELocationID[@EIdType='doi']")):
        try:
            names.append(PaperId.parse(trimmed(_text(each))))
        except BadPaperId:
            continue
    if number_.isascii() and number_.isdigit():
        names.append(PaperId("url", f"{_PAGE}{number_}/"))
    if not names:
        raise ValueError("It has neither a DOI nor a number.")
    return tuple(dict.fromkeys(names))


def _abstract(article: ET.Element) -> Iterator[str]:
    for part in article.iterfind(".//Abstract/AbstractText"):
        label = part.get("Label", "").strip()
        yield f"{label.capitalize()}: {_markup(part)}" if label and label.upper() not in _NO_LABEL else _markup(part)


def _author(author: ET.Element) -> str:
    given = _text(author.find("ForeName")) or _text(author.find("Initials"))
    parts = (given, _text(author.find("LastName")), _text(author.find("Suffix")))
    name = " ".join(filter(None, parts)) if parts[1] else given
    return clean(name or _text(author.find("CollectiveName")), plain=True)


def _published(article: ET.Element) -> dt.date | None:
    when = article.find(".//Article/ArticleDate")
    when = article.find(".//JournalIssue/PubDate") if when is None else when
    if when is None:
        return None
    month = _text(when.find("Month"))
    number_ = _MONTHS.index(month[:3]) + 1 if month[:3] in _MONTHS else None
    try:
        return dt.date(int(_text(when.find("Year"))), number_ or int(month or 1), int(_text(when.find("Day")) or 1))
    except ValueError:
        return None


def _markup(element: ET.Element | None) -> str:
    """Give an element's inside with its tags: without them 10<sup>5</sup> would be 105."""
    if element is None:
        return ""
    inside = [html.escape(element.text or "", quote=False), *(ET.tostring(each, "unicode") for each in element)]
    return " ".join("".join(inside).split())


def _text(element: ET.Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())
