"""A slash at the end of an address, which some mail and chat programs add."""

from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class WithoutTrailingSlash:
    """ASGI middleware that answers an address with a slash at its end as the one without, in place.

    A redirect would lose a provider's one-click POST, and could only be made from the request's Host header, which
    anybody writes as they like.
    """

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] == "http" and len(scope["path"]) > 1 and scope["path"].endswith("/"):
            scope = {**scope, "path": scope["path"][:-1]}
        await self.app(scope, receive, send)
