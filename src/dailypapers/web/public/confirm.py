"""Confirming a subscription: the page shows a button, the button confirms and leads on to the topics."""

from collections.abc import Callable

import sqlalchemy as sa
from fastapi import Request
from fastapi.responses import HTMLResponse

from dailypapers.domain.link import Purpose
from dailypapers.domain.subscriber import Subscriber
from dailypapers.store import subscribers
from dailypapers.store.database import writing
from dailypapers.subscriptions import lifecycle
from dailypapers.subscriptions.links import bearer_of
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.token import ready


def show(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer GET: changes nothing, however often a scanner opens it."""
    return ready(context, Purpose.CONFIRM, "confirm")


def act(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer POST: confirms, and says what happens next."""

    def act_confirm(request: Request, token: str) -> HTMLResponse:
        now = context.clock()
        claim = context.signer.claim(Purpose.CONFIRM, token, now=now)
        with writing(context.engine) as tx:
            reader = bearer_of(tx, context.signer, claim)
            if reader and lifecycle.confirm(tx, reader.id, now=now):
                return _welcome(context, request, tx, reader)
        return context.page(request, "confirm", state="ended")

    return act_confirm


def _welcome(context: WebContext, request: Request, tx: sa.Connection, reader: Subscriber) -> HTMLResponse:
    topics = [interest.text for interest in subscribers.interests_of(tx, [reader.id])[reader.id]]
    preferences = context.signer.url(Purpose.PREFERENCES, reader.bearer, issued=context.clock())
    return context.page(
        request,
        "confirm",
        state="done",
        topics=topics,
        preferences=preferences,
        hour=reader.rhythm.hour,
        zone=reader.rhythm.zone,
        days=len(reader.rhythm.days),
    )
