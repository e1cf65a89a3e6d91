"""Confirming a subscription: the page shows a button, the button confirms and leads on to the topics."""

from collections.abc import Callable

import sqlalchemy as sa
from fastapi import Request
from fastapi.responses import HTMLResponse

from dailypapers.domain.link import Purpose
from dailypapers.store import subscribers
from dailypapers.store.database import writing
from dailypapers.subscriptions import lifecycle
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.token import reader_of, ready


def show(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """GET: changes nothing, however often a scanner opens it."""
    return ready(context, Purpose.CONFIRM, "confirm")


def act(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """POST: confirms, and says what happens next."""

    def act_confirm(request: Request, token: str) -> HTMLResponse:
        now = context.clock()
        subscriber = context.signer.subscriber(Purpose.CONFIRM, token, now=now)
        with writing(context.engine) as tx:
            if lifecycle.confirm(tx, subscriber, now=now):
                return _welcome(context, request, tx, subscriber)
        return context.page(request, "confirm", state="ended")

    return act_confirm


def _welcome(context: WebContext, request: Request, tx: sa.Connection, subscriber: int) -> HTMLResponse:
    reader = reader_of(tx, subscriber)
    topics = [interest.text for interest in subscribers.interests_of(tx, [subscriber])[subscriber]]
    preferences = context.signer.url(Purpose.PREFERENCES, subscriber, issued=context.clock())
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
