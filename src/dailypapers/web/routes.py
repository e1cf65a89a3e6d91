"""Every page and where it is. GET shows, POST acts: mail scanners open every link.

The clock enters here and is passed on as `now`; nothing below asks it.
"""

import datetime as dt
from collections.abc import Callable

import jinja2
import sqlalchemy as sa
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse
from starlette.exceptions import HTTPException

from dailypapers import __version__
from dailypapers.errors import BadToken, DatabaseUnreachable
from dailypapers.links import Signer
from dailypapers.web import confirm, home, unsubscribe
from dailypapers.web.page import Site, secured


def web_app(
    engine: sa.Engine, signer: Signer, templates: jinja2.Environment, *, clock: Callable[[], dt.datetime]
) -> FastAPI:
    """The pages as one ASGI app."""
    site = Site(engine, signer, templates, clock)
    app = FastAPI(title="dailypapers", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    for path, page in {"/confirm/{token}": confirm, "/unsubscribe/{token}": unsubscribe}.items():
        app.api_route(path, methods=_LOOK, response_class=HTMLResponse)(page.show(site))
        app.post(path, response_class=HTMLResponse)(page.act(site))
    app.api_route("/", methods=_LOOK, response_class=HTMLResponse)(home.show(site))
    app.api_route("/healthz", methods=_LOOK, response_class=PlainTextResponse)(home.health(site))
    _answer_errors(app, site)
    app.middleware("http")(secured(site))
    return app


_LOOK = ["GET", "HEAD"]


def _answer_errors(app: FastAPI, site: Site) -> None:
    """Every error is a calm page that says what to do."""

    def bad_token(request: Request, error: Exception) -> HTMLResponse:
        return site.page(request, "message", status=410, title="This link does not work", message=str(error))

    def unreachable(request: Request, _error: Exception) -> HTMLResponse:
        message = "We cannot look anything up at the moment. Please try again in a few minutes."
        return site.page(request, "message", status=503, title="Please come back soon", message=message)

    def other(request: Request, error: Exception) -> HTMLResponse:
        status = error.status_code if isinstance(error, HTTPException) else 500
        message = "Nothing is kept under this address; perhaps a part of it was lost on the way."
        return site.page(request, "message", status=status, title="Nothing here", message=message)

    app.exception_handler(BadToken)(bad_token)
    app.exception_handler(DatabaseUnreachable)(unreachable)
    app.exception_handler(HTTPException)(other)
