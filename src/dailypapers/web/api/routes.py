"""Where the API is: one route, behind which its own table decides."""

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.routing import Route

from dailypapers.web.api.gate import Api
from dailypapers.web.api.table import OPERATIONS
from dailypapers.web.http.page import WebContext


def add_api(app: FastAPI, context: WebContext) -> None:
    """Add the API below /api/v1."""
    api = Api(context, OPERATIONS)

    async def answer(request: Request) -> Response:
        return await api.answer(request)

    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "CONNECT"]
    app.router.routes.append(Route("/api/{path:path}", answer, methods=methods))
