"""Confirming a subscription: the page says of what, and shows a button, which confirms and leads on to the topics."""

from collections.abc import Callable

import sqlalchemy as sa
from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from dailypapers.domain.interest import InterestKind, Stance
from dailypapers.domain.link import Purpose
from dailypapers.domain.subscriber import READING, Subscriber, SubscriberState
from dailypapers.store import profiles, subscribers
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import lifecycle
from dailypapers.subscriptions.links import bearer_of
from dailypapers.web.http import language
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.sent_on import sent_on
from dailypapers.web.http.token import claim_of


def show(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer GET: changes nothing, however often a scanner opens it."""

    def show_confirm(request: Request, token: str) -> HTMLResponse:
        claim = claim_of(context, Purpose.CONFIRM, token)
        with reading(context.engine) as tx:
            reader = bearer_of(tx, context.signer, claim)
            if reader and reader.state is SubscriberState.PENDING:
                return _page(context, request, tx, reader, state="ready")
            if reader and reader.state in READING:
                return _page(context, request, tx, reader, state="done")
        return context.page(request, "confirm", state="ended")

    return show_confirm


def act(context: WebContext) -> Callable[[Request, str], Response]:
    """Answer POST: confirms, and leads back to the page, which says what happens next."""

    def act_confirm(request: Request, token: str) -> Response:
        now = context.clock()
        claim = context.signer.claim(Purpose.CONFIRM, token, now=now)
        with writing(context.engine) as tx:
            reader = bearer_of(tx, context.signer, claim)
            if reader and lifecycle.confirm(tx, reader.id, now=now):
                return sent_on(f"{context.root}confirm/{token}")
        return context.page(request, "confirm", state="ended")

    return act_confirm


def _page(context: WebContext, request: Request, tx: sa.Connection, reader: Subscriber, *, state: str) -> HTMLResponse:
    """Return the page that says what somebody is subscribed to, or is about to be."""
    language.choose(reader.style.language)
    interests = [one for one in subscribers.interests_of(tx, [reader.id])[reader.id] if one.stance is Stance.WANT]
    examples = sum(interest.kind is InterestKind.PAPER for interest in interests)
    return context.page(
        request,
        "confirm",
        state=state,
        address=reader.address,
        topics=[interest.text for interest in interests if interest.kind is not InterestKind.PAPER],
        examples=examples,
        profiles=[each.profile.address for each in profiles.of_subscriber(tx, reader.id)],
        preferences=context.signer.url(Purpose.PREFERENCES, reader.bearer, issued=context.clock()),
        hour=reader.rhythm.hour,
        zone=reader.rhythm.zone,
        days=len(reader.rhythm.days),
        is_paused=reader.state is SubscriberState.PAUSED,
    )
