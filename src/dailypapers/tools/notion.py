"""Notion, by its API of 2025-09-03: a database that its owner has shared with an integration.

    its first table | what properties that has | is the paper there? | a page, with the properties that fit

A database holds one table (“data source”) or several. They are their owners': only the title is certain, whatever it is
called. A property is filled where its name and its type say what it is for. See
https://developers.notion.com/reference/post-page.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dailypapers.domain.paper import Paper, page_of
from dailypapers.domain.text import one_line
from dailypapers.domain.tool import Checked, Outcome, Refusal, Sent
from dailypapers.sources.http.client import Http
from dailypapers.tools.base import Account, asked, fields_of, refused

_OK = 200
_VERSION = "2025-09-03"
#: Characters of one text (https://developers.notion.com/reference/request-limits), and texts of one paragraph.
_LONGEST_TEXT, _MOST_TEXTS = 2_000, 10
_ID = re.compile(r"[0-9a-f]{32}")


def database_id(text: str) -> str:
    """Return the id in what somebody pasted, which may be the database's address; empty where there is none."""
    path = text.partition("?")[0].lower().replace("-", "")
    ids: list[str] = _ID.findall(path)
    return ids[-1] if ids else ""


@dataclass(frozen=True, slots=True)
class Notion:
    """A client of it."""

    base_url: str = "https://api.notion.com"

    async def check(self, http: Http, account: Account) -> Checked:
        """Return the id of the database, where the key may see it."""
        reply, database = await asked(http, "GET", self._database(account), _headers(account))
        if reply.status == _OK:
            return Checked(account.target) if _table(database) else Checked(refusal=Refusal.TARGET)
        outcome = refused(reply, account)
        return Checked(refusal=outcome.refusal or (Refusal.TARGET if outcome.sent is Sent.IMPOSSIBLE else None))

    async def save(self, http: Http, account: Account, paper: Paper) -> Outcome:
        """Add a page for the paper, unless there is one with its address, or with its title."""
        reply, database = await asked(http, "GET", self._database(account), _headers(account))
        if reply.status != _OK:
            return refused(reply, account)
        table = _table(database)
        if not table:
            return Outcome(Sent.LATER, "the database has no table", refusal=Refusal.TARGET)
        url = f"{self.base_url}/v1/data_sources/{table}"
        reply, source = await asked(http, "GET", url, _headers(account))
        if reply.status != _OK:
            return refused(reply, account)
        properties = properties_of(fields_of(fields_of(source).get("properties")), paper)
        wanted = {"filter": _filter(properties), "page_size": 1}
        reply, pages = await asked(http, "POST", f"{url}/query", _headers(account), wanted)
        if reply.status != _OK:
            return refused(reply, account, forbidden=Refusal.PERMISSION)
        if fields_of(pages).get("results"):
            return Outcome(Sent.EXISTS)
        parent = {"type": "data_source_id", "data_source_id": table}
        page = {"parent": parent, "properties": properties, "children": _children(paper)}
        reply, _ = await asked(http, "POST", f"{self.base_url}/v1/pages", _headers(account), page)
        return Outcome(Sent.SAVED) if reply.status == _OK else refused(reply, account, forbidden=Refusal.PERMISSION)

    def _database(self, account: Account) -> str:
        return f"{self.base_url}/v1/databases/{account.target}"


def _headers(account: Account) -> dict[str, str]:
    return {"Authorization": f"Bearer {account.key}", "Notion-Version": _VERSION}


def _table(database: Any) -> str:
    """Return the id of a database's first table, as may stand in an address; empty where it tells of none."""
    tables = fields_of(database).get("data_sources")
    first = fields_of(tables[0]).get("id") if isinstance(tables, list) and tables else ""
    return database_id(str(first))


def properties_of(schema: Mapping[str, Any], paper: Paper) -> dict[str, Any]:
    """Return the properties of a database that a paper fills."""
    filled = {}
    for name, kind in ((name, str(fields_of(each).get("type", ""))) for name, each in schema.items()):
        value = _value(name.strip().lower(), kind, paper)
        if value:
            filled[name] = {kind: value}
    return filled


def _value(name: str, kind: str, paper: Paper) -> Any:
    address = paper.url or page_of(paper.id)
    match kind:
        case "title":
            return _texts(one_line(paper.title))
        case "url" if name in {"url", "link", "address"}:
            return address
        case "rich_text" if name in {"authors", "author"}:
            return _texts(", ".join(map(one_line, paper.authors)))
        case "rich_text" if name in {"id", "doi", "identifier"}:
            return _texts(paper.id.value)
        case "date" if name in {"date", "published"} and paper.published:
            return {"start": paper.published.isoformat()}
    return None


def _texts(text: str) -> list[dict[str, Any]]:
    pieces = [text[begin : begin + _LONGEST_TEXT] for begin in range(0, len(text), _LONGEST_TEXT)][:_MOST_TEXTS]
    return [{"type": "text", "text": {"content": piece}} for piece in pieces]


def _filter(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return what finds a paper's page: its address, or, in a database without one, its title."""
    by_kind = {kind: (name, value) for name, filled in properties.items() for kind, value in filled.items()}
    if "url" in by_kind:
        name, address = by_kind["url"]
        return {"property": name, "url": {"equals": address}}
    name, texts = by_kind["title"]
    return {"property": name, "title": {"equals": texts[0]["text"]["content"]}}


def _children(paper: Paper) -> list[dict[str, Any]]:
    texts = (paper.abstract, paper.url or page_of(paper.id))
    return [
        {"object": "block", "type": "paragraph", "paragraph": {"rich_text": _texts(text)}} for text in texts if text
    ]
