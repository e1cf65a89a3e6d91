"""Unsubscribing (RFC 8058): GET shows a button, POST acts at once, whoever presses it and however often.

No cookie, no login, no redirect: the mail provider's one-click POST and the reader's own button do the same. The link
stands in every digest, and digests are passed on; so it only reduces mail, and shows nothing of what somebody reads.
"""

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from dailypapers.domain.i18n import N_
from dailypapers.domain.link import Purpose
from dailypapers.domain.subscriber import SUBSCRIBED, Subscriber
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import lifecycle
from dailypapers.subscriptions.links import bearer_of
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.token import claim_of

#: What a provider's one-click POST says (RFC 8058 3.1), as a form of either kind; nobody reads the answer to it.
_ONE_CLICK = b"One-Click"


def show(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer GET: changes nothing."""

    def show_unsubscribe(request: Request, token: str) -> HTMLResponse:
        claim = claim_of(context, Purpose.UNSUBSCRIBE, token)
        with reading(context.engine) as tx:
            reader = bearer_of(tx, context.signer, claim)
        if reader is None or reader.state not in SUBSCRIBED:
            return page(context, request, token, state="gone")
        return ready(context, request, token, reader)

    return show_unsubscribe


def ready(
    context: WebContext, request: Request, token: str, reader: Subscriber, *, no_day: bool = False
) -> HTMLResponse:
    """Return the page with its buttons. Of its reader it says how many papers would be halved, and nothing else."""
    most = reader.amount.max_papers
    than = most if most > lifecycle.FEWEST else 0
    return page(context, request, token, state="ready", than=than, no_day=no_day)


def page(context: WebContext, request: Request, token: str, *, state: str, **values: object) -> HTMLResponse:
    """Return the page in one of its states."""
    tomorrow = context.clock().date() + dt.timedelta(days=1)
    blank: dict[str, Any] = {"resubscribe": "", "erase": "", "day": None, "no_day": False, "tomorrow": tomorrow}
    blank |= {"than": 0, "paused": False}
    return context.page(request, "unsubscribe", state=state, token=token, **(blank | values))


def act(context: WebContext) -> Callable[[Request, str], Awaitable[Response]]:
    """Answer POST: unsubscribes; whatever the body says, and whoever the token was for, erased ones included."""

    async def act_unsubscribe(request: Request, token: str) -> Response:
        now = context.clock()
        claim = context.signer.claim(Purpose.UNSUBSCRIBE, token, now=now)

        def leave() -> Subscriber | None:
            with writing(context.engine) as tx:
                reader = bearer_of(tx, context.signer, claim)
                return reader if reader and lifecycle.unsubscribe(tx, reader.id, now=now) else None

        left = await run_in_threadpool(leave)
        if _ONE_CLICK in await request.body():
            return PlainTextResponse(context.translate(N_("Unsubscribed.")) + "\n")
        if left is None:
            return page(context, request, token, state="gone")
        # Only who has just left can take it back: the link alone must subscribe nobody.
        resubscribe = context.signer.token(Purpose.RESUBSCRIBE, left.bearer, issued=now)
        erase = context.signer.token(Purpose.ERASE, left.bearer, issued=now)
        return page(context, request, token, state="left", resubscribe=resubscribe, erase=erase)

    return act_unsubscribe
