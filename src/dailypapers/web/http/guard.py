"""Bodies of requests, kept small and quick: what is too big or too slow never reaches a page."""

import asyncio
from collections.abc import Callable

from fastapi import Request
from fastapi.responses import Response
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Larger than any form; a reader's file of references fits.
MAX_BODY = 2_000_000
#: What is too big is read to its end and thrown away, so that the answer is seen; but not without end.
_READ_ON = 50_000_000
#: For a whole body.
SECONDS = 60.0


class TooBig(Exception):
    """A body beyond `MAX_BODY`."""


class Guard:
    """ASGI middleware: reads a body before the page is asked, and answers for the page where it cannot be taken."""

    def __init__(self, app: ASGIApp, *, refuse: Callable[[Request, int], Response], seconds: float = SECONDS) -> None:
        self._app, self._refuse, self._seconds = app, refuse, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._seconds):
                body = await _body(receive)
        except TooBig:
            await self._refuse(Request(scope), 413)(scope, receive, send)
        except TimeoutError:
            await self._refuse(Request(scope), 408)(scope, receive, send)
        except ClientDisconnect:
            return
        else:
            await self._app(scope, _again(body, receive), send)


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part = message.get("body", b"")
        size, more = size + len(part), message.get("more_body", False)
        if size <= MAX_BODY:
            parts.append(part)
        elif size > _READ_ON:
            raise TooBig
    if size > MAX_BODY:
        raise TooBig
    return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """Give the body that was read already, then whatever else comes."""
    given = False

    async def give() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return give
