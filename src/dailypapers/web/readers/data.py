"""A reader's data, to take away: GET shows what the file will hold, and the way to have it erased; POST gives it."""

import json
from collections.abc import Callable

import sqlalchemy as sa
from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from dailypapers.domain.i18n import N_
from dailypapers.domain.link import Purpose
from dailypapers.domain.subscriber import Subscriber
from dailypapers.errors import BadToken
from dailypapers.store.database import reading
from dailypapers.subscriptions.export import export
from dailypapers.subscriptions.links import bearer_of
from dailypapers.web.http.download import attachment
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.token import claim_of

_GONE = N_("The data this link belonged to has been erased.")


def show(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer GET: a page with a button."""

    def show_data(request: Request, token: str) -> HTMLResponse:
        now = context.clock()
        with reading(context.engine) as tx:
            reader = _reader(context, tx, token)
        return context.page(request, "data", erase=context.signer.url(Purpose.ERASE, reader.bearer, issued=now))

    return show_data


def act(context: WebContext) -> Callable[[str], Response]:
    """Answer POST: the file, as JSON."""

    def act_data(token: str) -> Response:
        now = context.clock()
        with reading(context.engine) as tx:
            exported = export(tx, _reader(context, tx, token).id, now=now)
        text = json.dumps(exported, ensure_ascii=False, indent=2)
        return attachment(text + "\n", f"my-data-{now:%Y-%m-%d}.json", "application/json")

    return act_data


def _reader(context: WebContext, tx: sa.Connection, token: str) -> Subscriber:
    """Load whose data these are. Raises `BadToken` where nothing is kept of them any more."""
    reader = bearer_of(tx, context.signer, claim_of(context, Purpose.DATA, token))
    if reader is None:
        raise BadToken(_GONE)
    return reader
