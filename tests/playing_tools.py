"""Small real web servers on this machine that play Zotero, Readwise and Notion: they keep what they take, and refuse
what the real ones refuse, as their published APIs say.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

#: Fields of Zotero's item types, as its schema has them.
_OF_ALL = {"itemType", "title", "creators", "abstractNote", "date", "DOI", "url", "extra", "tags", "collections"}
_OF_ALL |= {"relations", "accessDate", "language", "shortTitle", "rights", "archive", "libraryCatalog", "callNumber"}
_FIELDS = {
    "preprint": _OF_ALL | {"genre", "repository", "archiveID", "place", "series", "seriesNumber", "archiveLocation"},
    "journalArticle": _OF_ALL | {"publicationTitle", "volume", "issue", "pages", "journalAbbreviation", "ISSN"},
}
Answered = tuple[int, dict[str, str], Any]


@dataclass
class Playing:
    """What all of them do: hear requests, and fail as they are told."""

    url: str = ""
    #: Requests as they came: method, path, key.
    asked: list[tuple[str, str]] = field(default_factory=list)
    #: Answers to be given before any other, one a request.
    before: list[Answered] = field(default_factory=list)
    #: Whether a write is done and its answer lost.
    loses_answers: bool = False

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> Answered:
        self.asked.append((method, path))
        if self.before:
            return self.before.pop(0)
        parts = urlsplit(path)
        value = json.loads(body) if body else None
        return self.handle(method, parts.path, parse_qs(parts.query), headers, value)

    def handle(self, method: str, path: str, query: dict[str, list[str]], headers: Any, value: Any, /) -> Answered:
        raise NotImplementedError


@dataclass
class PlayingZotero(Playing):
    """The library of user 475425; a key may read or write."""

    keys: dict[str, bool] = field(
        default_factory=lambda: {"zotero-key-that-writes": True, "zotero-key-that-reads": False}
    )
    items: list[dict[str, Any]] = field(default_factory=list)
    version: int = 7
    #: Seconds for which it asks to be left alone, in answers that are well.
    backoff: int = 0

    def handle(self, method: str, path: str, query: dict[str, list[str]], headers: Any, value: Any) -> Answered:
        key = headers.get("Zotero-API-Key", "")
        if headers.get("Zotero-API-Version") != "3":
            return 400, {}, "no version"
        if key not in self.keys:
            return 403, {}, "Invalid key"
        if path == "/keys/current":
            access = {"user": {"library": True, "files": True, "notes": True, "write": self.keys[key]}}
            return 200, {}, {"key": key, "userID": 475425, "username": "alice", "access": access}
        if path != "/users/475425/items":
            return 404, {}, "Not found"
        return self._write(key, headers, value) if method == "POST" else self._search(query)

    def _search(self, query: dict[str, list[str]]) -> Answered:
        words = query["q"][0].lower()
        found = [item for item in self.items if words in json.dumps(item).lower()]
        asks = {"Backoff": str(self.backoff)} if self.backoff else {}
        limit = min(int(query.get("limit", ["25"])[0]), 100)
        return 200, {"Last-Modified-Version": str(self.version)} | asks, [{"data": item} for item in found[:limit]]

    def _write(self, key: str, headers: Any, value: Any) -> Answered:
        if not self.keys[key]:
            return 403, {}, "Write access denied"
        since = headers.get("If-Unmodified-Since-Version")
        if since is None:
            return 428, {}, "If-Unmodified-Since-Version not provided"
        if int(since) < self.version:
            return (
                412,
                {"Last-Modified-Version": str(self.version)},
                "Library has been modified since specified version",
            )
        if len(value) > 50:
            return 413, {}, "Maximum of 50 items allowed per write request"
        wrong = next((name for name in value[0] if name not in _FIELDS.get(value[0]["itemType"], set())), "")
        if wrong:
            message = f"'{wrong}' is not a valid field for type '{value[0]['itemType']}'"
            return 200, {}, {"success": {}, "unchanged": {}, "failed": {"0": {"code": 400, "message": message}}}
        self.items += value
        self.version += 1
        return 200, {}, {"successful": {"0": {}}, "success": {"0": "ABCD2345"}, "unchanged": {}, "failed": {}}


@dataclass
class PlayingReadwise(Playing):
    """A library of documents by their addresses."""

    token: str = "readwise-token"
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)

    def handle(self, method: str, path: str, _query: dict[str, list[str]], headers: Any, value: Any) -> Answered:
        if headers.get("Authorization") != f"Token {self.token}":
            return 401, {}, {"detail": "Invalid token."}
        if (method, path) == ("GET", "/api/v2/auth/"):
            return 204, {}, None
        if (method, path) != ("POST", "/api/v3/save/"):
            return 404, {}, None
        if not str(value.get("url", "")).startswith("http"):
            return 400, {}, {"url": ["Enter a valid URL."]}
        is_new = value["url"] not in self.documents
        self.documents[value["url"]] = value
        return (201 if is_new else 200), {}, {"id": "0000ffff", "url": "https://read.readwise.io/new/read/0000ffff"}


@dataclass
class PlayingNotion(Playing):
    """A workspace with one database that an integration may see."""

    token: str = "ntn_integration_secret"
    database: str = "d9824bdc84454327be8b5b47500af6ce"
    #: Its tables; papers go to the first one.
    tables: list[str] = field(default_factory=lambda: ["2f26ee68-df30-4251-aad4-8ddc420cba3d"])
    schema: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {
            "Paper": {"type": "title"},
            "URL": {"type": "url"},
            "Authors": {"type": "rich_text"},
            "Published": {"type": "date"},
            "Status": {"type": "select"},
        }
    )
    pages: list[dict[str, Any]] = field(default_factory=list)

    def handle(self, method: str, path: str, _query: dict[str, list[str]], headers: Any, value: Any) -> Answered:
        if headers.get("Authorization") != f"Bearer {self.token}":
            return self._error(401, "unauthorized", "API token is invalid.")
        if headers.get("Notion-Version") != "2025-09-03":
            return self._error(400, "missing_version", "Notion-Version header failed validation")
        if method == "POST" and headers.get("Content-Type") != "application/json":
            return self._error(400, "invalid_json", "Error parsing JSON body.")
        return self._at(method, path, value)

    def _at(self, method: str, path: str, value: Any) -> Answered:
        if found := re.fullmatch(r"/v1/databases/([^/]+)", path):
            return self._database(found[1])
        if found := re.fullmatch(r"/v1/data_sources/([^/]+)(/query)?", path):
            return self._table(method, found[1], found[2], value)
        if (method, path) == ("POST", "/v1/pages"):
            return self._create(value)
        return self._error(400, "invalid_request_url", "Invalid request URL.")

    def _database(self, name: str) -> Answered:
        if name != self.database:
            return self._error(404, "object_not_found", f"Could not find database with ID: {name}.")
        return 200, {}, {"object": "database", "data_sources": [{"id": each, "name": ""} for each in self.tables]}

    def _table(self, method: str, name: str, what: str | None, value: Any) -> Answered:
        if name not in {each.replace("-", "") for each in self.tables}:
            return self._error(404, "object_not_found", f"Could not find data_source with ID: {name}.")
        if (method, what) not in {("GET", None), ("POST", "/query")}:
            return self._error(400, "invalid_request_url", "Invalid request URL.")
        return self._query(value) if what else (200, {}, {"object": "data_source", "properties": self.schema})

    def _query(self, value: Any) -> Answered:
        asked = value["filter"]
        if asked["property"] not in self.schema:
            return self._error(400, "validation_error", f"Could not find property with name or id: {asked['property']}")
        if not 1 <= value.get("page_size", 100) <= 100:
            return self._error(400, "validation_error", "page_size should be ≤ 100")
        kind = self.schema[asked["property"]]["type"]
        wanted = asked[kind]["equals"]
        found = [
            page for page in self.pages if wanted == _plain(page["properties"].get(asked["property"], {}).get(kind))
        ]
        return 200, {}, {"object": "list", "results": found}

    def _create(self, value: Any) -> Answered:
        parent = value["parent"]
        tables = {each.replace("-", "") for each in self.tables}
        if parent.get("type") != "data_source_id" or parent.get("data_source_id") not in tables:
            return self._error(400, "validation_error", "Databases with multiple data sources are not supported.")
        if len(value["children"]) > 100:
            return self._error(400, "validation_error", "children.length should be ≤ 100")
        for name, filled in value["properties"].items():
            if "url" in filled and not 0 < len(filled["url"]) <= 2000:
                return self._error(400, "validation_error", "url.length should be ≥ 1 and ≤ 2000")
            if name not in self.schema or [*filled] != [self.schema[name]["type"]]:
                return self._error(400, "validation_error", f"{name} is not a property that exists.")
            texts = filled.get("title") or filled.get("rich_text") or []
            if any(len(text["text"]["content"]) > 2000 for text in texts):
                return self._error(400, "validation_error", "content.length should be ≤ 2000")
        self.pages.append(value)
        return 200, {}, {"object": "page", "id": "1"}

    def _error(self, status: int, code: str, message: str) -> Answered:
        return status, {}, {"object": "error", "status": status, "code": code, "message": message}


def _plain(value: Any) -> str:
    return value[0]["text"]["content"] if isinstance(value, list) else str(value)


@contextmanager
def playing(tool: Playing) -> Iterator[Playing]:
    """Serve a tool on this machine; its `url` says where."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, headers, value = tool.answer(self.command, self.path, self.headers, body)
            if tool.loses_answers and self.command == "POST":
                self.close_connection = True
                return
            content = b"" if value is None else value.encode() if isinstance(value, str) else json.dumps(value).encode()
            self.send_response(status)
            for name, each in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, each)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815 - likewise

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    tool.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield tool
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
