"""Erasing: whoever has just unsubscribed has everything kept of them erased, within the hour."""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import HTMLResponse

from dailypapers.domain.link import Purpose
from dailypapers.store.database import writing
from dailypapers.subscriptions.erase import erase
from dailypapers.subscriptions.links import bearer_of
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.token import claim_of, ready


def show(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer GET: says what goes, and shows a button."""
    return ready(context, Purpose.ERASE, "erase")


def act(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer POST: erases at once; twice is well."""

    def act_erase(request: Request, token: str) -> HTMLResponse:
        claim = claim_of(context, Purpose.ERASE, token)
        with writing(context.engine) as tx:
            if reader := bearer_of(tx, context.signer, claim):
                erase(tx, reader.id, now=context.clock())
        return context.page(request, "erase", state="done")

    return act_erase
