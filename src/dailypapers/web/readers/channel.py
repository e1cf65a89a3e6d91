"""A reader's channel: GET shows where their digest is posted to as well, POST tries a new address out, or ends it.

An address is never shown again: whoever knows it can write there.
"""

from collections.abc import Awaitable, Callable

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from dailypapers.domain.channel import LONGEST_URL
from dailypapers.domain.i18n import N_
from dailypapers.domain.link import Claim, Purpose
from dailypapers.posting.channels import Tried, try_out
from dailypapers.store import channels
from dailypapers.store.database import reading, writing
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.sent_on import sent_on, word
from dailypapers.web.http.token import claim_of, reader_of

_HELLO = N_("Your digest from {name} will be posted here.")
#: Fields of the form: the address, and what is to be done.
_FIELDS = 2


def show(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer GET: the channel as it is, and a form."""

    def show_channel(request: Request, token: str) -> HTMLResponse:
        return _page(context, request, token, state=word(request, _DONE))

    return show_channel


def act(context: WebContext) -> Callable[..., Awaitable[Response]]:
    """Answer POST: tries an address out and keeps it where it works, or removes it; then leads on to the page."""

    async def act_channel(request: Request, token: str) -> Response:
        claim = claim_of(context, Purpose.PREFERENCES, token)
        async with request.form(max_fields=_FIELDS, max_files=0) as form:
            return await run_in_threadpool(_act, context, request, claim, form)

    return act_channel


def _act(context: WebContext, request: Request, claim: Claim, form: FormData) -> Response:
    token = request.path_params["token"]
    here = f"{context.root}preferences/{token}/channel"
    with writing(context.engine) as tx:
        reader = reader_of(context, tx, claim)
        if form.get("action") == "remove":
            channels.remove(tx, reader.id)
    if form.get("action") == "remove" or context.channels is None:
        return sent_on(here, done="removed")
    url = str(form.get("url", "")).strip()[: LONGEST_URL + 1]
    hello = context.translate(_HELLO).format(name=context.renderer.sender.name)
    tried, posted = try_out(context.engine, context.channels, reader.id, url, hello, now=context.clock())
    if tried is Tried.SAVED:
        return sent_on(here, done=tried.value)
    status = 429 if tried is Tried.TOO_OFTEN else 422
    return _page(context, request, token, state=tried.value, answered=posted.status, status=status)


_DONE = {Tried.SAVED.value, "removed"}


def _page(
    context: WebContext,
    request: Request,
    token: str,
    *,
    state: str = "",
    answered: int = 0,
    status: int = 200,
) -> HTMLResponse:
    with reading(context.engine) as tx:
        reader = reader_of(context, tx, claim_of(context, Purpose.PREFERENCES, token))
        channel = channels.of_subscriber(tx, reader.id)
    return context.page(
        request,
        "channel",
        status=status,
        state=state,
        channel=channel,
        answered=answered,
        is_available=context.channels is not None,
        back=f"{context.root}preferences/{token}",
    )
