"""A reader's keys for their assistants: GET shows which there are, POST creates one, shown once, or revokes one."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import HTMLResponse

from dailypapers.accounts import reader_keys as keys
from dailypapers.domain.link import Purpose
from dailypapers.errors import BadInput
from dailypapers.store import reader_keys
from dailypapers.store.database import reading, writing
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.token import claim_of, reader_of


def show(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer GET: changes nothing."""

    def show_keys(request: Request, token: str) -> HTMLResponse:
        return _page(context, request, token)

    return show_keys


def act(context: WebContext) -> Callable[..., HTMLResponse]:
    """Answer POST: creates a key, or revokes the one of a prefix."""

    def act_keys(
        request: Request,
        token: str,
        *,
        action: Annotated[str, Form()] = "",
        acts: Annotated[str, Form()] = "",
        prefix: Annotated[str, Form()] = "",
    ) -> HTMLResponse:
        claim, key, trouble = claim_of(context, Purpose.PREFERENCES, token), "", ""
        with writing(context.engine) as tx:
            reader = reader_of(context, tx, claim)
            if action == "revoke" and prefix.isprintable():
                reader_keys.revoke(tx, reader.id, prefix)
            elif action == "create":
                try:
                    key = keys.add(tx, reader.id, may_act=bool(acts), now=context.clock())
                except BadInput as error:
                    trouble = context.translate(str(error))
        return _page(context, request, token, key=key, trouble=trouble, is_revoked=action == "revoke")

    return act_keys


def _page(
    context: WebContext,
    request: Request,
    token: str,
    *,
    key: str = "",
    trouble: str = "",
    is_revoked: bool = False,
) -> HTMLResponse:
    with reading(context.engine) as tx:
        reader = reader_of(context, tx, claim_of(context, Purpose.PREFERENCES, token))
        mine = reader_keys.of_subscriber(tx, reader.id)
    return context.page(
        request,
        "keys",
        status=422 if trouble else 200,
        keys=mine,
        key=key,
        trouble=trouble,
        is_revoked=is_revoked,
        address=f"{context.home}mcp" if context.has_mcp else "",
        back=f"{context.root}preferences/{token}",
    )
