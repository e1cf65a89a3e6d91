"""Confirming a subscription: the page shows a button, the button confirms."""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import HTMLResponse

from dailypapers import subscriptions
from dailypapers.domain.link import Purpose
from dailypapers.store.database import writing
from dailypapers.web.page import Site


def show(site: Site) -> Callable[[Request, str], HTMLResponse]:
    """GET: changes nothing, however often a scanner opens it."""

    def show_confirm(request: Request, token: str) -> HTMLResponse:
        site.signer.subscriber(Purpose.CONFIRM, token, now=site.clock())
        return site.page(request, "confirm", state="ready")

    return show_confirm


def act(site: Site) -> Callable[[Request, str], HTMLResponse]:
    """POST: confirms."""

    def act_confirm(request: Request, token: str) -> HTMLResponse:
        now = site.clock()
        subscriber = site.signer.subscriber(Purpose.CONFIRM, token, now=now)
        with writing(site.engine) as tx:
            active = subscriptions.confirm(tx, subscriber, now=now)
        return site.page(request, "confirm", state="done" if active else "bad link")

    return act_confirm
