"""What the token in an address opens: a page with a button, and the reader it is for."""

from collections.abc import Callable

import sqlalchemy as sa
from fastapi import Request
from fastapi.responses import HTMLResponse

from dailypapers.domain.i18n import N_
from dailypapers.domain.link import Purpose
from dailypapers.domain.subscriber import Subscriber
from dailypapers.errors import BadToken
from dailypapers.store import subscribers
from dailypapers.web.http.page import WebContext

GONE = N_("Nothing is kept for this link any more.")


def reader_of(tx: sa.Connection, subscriber: int) -> Subscriber:
    """The reader a token is for. Raises `BadToken` where nothing is kept of them any more."""
    reader = subscribers.one(tx, subscriber)
    if reader is None:
        raise BadToken(GONE)
    return reader


def ready(context: WebContext, purpose: Purpose, name: str) -> Callable[[Request, str], HTMLResponse]:
    """The page of this name with its button, for whoever has a token for this purpose; changes nothing."""

    def show_ready(request: Request, token: str) -> HTMLResponse:
        context.signer.subscriber(purpose, token, now=context.clock())
        return context.page(request, name, state="ready")

    return show_ready
