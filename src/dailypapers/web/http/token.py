"""What the token in an address opens: a page with a button, and the reader it is for."""

from collections.abc import Callable

import sqlalchemy as sa
from fastapi import Request
from fastapi.responses import HTMLResponse

from dailypapers.domain.i18n import N_
from dailypapers.domain.link import Claim, Purpose
from dailypapers.domain.subscriber import Subscriber
from dailypapers.errors import BadToken
from dailypapers.subscriptions.links import bearer_of
from dailypapers.web.http import language
from dailypapers.web.http.page import WebContext

GONE = N_("The subscription this link belonged to no longer exists.")


def claim_of(context: WebContext, purpose: Purpose, token: str) -> Claim:
    """Return what a token says. Raises `BadToken` where it is forged, for another purpose, or expired."""
    return context.signer.claim(purpose, token, now=context.clock())


def reader_of(context: WebContext, tx: sa.Connection, claim: Claim) -> Subscriber:
    """Return the reader a token was made for. Raises `BadToken` where nothing is kept of them any more."""
    reader = bearer_of(tx, context.signer, claim)
    if reader is None:
        raise BadToken(GONE)
    language.choose(reader.style.language)
    return reader


def ready(context: WebContext, purpose: Purpose, name: str) -> Callable[[Request, str], HTMLResponse]:
    """Return the page of this name with its button, for whoever has a token for this purpose; changes nothing."""

    def show_ready(request: Request, token: str) -> HTMLResponse:
        claim_of(context, purpose, token)
        return context.page(request, name, state="ready")

    return show_ready
