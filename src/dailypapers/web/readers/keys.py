"""A reader's keys for their assistants: GET shows which there are, POST creates one, shown once, or revokes one."""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, Response

from dailypapers.accounts import reader_keys as keys
from dailypapers.domain.i18n import N_
from dailypapers.domain.link import Purpose
from dailypapers.domain.reader_key import ReaderKey
from dailypapers.errors import BadInput
from dailypapers.store import reader_keys
from dailypapers.store.database import reading, writing
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.sent_on import sent_on, word
from dailypapers.web.http.token import claim_of, reader_of

_SENT_BEFORE = N_(
    "No key was created: your keys have changed since you opened this page. Please press the button again."
)


def show(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer GET: changes nothing."""

    def show_keys(request: Request, token: str) -> HTMLResponse:
        return _page(context, request, token, is_revoked=bool(word(request, {"revoked"})))

    return show_keys


def act(context: WebContext) -> Callable[..., Response]:
    """Answer POST: creates a key, or revokes the one of a prefix.

    A new key is shown by the answer itself, and by no address. A form is good for one key: sent again, when the list is
    no longer what it showed, it creates none.
    """

    def act_keys(
        request: Request,
        token: str,
        *,
        action: Annotated[str, Form()] = "",
        acts: Annotated[str, Form()] = "",
        prefix: Annotated[str, Form()] = "",
        seen: Annotated[str, Form()] = "",
    ) -> Response:
        claim, key, trouble = claim_of(context, Purpose.PREFERENCES, token), "", ""
        with writing(context.engine) as tx:
            reader = reader_of(context, tx, claim)
            if action == "revoke" and prefix.isprintable():
                reader_keys.revoke(tx, reader.id, prefix)
            elif action == "create" and seen != _listed(reader_keys.of_subscriber(tx, reader.id)):
                trouble = context.translate(_SENT_BEFORE)
            elif action == "create":
                try:
                    key = keys.add(tx, reader.id, may_act=bool(acts), now=context.clock())
                except BadInput as error:
                    trouble = context.translate(str(error))
        if action == "revoke":
            return sent_on(f"{context.root}preferences/{token}/keys", done="revoked")
        return _page(context, request, token, key=key, trouble=trouble)

    return act_keys


def _listed(keys_shown: Sequence[ReaderKey]) -> str:
    """Return by which keys a form knows the page that it stood on."""
    return " ".join(key.prefix for key in keys_shown)


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
        seen=_listed(mine),
        key=key,
        trouble=trouble,
        is_revoked=is_revoked,
        address=f"{context.home}mcp" if context.has_mcp else "",
        back=f"{context.root}preferences/{token}",
    )
