"""What journals published about papers, as Crossref knows it: retractions, corrections, expressions of concern.

    DOIs | the works that update them (filter updates:DOI) | which of the DOIs, in what way, and the notice's own DOI

See https://www.crossref.org/documentation/register-maintain-records/creating-and-managing-updates/.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from dailypapers.domain.doi import trimmed
from dailypapers.domain.paper import PaperId
from dailypapers.errors import BadPaperId, FetchFailed
from dailypapers.sources.http.client import Http
from dailypapers.sources.parsing.records import items, load, record, text

#: DOIs of one question: its address stays well below what servers take.
MOST_DOIS = 20
#: The most works Crossref gives at once; a paper has one notice or two.
_ROWS = 1000
_KIND = re.compile(r"[a-z]+(?:_[a-z]+)*")
_LONGEST_KIND = 40


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that was published about a paper."""

    about: str
    """The paper's DOI, in lower case."""
    kind: str
    """As Crossref names it: retraction, correction, expression_of_concern, …"""
    doi: str
    """The notice's own DOI."""


async def notices_about(http: Http, dois: Sequence[str], *, base_url: str) -> tuple[Notice, ...]:
    """Ask what was published about up to `MOST_DOIS` papers. Raises `FetchFailed` without an answer that can be read.

    A DOI with a comma cannot be asked for: a comma parts filters from each other.
    """
    asked_dois = {doi.lower() for doi in dois if "," not in doi}
    if not asked_dois:
        return ()
    filters = ",".join(f"updates:{doi}" for doi in sorted(asked_dois))
    query = urlencode({"filter": filters, "rows": _ROWS, "select": "DOI,update-to"}, quote_via=quote, safe=":,/")
    answer = await http.get(f"{base_url.rstrip('/')}/works?{query}")
    return tuple(dict.fromkeys(notice for notice in read_notices(answer.content) if notice.about in asked_dois))


def read_notices(content: bytes) -> Iterator[Notice]:
    """Read a page of works that update others; what is no notice is left out. Raises `FetchFailed` where it is none."""
    answer = record(load(content, "The answer of Crossref"))
    message = record(answer, "message")
    if text(answer, "status") != "ok" or not isinstance(message.get("items"), list):
        raise FetchFailed("the answer of Crossref has no list of works")
    for work in map(record, items(message, "items")):
        for update in map(record, items(work, "update-to")):
            if notice := _notice(work, update):
                yield notice


def _notice(work: Mapping[str, Any], update: Mapping[str, Any]) -> Notice | None:
    try:
        own, about = (PaperId.parse(trimmed(text(each, "DOI"))) for each in (work, update))
    except BadPaperId:
        return None
    kind = re.sub(r"[\s-]+", "_", text(update, "type").strip().lower())
    if own.scheme != "doi" or about.scheme != "doi" or not (_KIND.fullmatch(kind) and len(kind) <= _LONGEST_KIND):
        return None
    return Notice(about.value, kind, own.value)
