"""Which language a page is in: its reader's own, or the one their browser prefers of those that are offered.

    Accept-Language | the best offered | … until a token tells who reads: the language they have chosen

It stands beside the request, as its deadline does, and is the same in all that answers it; nothing is kept in a cookie.
"""

from contextvars import ContextVar
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from dailypapers.rendering.i18n import best_of


@dataclass(slots=True)
class _Request:
    """One request's language. It is changed in place: what runs in another thread sees the same request."""

    language: str


_request: ContextVar[_Request | None] = ContextVar("request", default=None)


def of_request() -> str:
    """Return the language of the request that is being answered; empty outside of one."""
    request = _request.get()
    return request.language if request else ""


def choose(language: str) -> None:
    """Answer this request in the language its reader has chosen; where they have chosen none, as the browser says."""
    request = _request.get()
    if language and request:
        request.language = language


@dataclass(frozen=True, slots=True)
class Negotiated:
    """Chooses a language for each request by what the browser accepts (RFC 9110 12.5.4)."""

    app: ASGIApp
    offered: tuple[str, ...]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] == "http":
            accepted = Headers(scope=scope).get("accept-language", "")
            _request.set(_Request(best_of(accepted, self.offered)))
        await self.app(scope, receive, send)
