"""Erasing: whoever has just unsubscribed has everything kept of them erased, within the hour."""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import HTMLResponse

from dailypapers.domain.link import Purpose
from dailypapers.store.database import writing
from dailypapers.subscriptions import lifecycle as subscriptions
from dailypapers.web.http.page import Site
from dailypapers.web.http.token import ready


def show(site: Site) -> Callable[[Request, str], HTMLResponse]:
    """GET: says what goes, and shows a button."""
    return ready(site, Purpose.ERASE, "erase")


def act(site: Site) -> Callable[[Request, str], HTMLResponse]:
    """POST: erases at once; twice is well."""

    def act_erase(request: Request, token: str) -> HTMLResponse:
        subscriber = site.signer.subscriber(Purpose.ERASE, token, now=site.clock())
        with writing(site.engine) as tx:
            subscriptions.erase(tx, subscriber)
        return site.page(request, "erase", state="done")

    return act_erase
