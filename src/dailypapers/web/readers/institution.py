"""Signing in with one's institution, by OpenID Connect: whose groups one is in by its word.

It opens nothing but the pages of these groups. The way back is a GET that acts: it works once, with a code of the
provider's, in the browser alone that was led there.
"""

import hmac
from collections.abc import Callable
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from dailypapers.accounts import oidc
from dailypapers.accounts.oidc import NotLetIn
from dailypapers.accounts.sessions import new_token
from dailypapers.domain.account import OidcProvider
from dailypapers.domain.group import Group
from dailypapers.domain.link import Purpose
from dailypapers.domain.subscriber import READING, Subscriber
from dailypapers.errors import BadInput
from dailypapers.store import subscribers
from dailypapers.store.database import writing
from dailypapers.subscriptions.address import normal_address
from dailypapers.subscriptions.group_claims import Memberships, follow_claims
from dailypapers.web.http import language
from dailypapers.web.http.page import WebContext

#: Holds a random value that the way to the provider and back is derived from.
COOKIE = "dailypapers_institution"
#: Seconds somebody may take to sign in there.
_PATIENCE = 900


def show(context: WebContext) -> Callable[[Request], Response]:
    """Answer GET: leads to the provider; nothing is stored here but what the browser keeps."""

    def show_institution(request: Request) -> Response:
        provider, browser = _require_provider(context), new_token()
        flow = oidc.flow_of(context.signer, browser)
        try:
            answer = RedirectResponse(oidc.authorization_url(provider, flow, back_to=_address(context)), 303)
        except NotLetIn as error:
            return _refused(context, request, error, status=502)
        path, is_https = f"{context.root}oidc", context.home.startswith("https:")
        answer.set_cookie(COOKIE, browser, _PATIENCE, path=path, secure=is_https, httponly=True, samesite="lax")
        return answer

    return show_institution


def come_back(context: WebContext) -> Callable[[Request], Response]:
    """Make whoever comes back from the provider a member of the groups it lists them in, and of no others of these."""

    def come_back_from_institution(request: Request) -> Response:
        provider = _require_provider(context)
        browser, query = request.cookies.get(COOKIE, ""), request.query_params
        flow = oidc.flow_of(context.signer, browser)
        is_ours = browser and hmac.compare_digest(query.get("state", "").encode(), flow.state.encode())
        if request.method != "GET" or not is_ours or not query.get("code"):
            return _page(context, request, "stale", status=403)
        now = context.clock()
        try:
            claims = oidc.claims_of(provider, flow, code=query["code"], back_to=_address(context), now=now)
        except NotLetIn as error:
            return _refused(context, request, error, status=403)
        address, groups = oidc.confirmed_address(claims, where_unsaid=False), oidc.groups_in(provider, claims)
        return _members(context, request, address, groups)

    return come_back_from_institution


def _members(context: WebContext, request: Request, address: str, claims: frozenset[str]) -> HTMLResponse:
    if not address:
        return _page(context, request, "unconfirmed", status=403)
    now = context.clock()
    with writing(context.engine) as tx:
        reader = subscribers.by_address(tx, _normal(address))
        if reader is None or reader.state not in READING:
            return _page(context, request, "unknown", address=address)
        memberships = follow_claims(tx, reader, claims, now=now)
    language.choose(reader.style.language)
    return _page(context, request, "members", address=address, **_in_words(context, reader, memberships))


def _normal(address: str) -> str:
    try:
        return normal_address(address)
    except BadInput:
        return address


def _in_words(context: WebContext, reader: Subscriber, memberships: Memberships) -> dict[str, Any]:
    def with_page(group: Group) -> tuple[str, str]:
        url = context.signer.url(Purpose.GROUP, reader.bearer, issued=context.clock(), about=group.id)
        return group.name, url

    return {
        "joined": [with_page(group) for group in memberships.joined],
        "stayed": [with_page(group) for group in memberships.stayed],
        "left": [group.name for group in memberships.left],
        "full": [group.name for group in memberships.full],
    }


def _require_provider(context: WebContext) -> OidcProvider:
    if (provider := context.readers_oidc) is None:
        raise HTTPException(404)
    return provider


def _address(context: WebContext) -> str:
    return f"{context.home}oidc/callback"


def _refused(context: WebContext, request: Request, error: NotLetIn, *, status: int) -> HTMLResponse:
    return _page(context, request, "refused", status=status, message=context.translate(str(error)))


def _page(context: WebContext, request: Request, state: str, *, status: int = 200, **values: object) -> HTMLResponse:
    blank: dict[str, object] = {"message": "", "address": "", "joined": (), "stayed": (), "left": (), "full": ()}
    return context.page(request, "institution", status=status, state=state, **(blank | values))
