"""A route that learns what its page takes when it is first asked for: for all pages at once that takes a while."""

from collections.abc import Callable
from typing import Any

from fastapi.routing import APIRoute
from starlette.routing import Route
from starlette.types import Receive, Scope, Send


class LateRoute(APIRoute):
    """A route as FastAPI makes it, once somebody asks for its page; until then it knows its path and methods."""

    def __init__(self, path: str, endpoint: Callable[..., Any], *, methods: list[str], **options: Any) -> None:
        Route.__init__(self, path, endpoint, methods=methods)
        self._options = options
        self.app = self._answer_first

    async def _answer_first(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Become the whole route, which replaces `app` by what answers from now on."""
        methods = sorted(self.methods or ())
        APIRoute.__init__(self, self.path, self.endpoint, methods=methods, **self._options)
        await self.app(scope, receive, send)
