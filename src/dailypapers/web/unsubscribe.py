"""Unsubscribing (RFC 8058): GET shows a button, POST acts at once, whoever presses it and however often.

No cookie, no login, no redirect: the mail provider's one-click POST and the reader's own button are the same.
"""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import HTMLResponse

from dailypapers import subscriptions
from dailypapers.domain.link import Purpose
from dailypapers.store.database import writing
from dailypapers.web.page import Site


def show(site: Site) -> Callable[[Request, str], HTMLResponse]:
    """GET: changes nothing."""

    def show_unsubscribe(request: Request, token: str) -> HTMLResponse:
        site.signer.subscriber(Purpose.UNSUBSCRIBE, token, now=site.clock())
        return site.page(request, "unsubscribe", state="ready")

    return show_unsubscribe


def act(site: Site) -> Callable[[Request, str], HTMLResponse]:
    """POST: unsubscribes; the body (`List-Unsubscribe=One-Click` or our own form's) is not needed."""

    def act_unsubscribe(request: Request, token: str) -> HTMLResponse:
        now = site.clock()
        subscriber = site.signer.subscriber(Purpose.UNSUBSCRIBE, token, now=now)
        with writing(site.engine) as tx:
            subscriptions.unsubscribe(tx, subscriber, now=now)
        return site.page(request, "unsubscribe", state="done")

    return act_unsubscribe
