"""Errors of the API: every one is a problem (RFC 9457), with a type that can be looked up and a sentence."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from fastapi.responses import Response

from dailypapers.web.api.wire import written


class Kind(Enum):
    """What can go wrong: the last part of the type's address, the status, and what it means."""

    MALFORMED = ("malformed-body", 400, "The body cannot be read as JSON.")
    PARAMETER = ("invalid-parameter", 400, "A parameter is unknown, given twice, or has a value that it cannot have.")
    CURSOR = ("invalid-cursor", 400, "The cursor was not made by this list with these filters.")
    KEY = ("invalid-key", 401, "The request has no API key, or one that is unknown, revoked or expired.")
    SCOPE = ("insufficient-scope", 403, "The API key lacks the scope that this request takes.")
    NOT_FOUND = ("not-found", 404, "There is nothing at this address.")
    METHOD = ("method-not-allowed", 405, "This cannot be done with what is at this address.")
    SLOW = ("too-slow", 408, "The body did not arrive within a minute.")
    SUBSCRIBED = ("already-subscribed", 409, "The address is subscribed already: change the subscriber instead.")
    LEFT = ("has-unsubscribed", 409, "The owner of the address has left, and can subscribe it again by confirming.")
    SUPPRESSED = ("suppressed", 409, "The address is never to be mailed, unless its suppression is lifted.")
    STATE = ("wrong-state", 409, "This cannot be done with a subscriber in this state.")
    CHANGED = ("precondition-failed", 412, "It has changed since the version that If-Match names.")
    TOO_LARGE = ("too-large", 413, "The body is larger than two megabytes.")
    MEDIA = (
        "unsupported-media-type",
        415,
        "The body must be JSON, in UTF-8 and not packed, and say so in Content-Type.",
    )
    BODY = ("invalid-body", 422, "A field of the body is unknown, missing, or has a value that it cannot have.")
    REUSED = ("idempotency-key-reused", 422, "The idempotency key was used for another request within a day.")
    LIMIT = ("rate-limited", 429, "The key has made as many requests as it may in a minute.")
    BROKEN = ("internal-error", 500, "Something went wrong; it is our fault, and has been logged.")
    AWAY = ("unavailable", 503, "The database does not answer; try again in a moment.")

    def __init__(self, slug: str, status: int, meaning: str) -> None:
        self.slug, self.status, self.meaning = slug, status, meaning

    @property
    def title(self) -> str:
        """Its name in words, the same each time."""
        return self.slug.replace("-", " ").capitalize()


class Problem(Exception):
    """A request that is answered by an error; `more` are further members of the problem."""

    def __init__(self, kind: Kind, detail: str = "", *, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(detail or kind.meaning)
        self.kind, self.detail, self.more = kind, detail or kind.meaning, more
        self.headers = dict(headers or {})


def type_of(home: str, kind: Kind) -> str:
    """Return the address that names a kind of problem, and says what it is."""
    return f"{home}api/v1/problems/{kind.slug}"


def members(home: str, kind: Kind, detail: str) -> dict[str, Any]:
    """Return what every problem has."""
    return {"type": type_of(home, kind), "title": kind.title, "status": kind.status, "detail": detail}


def answer(home: str, problem: Problem) -> Response:
    """Return the answer that tells of a problem."""
    body = {**members(home, problem.kind, problem.detail), **problem.more}
    return Response(written(body), problem.kind.status, problem.headers, "application/problem+json")


def is_api(path: str) -> bool:
    """Return whether a path is one of the API's, where errors are problems and not pages."""
    return path == "/api" or path.startswith("/api/")


BY_STATUS = {404: Kind.NOT_FOUND, 405: Kind.METHOD, 408: Kind.SLOW, 413: Kind.TOO_LARGE}
