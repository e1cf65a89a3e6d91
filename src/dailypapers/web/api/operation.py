"""What the API can do: operations, each with what it takes and answers; from these it is described and checked."""

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from dailypapers.accounts.actor import Actor
from dailypapers.domain.api_key import ApiKey, Scope
from dailypapers.web.api.check import Schema
from dailypapers.web.api.cursor import read_cursor, write_cursor
from dailypapers.web.api.problem import Kind, Problem
from dailypapers.web.api.wire import etag_of
from dailypapers.web.http.page import WebContext

#: Entries of a page where nobody says how many, and at most.
USUAL_PAGE, LONGEST_PAGE = 50, 200


@dataclass(frozen=True, slots=True)
class Parameter:
    """A part of the address, of its path or behind the question mark, or a header."""

    name: str
    schema: Schema
    description: str
    example: Any
    where: str = "query"

    @property
    def is_number(self) -> bool:
        """Whether its text is to be read as a number."""
        return self.schema.get("type") == "integer"


_TAG = r'(?:W/)?"[!#-~]*"'
#: Versions (RFC 9110, 8.8.3), or a star for any.
_VERSIONS: Schema = {
    "type": "string",
    "minLength": 1,
    "maxLength": 1000,
    "pattern": rf"^(?:\*|{_TAG}(?: *, *{_TAG})*)$",
}
_VERSION_EXAMPLE = '"8b1a9953c4611296a827abf8c47804d7"'
IF_MATCH = Parameter(
    "If-Match",
    _VERSIONS,
    "The version (ETag) that is to be changed; where it has changed since, nothing is done.",
    _VERSION_EXAMPLE,
    "header",
)
IF_NONE_MATCH = Parameter(
    "If-None-Match",
    _VERSIONS,
    "The version (ETag) that you have; where it is still so, the answer is empty (304).",
    '"0cc175b9c0f1b6a831c399e269772661"',
    "header",
)
IDEMPOTENCY_KEY = Parameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "The same key with the same request gets the same answer for a day, and nothing is done twice.",
    "8e03978e-40d5-43dd-bc93-6894a57f9324",
    "header",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered where all is well."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Whom it is about: a stored answer is erased with them.
    subscriber_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What may be answered, as it is described: what it is, how it looks, and an example."""

    description: str
    schema: Schema | None = None
    example: Any = None


@dataclass(frozen=True, slots=True)
class Call:
    """A request to the API, read and checked."""

    context: WebContext
    tx: sa.Connection
    now: dt.datetime
    operation: "Operation"
    key: ApiKey | None
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Any = None
    #: The versions that If-Match names; empty where it is not there.
    if_match: frozenset[str] = frozenset()

    @property
    def by(self) -> Actor:
        """Whom the audit log names."""
        return Actor(self.key.actor if self.key else "API", self.context.signer)

    def note(self, action: str, *, address: str = "", **values: Mapping[str, object] | None) -> None:
        """Add a change to the audit log."""
        self.by.note(self.tx, action, now=self.now, address=address, **values)

    def address_of(self, path: str) -> str:
        """Return the address of something of the API, by its path."""
        return f"{self.context.home}api/v1{path}"

    def require_scope(self, scope: Scope) -> None:
        """Raise a `Problem` where the key may not do this."""
        if self.key is None or scope not in self.key.scopes:
            raise lacking(scope)

    def require_match(self, body: Any) -> None:
        """Raise a `Problem` where the request names a version and what is there is another one."""
        if self.if_match and not self.if_match & {"*", etag_of(body)}:
            raise Problem(Kind.CHANGED)

    @property
    def limit(self) -> int:
        """How many entries a page is to have."""
        return int(self.query.get("limit", USUAL_PAGE))

    def after(self) -> str:
        """Return behind what the page begins; empty for the first one. Raises a `Problem` for a cursor not of ours."""
        cursor = self.query.get("cursor", "")
        return read_cursor(self.context.signer, self._list_name(), cursor) if cursor else ""

    def after_number(self) -> int | None:
        """Return behind which number the page begins, `None` for the first one."""
        text = self.after()
        return int(text) if text else None

    def page(self, items: Sequence[Any], last: Callable[[], object]) -> Answer:
        """Answer a page of a list, of which one entry more than wanted was asked for; `last` names the last shown."""
        page_items, following, headers = list(items[: self.limit]), None, {}
        if len(items) > self.limit:
            cursor = write_cursor(self.context.signer, self._list_name(), str(last()))
            following = f"{self.address_of(self._own_path())}?{urlencode({**self.query, 'cursor': cursor})}"
            headers = {"Link": f'<{following}>; rel="next"'}
        return Answer({"items": page_items, "next": following}, headers=headers)

    def _own_path(self) -> str:
        return self.operation.path.format(**self.path)

    def _list_name(self) -> str:
        filters = {name: value for name, value in self.query.items() if name not in {"cursor", "limit"}}
        return json.dumps([self._own_path(), sorted(filters.items())])


def lacking(scope: Scope) -> Problem:
    """Return the problem of a key that lacks a scope (RFC 6750, 3.1)."""
    challenge = f'Bearer realm="dailypapers", error="insufficient_scope", scope="{scope}"'
    return Problem(Kind.SCOPE, f"This takes a key with the scope {scope}.", headers={"WWW-Authenticate": challenge})


Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that the API does."""

    name: str
    method: str
    path: str
    summary: str
    handle: Handler
    replies: Mapping[int, Reply]
    #: What the key must be good for; `None` where no key is asked for, unless any key will do.
    scope: Scope | None = None
    any_key: bool = False
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    #: What its body must be, and an example; `None` where it takes none.
    body: Schema | None = None
    body_example: Any = None
    #: Besides what may go wrong with any operation of its kind.
    problems: tuple[Kind, ...] = ()
    #: Whether its answer has a version (ETag), and whether If-Match is looked at.
    has_version: bool = False
    is_conditional: bool = False

    @property
    def writes(self) -> bool:
        """Whether it changes anything."""
        return self.method != "GET"

    @property
    def noun(self) -> str:
        """What it is about, by the first part of its path."""
        return self.path.split("/")[1]

    @property
    def takes_key(self) -> bool:
        """Whether a key is asked for."""
        return self.any_key or self.scope is not None

    @property
    def requires_body(self) -> bool:
        """Whether a request without a body is refused."""
        return self.method == "PATCH" or bool(self.body and self.body.get("required"))

    @property
    def takes_idempotency_key(self) -> bool:
        """Whether doing it twice would matter."""
        return self.method == "POST"

    @property
    def headers(self) -> tuple[Parameter, ...]:
        """The headers that are looked at."""
        return (
            *([IF_NONE_MATCH] if self.has_version and not self.writes else []),
            *([IDEMPOTENCY_KEY] if self.takes_idempotency_key else []),
            *([IF_MATCH] if self.is_conditional else []),
        )
