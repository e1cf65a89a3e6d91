"""What the API says of itself: what can go wrong, and what a key may do."""

from typing import Any

from dailypapers.domain.api_key import scopes_in_words
from dailypapers.web.api import shapes
from dailypapers.web.api.operation import Answer, Call, Operation, Reply
from dailypapers.web.api.problem import Kind, Problem, type_of
from dailypapers.web.api.wire import moment

_KEY = shapes.answered(
    "Key",
    {
        "name": shapes.TEXT,
        "prefix": shapes.TEXT,
        "scopes": shapes.list_of(shapes.TEXT),
        "per_minute": shapes.COUNT,
        "expires_at": shapes.or_null(shapes.MOMENT),
    },
)
_KIND = shapes.answered(
    "ProblemType",
    {"type": shapes.TEXT, "title": shapes.TEXT, "status": {"type": "integer"}, "description": shapes.TEXT},
)
_SLUG = {"type": "string", "pattern": "^[a-z-]{1,50}$"}
_KEY_EXAMPLE = {
    "name": "website",
    "prefix": "dpk_4f7k2m9x",
    "scopes": ["subscribers:read"],
    "per_minute": 600,
    "expires_at": None,
}


def _show_key(call: Call) -> Answer:
    key = call.key
    assert key is not None  # noqa: S101 - the gate lets nobody else in
    document = {
        "name": key.name,
        "prefix": key.prefix,
        "scopes": scopes_in_words(key.scopes),
        "per_minute": key.per_minute,
        "expires_at": moment(key.expires_at),
    }
    return Answer(document)


def _show_kind(call: Call) -> Answer:
    kind = next((each for each in Kind if each.slug == call.path["kind"]), None)
    if kind is None:
        raise Problem(Kind.NOT_FOUND)
    return Answer(_shown(call.context.home, kind))


def _shown(home: str, kind: Kind) -> dict[str, Any]:
    return {"type": type_of(home, kind), "title": kind.title, "status": kind.status, "description": kind.meaning}


OPERATIONS = (
    Operation(
        "showKey", "GET", "/key", "Show the key", _show_key, any_key=True,
        description="What the key of the request may do, and until when.",
        replies={200: Reply("The key.", _KEY, _KEY_EXAMPLE)},
    ),
    Operation(
        "showProblemType", "GET", "/problems/{kind}", "Say what a type of problem is", _show_kind,
        description="The type of each problem is an address of this kind.",
        parameters=(shapes.in_path("kind", "The last part of its type.", Kind.NOT_FOUND.slug, _SLUG),),
        replies={200: Reply("What it is.", _KIND, _shown("https://papers.example.org/", Kind.NOT_FOUND))},
    ),
)  # fmt: skip
