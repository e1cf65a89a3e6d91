"""Zotero, by its Web API 3: a reader's own library.

    key → whose library | is it there? (ids, title) | write, unless the library has changed since

A write names the version of the library that was searched, so that nothing is added twice, also when an answer is lost:
then the search of the next try finds it. See https://www.zotero.org/support/dev/web_api/v3/write_requests.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from dailypapers.domain.paper import Paper, page_of
from dailypapers.domain.person import is_group, parts
from dailypapers.domain.text import one_line, unaccented
from dailypapers.domain.tool import Checked, Outcome, Refusal, Sent
from dailypapers.sources.http.client import Http, Reply
from dailypapers.tools.base import FORBIDDEN, NOT_FOUND, Account, asked, fields_of, refused

_OK, _CHANGED, _LOCKED = 200, 412, 409
#: Prefixes of DOIs that servers of preprints give (bioRxiv, arXiv, OpenRxiv, OSF, SSRN, Research Square).
_PREPRINTS = ("10.1101/", "10.48550/", "10.64898/", "10.31219/", "10.2139/", "10.21203/")
_LONGEST_QUERY = 120
#: Digits of a number of seconds.
_LONGEST_BACKOFF = 7


@dataclass(frozen=True, slots=True)
class Zotero:
    """A client of it."""

    base_url: str = "https://api.zotero.org"

    async def check(self, http: Http, account: Account) -> Checked:
        """Return the id of the user whose key it is; a key that may not write is refused."""
        reply, value = await asked(http, "GET", f"{self.base_url}/keys/current", _headers(account))
        if reply.status in {FORBIDDEN, NOT_FOUND}:
            return Checked(refusal=Refusal.KEY)
        fields = fields_of(value)
        if reply.status != _OK or not str(fields.get("userID", "")).isdecimal():
            return Checked()
        access = fields_of(fields_of(fields.get("access")).get("user"))
        if not (access.get("library") and access.get("write")):
            return Checked(refusal=Refusal.PERMISSION)
        return Checked(str(fields["userID"]))

    async def save(self, http: Http, account: Account, paper: Paper) -> Outcome:
        """Add a paper to the library, unless an item has one of its ids, or its title."""
        items, version, backoff = f"{self.base_url}/users/{account.target}/items", "", 0.0
        for words in _queries(paper):
            query = f"{items}?q={quote(words, safe='')}&qmode=everything&format=json&limit=50"
            reply, value = await asked(http, "GET", query, _headers(account))
            if reply.status != _OK:
                return refused(reply, account)
            backoff = max(backoff, _backoff(reply))
            # The first version is the one that all of the searches saw, or the write is refused.
            version = version or reply.headers.get("last-modified-version", "")
            if isinstance(value, list) and any(_is_of(fields_of(fields_of(one).get("data")), paper) for one in value):
                return Outcome(Sent.EXISTS, retry_after=backoff or None)
        written = {**_headers(account), "If-Unmodified-Since-Version": version or "0"}
        reply, value = await asked(http, "POST", items, written, [item_of(paper)])
        outcome, backoff = _written(reply, value, account), max(backoff, _backoff(reply))
        return replace(outcome, retry_after=outcome.retry_after or backoff or None)


def _backoff(reply: Reply) -> float:
    """Return the seconds for which an overloaded server asks to be left alone, in whatever answer it gives."""
    text = reply.headers.get("backoff", "").strip()
    return float(text) if text.isascii() and text.isdecimal() and len(text) < _LONGEST_BACKOFF else 0.0


def _headers(account: Account) -> dict[str, str]:
    return {"Zotero-API-Version": "3", "Zotero-API-Key": account.key}


def _written(reply: Reply, value: Any, account: Account) -> Outcome:
    if reply.status in {_CHANGED, _LOCKED}:
        return Outcome(
            Sent.LATER, f"{reply.status}: the library has changed meanwhile, or is locked", reply.retry_after
        )
    if reply.status != _OK:
        return refused(reply, account, forbidden=Refusal.PERMISSION)
    fields = fields_of(value)
    if fields_of(fields.get("success")) or fields_of(fields.get("successful")) or fields_of(fields.get("unchanged")):
        return Outcome(Sent.SAVED)
    failure = fields_of(fields_of(fields.get("failed")).get("0"))
    return Outcome(Sent.IMPOSSIBLE, one_line(str(failure.get("message", "")))[:200] or "it was not written")


def _queries(paper: Paper) -> Iterator[str]:
    """Yield what to search for: each id that others know, then the title."""
    yield from dict.fromkeys(name.value for name in (paper.id, *paper.also) if name.scheme in {"arxiv", "doi"})
    yield one_line(paper.title)[:_LONGEST_QUERY]


def _is_of(data: Mapping[str, Any], paper: Paper) -> bool:
    """Return whether an item is this paper: by a DOI, an arXiv id wherever it stands, or the very same title."""
    doi = str(data.get("DOI", "")).strip().lower().rpartition("doi.org/")[2]
    if doi and doi in _dois(paper):
        return True
    ids = " ".join(str(data.get(name, "")) for name in ("archiveID", "extra", "url", "archiveLocation")).lower()
    numbers = [name.value.lower() for name in (paper.id, *paper.also) if name.scheme == "arxiv"]
    if any(_names(ids, number) for number in numbers):
        return True
    return _plain(str(data.get("title", ""))) == _plain(paper.title)


def _names(text: str, number: str) -> bool:
    before, match, after = text.partition(number)
    return bool(match) and not before[-1:].isalnum() and not after[:1].isdigit()


def _plain(title: str) -> str:
    return "".join(letter for letter in unaccented(title) if letter.isalnum())


def _dois(paper: Paper) -> set[str]:
    names = (paper.id, *paper.also)
    arxiv = {f"10.48550/arxiv.{name.value.lower()}" for name in names if name.scheme == "arxiv"}
    return arxiv | {name.value.lower() for name in names if name.scheme == "doi"}


def item_of(paper: Paper) -> dict[str, object]:
    """Return a paper as an item: a preprint, or an article of a journal; nothing that its type has no field for."""
    names = (paper.id, *paper.also)
    arxiv = next((name.value for name in names if name.scheme == "arxiv"), "")
    doi = next((name.value for name in names if name.scheme == "doi"), "")
    is_article = bool(doi) and not doi.startswith(_PREPRINTS)
    repository = {"repository": "arXiv", "archiveID": f"arXiv:{arxiv}"} if arxiv and not is_article else {}
    return {
        "itemType": "journalArticle" if is_article else "preprint",
        "title": one_line(paper.title),
        "creators": [_creator(name) for name in paper.authors if one_line(name)],
        "abstractNote": paper.abstract,
        "date": paper.published.isoformat() if paper.published else "",
        "DOI": doi or (f"10.48550/arXiv.{arxiv}" if arxiv else ""),
        "url": paper.url or page_of(paper.id),
        **repository,
        "extra": f"arXiv:{arxiv}" if arxiv and is_article else "",
        "tags": [],
        "collections": [],
        "relations": {},
    }


def _creator(name: str) -> dict[str, str]:
    family, given, suffix = parts(one_line(name))
    if is_group(name) or not given:
        return {"creatorType": "author", "name": one_line(name)}
    return {"creatorType": "author", "firstName": given, "lastName": " ".join(filter(None, (family, suffix)))}
