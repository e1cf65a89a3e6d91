"""Links that somebody has lost: GET shows a field for their address, POST mails them links to their own pages.

The answer is the same whether the address is known or not, and so is the time it takes.
"""

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response

from dailypapers.domain.signup import Verdict
from dailypapers.errors import BadInput
from dailypapers.store.database import writing
from dailypapers.subscriptions.address import normal_address
from dailypapers.subscriptions.lost_links import links_request, mail_links
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.sent_on import sealed, sent_on, unsealed
from dailypapers.web.public import subscribe
from dailypapers.web.public.sign_up_policy import network_of


def show(context: WebContext) -> Callable[[Request], HTMLResponse]:
    """Answer GET /links: the form."""

    def show_form(request: Request) -> HTMLResponse:
        return _page(context, request, "form")

    return show_form


def act(context: WebContext) -> Callable[[Request], Awaitable[Response]]:
    """Answer POST /links: mails them, if the address is a reader's and the limits allow it; leads on to a page."""

    async def act_links(request: Request) -> Response:
        loop = asyncio.get_running_loop()
        ready = loop.time() + context.sign_up_policy.answer_after.total_seconds()
        answer = await _act(context, request)
        await asyncio.sleep(ready - loop.time())
        return answer

    return act_links


async def _act(context: WebContext, request: Request) -> Response:
    form = await subscribe.sent(request)
    try:
        address = normal_address(form.email)
    except BadInput:
        return _page(context, request, "wrong", email=form.email, status=422)
    age = context.signer.age(form.form_timestamp, now=context.clock())
    if age is None:
        return _page(context, request, "old", email=form.email, status=422)
    if form.honey or age < context.sign_up_policy.minimum:
        return _sent_on(context, form.email)
    network = network_of(request, context.sign_up_policy.trusted_proxies)
    verdict = await run_in_threadpool(_mail, context, address, network)
    if verdict in {Verdict.GRANTED, Verdict.ASKED_LATELY}:
        return _sent_on(context, form.email)
    return _page(context, request, "full", status=429)


def _sent_on(context: WebContext, email: str) -> Response:
    about = sealed(context.signer.secret, {"address": email}, now=context.clock())
    return sent_on(f"{context.root}links/sent", about=about)


def show_sent(context: WebContext) -> Callable[[Request], HTMLResponse]:
    """Answer GET /links/sent: links are on their way, and, for a while, to which address."""

    def show_page(request: Request) -> HTMLResponse:
        about = unsealed(context.signer.secret, request.query_params.get("about", ""), now=context.clock())
        return _page(context, request, "sent", email=about.get("address", ""))

    return show_page


def _mail(context: WebContext, address: str, network: str) -> Verdict:
    request = links_request(context.signer, address, network)
    with writing(context.engine) as tx:
        return mail_links(tx, address, request=request, limits=context.sign_up_policy.limits, now=context.clock())


def _page(context: WebContext, request: Request, state: str, *, email: str = "", status: int = 200) -> HTMLResponse:
    """Return the page in a state: form, wrong (no address), old (the form), sent, full (the limits)."""
    return context.page(request, "lost_links", status=status, state=state, email=email, form_timestamp=stamp(context))


def stamp(context: WebContext) -> str:
    """Return what the form needs wherever it stands: hand it to the template as `form_timestamp`."""
    return context.signer.form_timestamp(now=context.clock())
