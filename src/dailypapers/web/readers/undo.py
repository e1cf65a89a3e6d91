"""Undo: whoever has just unsubscribed or paused takes it back, within the hour."""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import HTMLResponse

from dailypapers.domain.link import Purpose
from dailypapers.store.database import writing
from dailypapers.subscriptions import lifecycle as subscriptions
from dailypapers.web.http.page import Site
from dailypapers.web.http.token import ready


def show(site: Site) -> Callable[[Request, str], HTMLResponse]:
    """GET: a button, for whoever loads the page again; changes nothing."""
    return ready(site, Purpose.UNDO, "undo")


def act(site: Site) -> Callable[[Request, str], HTMLResponse]:
    """POST: they read again; twice is well."""

    def act_undo(request: Request, token: str) -> HTMLResponse:
        now = site.clock()
        subscriber = site.signer.subscriber(Purpose.UNDO, token, now=now)
        with writing(site.engine) as tx:
            back = subscriptions.undo(tx, subscriber, now=now)
        return site.page(request, "undo", state="done" if back else "gone")

    return act_undo
