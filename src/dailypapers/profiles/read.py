"""The papers that a profile lists: newest first, with what is known of each, through the bounded client.

OpenAlex knows abstracts, so that it is asked for an ORCID iD too; ORCID itself where it knows nobody of that iD. DBLP
and Zotero write BibTeX, which is read as what readers upload.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.profile import Profile, ProfileKind
from dailypapers.domain.reference import Reference
from dailypapers.domain.text import one_line
from dailypapers.errors import BadPaperId, FetchFailed
from dailypapers.references.read import read
from dailypapers.sources.http.client import Http
from dailypapers.sources.parsing.records import record

#: Papers of one profile, the newest: what somebody wrote long ago says less of what they want to read.
MOST = 100
_NOT_FOUND, _OK = 404, 200
_REFUSED = frozenset((401, 403))
_LONGEST_ABSTRACT = 5_000


@dataclass(frozen=True, slots=True)
class Services:
    """Where the lists are."""

    openalex: str = "https://api.openalex.org"
    orcid: str = "https://pub.orcid.org/v3.0"
    dblp: str = "https://dblp.org"
    zotero: str = "https://api.zotero.org"
    #: By which OpenAlex knows us, and lets us ask more often; empty: as anybody.
    openalex_key: str = field(default="", repr=False)
    #: What the keys of readers' own libraries are encrypted with.
    secret: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """What a profile lists: references, and papers as they may be stored where we do not know them."""

    references: tuple[Reference, ...] = ()
    papers: tuple[Paper, ...] = ()


class NotOpened(FetchFailed):
    """A library that is not public, or whose key was revoked or may not read it: to ask again is in vain."""


async def listed(http: Http, services: Services, profile: Profile) -> Listed:
    """Return the papers a profile lists; none where there is no such profile. Raises `FetchFailed`."""
    if profile.kind is ProfileKind.DBLP:
        return await _bibtex(http, f"{services.dblp}/pid/{profile.id}.bib")
    if profile.kind is ProfileKind.ZOTERO:
        return await _bibtex(http, f"{services.zotero}/groups/{profile.id}/items/top?{_NEWEST}")
    if profile.kind is ProfileKind.ZOTERO_USER:
        return await _zotero_user(http, services, profile)
    name = "author.orcid" if profile.kind is ProfileKind.ORCID else "author.id"
    works = await _openalex(http, services, f"{name}:{profile.id}")
    if works.references or profile.kind is ProfileKind.OPENALEX:
        return works
    return await _orcid(http, f"{services.orcid}/{profile.id}/works")


async def _bibtex(http: Http, url: str) -> Listed:
    answer = await http.get(url, also={_NOT_FOUND})
    if answer.status == _NOT_FOUND:
        return Listed()
    if answer.content.lstrip().startswith(b"<"):
        # DBLP shows such a page, with a 200, to programs that ask too often.
        raise FetchFailed(f"{urlsplit(url).hostname} answered with a web page, not with BibTeX.")
    return Listed(read(answer.content).papers[:MOST])


#: The newest items, as BibTeX (Zotero Web API 3).
_NEWEST = f"format=bibtex&limit={MOST}&sort=dateAdded&direction=desc&v=3"


async def _zotero_user(http: Http, services: Services, profile: Profile) -> Listed:
    """Return what somebody's own library holds; with a key it is that of who the key belongs to."""
    user = profile.id
    if profile.key:
        current = record(_loaded(await _zotero(http, f"{services.zotero}/keys/current", profile.key)))
        user = str(current.get("userID", ""))
        if not user.isascii() or not user.isdecimal():
            raise NotOpened("Zotero does not say whose key this is.")
    items = await _zotero(http, f"{services.zotero}/users/{user}/items/top?{_NEWEST}", profile.key)
    return Listed(read(items).papers[:MOST])


async def _zotero(http: Http, url: str, key: str) -> bytes:
    """Return what Zotero answers, nothing where there is no such library."""
    headers = {"Zotero-API-Version": "3"} | ({"Zotero-API-Key": key} if key else {})
    reply = await http.send("GET", url, headers=headers)
    if reply.status in _REFUSED:
        raise NotOpened(f"Zotero answered with {reply.status}: the library is not public, or the key may not read it.")
    if reply.status == _NOT_FOUND:
        return b""
    if reply.status != _OK:
        raise FetchFailed(f"Zotero answered with {reply.status}.")
    return reply.content


async def _openalex(http: Http, services: Services, author: str) -> Listed:
    fields = "doi,title,authorships,publication_date,abstract_inverted_index"
    query = f"filter={author}&sort=publication_date:desc&per-page={MOST}&select={fields}"
    key = f"&api_key={quote(services.openalex_key, safe='')}" if services.openalex_key else ""
    try:
        works = (await _json(http, f"{services.openalex}/works?{query}{key}")).get("results")
    except FetchFailed as error:
        # OpenAlex takes its key in the address alone, which errors name.
        raise FetchFailed(str(error).replace(key, "") if key else str(error)) from None
    papers = [paper for work in _objects(works)[:MOST] if (paper := _paper(work))]
    return Listed(tuple(_reference(paper) for paper in papers), tuple(paper for paper in papers if paper.abstract))


async def _orcid(http: Http, url: str) -> Listed:
    groups = _objects((await _json(http, url)).get("group"))
    references = (_of_group(group) for group in groups[:MOST])
    return Listed(tuple(reference for reference in references if reference.ids or reference.title))


async def _json(http: Http, url: str) -> Mapping[str, Any]:
    answer = await http.get(url, also={_NOT_FOUND})
    return record(_loaded(answer.content)) if answer.status != _NOT_FOUND else {}


def _loaded(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _id(text: object) -> PaperId | None:
    try:
        return PaperId.parse(str(text))
    except BadPaperId:
        return None


def _paper(work: Mapping[str, Any]) -> Paper | None:
    """Return a work of OpenAlex as a paper; one without a DOI has no name to be met by again."""
    name, title = _id(work.get("doi") or ""), one_line(str(work.get("title") or ""))
    if name is None or not title:
        return None
    people = (str(record(each.get("author")).get("display_name") or "") for each in _objects(work.get("authorships")))
    abstract = _uninverted(record(work.get("abstract_inverted_index")))
    authors = tuple(one_line(person) for person in people if one_line(person))
    return Paper(name, title, abstract, authors, published=_day(work.get("publication_date")))


def _uninverted(places: Mapping[str, Any]) -> str:
    """Return the text of an index of its words: each word, and where it stands."""
    placed = sorted(
        (place, word)
        for word, where in places.items()
        for place in (where if isinstance(where, list) else ())
        if isinstance(place, int)
    )
    return one_line(" ".join(word for _, word in placed))[:_LONGEST_ABSTRACT]


def _day(text: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(text))
    except ValueError:
        return None


def _reference(paper: Paper) -> Reference:
    return Reference((paper.id,), paper.title, paper.authors)


def _of_group(group: Mapping[str, Any]) -> Reference:
    """Return what ORCID groups as one work; its ids are those of all who told of it."""
    summaries = _objects(group.get("work-summary"))
    title = next((_value(record(each.get("title")).get("title")) for each in summaries), "")
    ids = (
        _id(one.get("external-id-value"))
        for one in _objects(record(group.get("external-ids")).get("external-id"))
        if one.get("external-id-type") in {"doi", "arxiv"}
    )
    return Reference(tuple(dict.fromkeys(each for each in ids if each)), one_line(title))


def _value(value: Any) -> str:
    return str(record(value).get("value") or "")
