"""Resubscribe: undo within the hour what one has just done, unsubscribing or pausing."""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import HTMLResponse

from dailypapers.domain.link import Purpose
from dailypapers.store.database import writing
from dailypapers.subscriptions import lifecycle
from dailypapers.subscriptions.links import bearer_of
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.token import ready


def show(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer GET: a button, for whoever reloads the page; changes nothing."""
    return ready(context, Purpose.RESUBSCRIBE, "resubscribe")


def act(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer POST: the reader gets digests again; idempotent."""

    def act_resubscribe(request: Request, token: str) -> HTMLResponse:
        now = context.clock()
        claim = context.signer.claim(Purpose.RESUBSCRIBE, token, now=now)
        with writing(context.engine) as tx:
            reader = bearer_of(tx, context.signer, claim)
            is_reading = reader is not None and lifecycle.resubscribe(tx, reader.id, now=now)
        return context.page(request, "resubscribe", state="done" if is_reading else "gone")

    return act_resubscribe
