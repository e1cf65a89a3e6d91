"""arXiv's OAI-PMH: https://info.arxiv.org/help/oa. The whole history, by the day on which a record last changed.

Knows its sets, the format "arXiv", and resumption tokens, which expire daily.
"""

import asyncio
import datetime as dt
from collections.abc import Iterator
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from dailypapers.domain.paper import Paper, PaperId, page_of
from dailypapers.domain.source import Skipped
from dailypapers.errors import BadPaperId, FetchFailed
from dailypapers.sources.arxiv_api import journal_names
from dailypapers.sources.base import Harvested
from dailypapers.sources.http.client import Http
from dailypapers.sources.parsing.bounds import checked_xml
from dailypapers.sources.parsing.cleaning import clean
from dailypapers.sources.parsing.records import date

#: Archives that are a group of their own; all others belong to physics.
_GROUPS = frozenset(("cs", "econ", "eess", "math", "q-bio", "q-fin", "stat"))


class Expired(FetchFailed):
    """The resumption token is not valid any longer."""


def set_of(category: str) -> str:
    """Return the set that a category is: `cs:cs:LG`, `physics:hep-th`, `math` for a whole archive."""
    archive, dot, code = category.partition(".")
    if archive in _GROUPS:
        return f"{archive}:{archive}:{code}" if dot else archive
    return f"physics:{archive}:{code}" if dot else f"physics:{archive}"


async def list_records(
    http: Http, base_url: str, category: str, first: dt.date, last: dt.date, *, token: str
) -> Harvested:
    """Ask for a page of the records that changed from one day to another.

    Raises `Expired` where the token is not valid any longer, and `FetchFailed` where there is no answer.
    """
    query = {"verb": "ListRecords"}
    if token:
        query |= {"resumptionToken": token}
    else:
        query |= {"metadataPrefix": "arXiv", "set": set_of(category), "from": str(first), "until": str(last)}
    response = await http.get(f"{base_url.rstrip('/')}/oai?{urlencode(query)}")
    return await asyncio.to_thread(read_records, response.content)


def read_records(content: bytes) -> Harvested:
    """Read a page. Raises `Expired` where the token was not valid, `FetchFailed` where it is not a page of records."""
    root = checked_xml(content, "the answer of arXiv's OAI-PMH")
    if not root.tag.endswith("}OAI-PMH"):
        raise FetchFailed("the answer is not OAI-PMH")
    error = root.find("{*}error")
    if error is not None:
        return _refused(error)
    papers: list[Paper] = []
    skipped: list[Skipped] = []
    for place, record in enumerate(root.iterfind("{*}ListRecords/{*}record"), 1):
        metadata = record.find("{*}metadata/{*}arXiv")
        # A deleted record has none.
        if metadata is None:
            continue
        try:
            papers.append(_paper(metadata))
        except (BadPaperId, ValueError) as failure:
            skipped.append(Skipped(f"record {place}", str(failure)))
    return Harvested(tuple(papers), tuple(skipped), _text(root.find("{*}ListRecords"), "resumptionToken"))


def _refused(error: ET.Element) -> Harvested:
    code, why = error.get("code", ""), " ".join((error.text or "").split())
    if code == "noRecordsMatch":
        return Harvested(())
    if code == "badResumptionToken":
        raise Expired("the resumption token has expired")
    raise FetchFailed(f"arXiv's OAI-PMH says “{code}: {why[:100]}”")


def _paper(metadata: ET.Element) -> Paper:
    id_ = PaperId.parse(_text(metadata, "id"))
    title = clean(_text(metadata, "title"), plain=True)
    if id_.scheme != "arxiv" or not title:
        raise ValueError(f"{id_} has no title.")
    return Paper(
        id=id_,
        title=title,
        abstract=clean(_text(metadata, "abstract"), plain=True),
        authors=tuple(filter(None, _authors(metadata))),
        categories=tuple(_text(metadata, "categories").split()),
        url=page_of(id_),
        published=date(_text(metadata, "created")),
        also=tuple(journal_names(_text(metadata, "doi"))),
    )


def _authors(metadata: ET.Element) -> Iterator[str]:
    for author in metadata.iterfind("{*}authors/{*}author"):
        yield clean(" ".join(filter(None, (_text(author, name) for name in ("forenames", "keyname", "suffix")))))


def _text(element: ET.Element | None, name: str) -> str:
    child = element.find(f"{{*}}{name}") if element is not None else None
    return " ".join("".join(child.itertext()).split()) if child is not None else ""
