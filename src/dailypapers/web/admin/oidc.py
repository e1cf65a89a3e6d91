"""Signing in by OpenID Connect: to the provider, and back from it."""

import hmac

from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from dailypapers.accounts import oidc
from dailypapers.accounts.oidc import NotLetIn
from dailypapers.domain.account import OidcProvider
from dailypapers.web.admin.gate import Visit


def leave(visit: Visit) -> Response:
    """Lead to the provider; nothing is stored here but what the browser keeps."""
    provider = _require_provider(visit)
    flow = oidc.flow_of(visit.context.signer, visit.form["browser"])
    try:
        return RedirectResponse(oidc.authorization_url(provider, flow, back_to=_address(visit)), 303)
    except NotLetIn as error:
        return _refused(visit, error, status=502)


def come_back(visit: Visit) -> Response:
    """Let in whom the provider vouches for, if it was this browser that was led there."""
    provider = _require_provider(visit)
    flow = oidc.flow_of(visit.context.signer, visit.form["browser"])
    if not hmac.compare_digest(visit.query("state").encode(), flow.state.encode()) or not visit.query("code"):
        return visit.page("stale", status=403)
    try:
        claims = oidc.claims_of(provider, flow, code=visit.query("code"), back_to=_address(visit), now=visit.now)
        return visit.signed_in(oidc.let_in(visit.context.engine, provider, claims, now=visit.now))
    except NotLetIn as error:
        return _refused(visit, error, status=403)


def _require_provider(visit: Visit) -> OidcProvider:
    if (provider := visit.context.operators_oidc) is None:
        raise HTTPException(404)
    return provider


def _address(visit: Visit) -> str:
    return f"{visit.context.home}admin/oidc/callback"


def _refused(visit: Visit, error: NotLetIn, *, status: int) -> Response:
    return visit.page("not_let_in", status=status, message=visit.context.translate(str(error)))
