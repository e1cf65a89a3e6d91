"""A reader's data, to take away: GET shows what the file will hold, and the way to have it erased; POST gives it."""

import json
from collections.abc import Callable

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from dailypapers.domain.i18n import N_
from dailypapers.domain.link import Purpose
from dailypapers.errors import BadToken
from dailypapers.store import subscribers
from dailypapers.store.database import reading
from dailypapers.subscriptions.export import export
from dailypapers.web.http.download import attachment
from dailypapers.web.http.page import WebContext

_GONE = N_("Nothing is kept for this link any more: whoever it was for has been erased.")


def show(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """GET: a page with a button."""

    def show_data(request: Request, token: str) -> HTMLResponse:
        now = context.clock()
        subscriber = context.signer.subscriber(Purpose.DATA, token, now=now)
        with reading(context.engine) as tx:
            if subscribers.one(tx, subscriber) is None:
                raise BadToken(_GONE)
        return context.page(request, "data", erase=context.signer.url(Purpose.ERASE, subscriber, issued=now))

    return show_data


def act(context: WebContext) -> Callable[[str], Response]:
    """POST: the file, as JSON."""

    def act_data(token: str) -> Response:
        now = context.clock()
        subscriber = context.signer.subscriber(Purpose.DATA, token, now=now)
        with reading(context.engine) as tx:
            kept = export(tx, subscriber, now=now)
        if kept is None:
            raise BadToken(_GONE)
        text = json.dumps(kept, ensure_ascii=False, indent=2)
        return attachment(text + "\n", f"my-data-{now:%Y-%m-%d}.json", "application/json")

    return act_data
