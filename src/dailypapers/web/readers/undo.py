"""Undo: whoever has just unsubscribed or paused takes it back, within the hour."""

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
    """Answer GET: a button, for whoever loads the page again; changes nothing."""
    return ready(context, Purpose.UNDO, "undo")


def act(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer POST: they read again; twice is well."""

    def act_undo(request: Request, token: str) -> HTMLResponse:
        now = context.clock()
        claim = context.signer.claim(Purpose.UNDO, token, now=now)
        with writing(context.engine) as tx:
            reader = bearer_of(tx, context.signer, claim)
            back = reader is not None and lifecycle.undo(tx, reader.id, now=now)
        return context.page(request, "undo", state="done" if back else "gone")

    return act_undo
