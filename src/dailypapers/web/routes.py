"""Every page and where it is. GET shows, POST acts: mail scanners open every link.

`now` enters here and is passed on; nothing below asks the clock.
"""

import datetime as dt
import secrets
from collections.abc import Awaitable, Callable

import jinja2
import sqlalchemy as sa
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException

from dailypapers import __version__
from dailypapers.errors import BadToken, DatabaseUnreachable
from dailypapers.links import Signer
from dailypapers.web import confirm, home, unsubscribe
from dailypapers.web.page import Site

Clock = Callable[[], dt.datetime]


def web_app(engine: sa.Engine, signer: Signer, templates: jinja2.Environment, *, clock: Clock) -> FastAPI:
    """The pages as one ASGI app."""
    site = Site(engine, signer, templates, clock)
    app = FastAPI(title="dailypapers", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    app.get("/", response_class=HTMLResponse)(home.show(site))
    app.get("/confirm/{token}", response_class=HTMLResponse)(confirm.show(site))
    app.post("/confirm/{token}", response_class=HTMLResponse)(confirm.act(site))
    app.get("/unsubscribe/{token}", response_class=HTMLResponse)(unsubscribe.show(site))
    app.post("/unsubscribe/{token}", response_class=HTMLResponse)(unsubscribe.act(site))
    app.get("/healthz", response_class=PlainTextResponse)(home.health(site))
    _answer_errors(app, site)
    app.middleware("http")(_secure)
    return app
