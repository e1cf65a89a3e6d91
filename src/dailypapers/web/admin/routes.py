"""The addresses of the operator's pages, below /admin. GET shows, POST acts."""

from collections.abc import Mapping

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from dailypapers.web.admin import (
    account,
    audit_log,
    checks,
    deliveries,
    invitation,
    oidc,
    sign_in,
    subscribers,
    suppressions,
    today,
    trends,
)
from dailypapers.web.admin.gate import Handler, for_owners, guarded, open_to_all
from dailypapers.web.http.page import WebContext

_ANYBODY_LOOKS: Mapping[str, Handler] = {
    "/sign-in": sign_in.show,
    "/code": sign_in.show_code,
    "/invitation/{token}": invitation.show,
    "/oidc": oidc.leave,
    "/oidc/callback": oidc.come_back,
}
_ANYBODY_ACTS: Mapping[str, Handler] = {
    "/sign-in": sign_in.act,
    "/code": sign_in.act_code,
    "/invitation/{token}": invitation.act,
}
#: For owners and viewers alike.
_LOOKS: Mapping[str, Handler] = {
    "": today.show,
    "/subscribers": subscribers.show,
    "/subscribers/{subscriber_id}": subscribers.show_one,
    "/deliveries/{delivery_id}": deliveries.show,
    "/deliveries/{delivery_id}/email": deliveries.preview,
    "/suppressions": suppressions.show,
    "/suppressions/lift": suppressions.ask_to_lift,
    "/trends": trends.show,
    "/checks": checks.show,
    "/audit": audit_log.show,
    "/audit.csv": audit_log.file,
    "/account": account.show,
}
#: What scripts ask for again and again.
_REDRAWN: Mapping[str, Handler] = {"/progress": today.progress}
_ON_ONES_OWN: Mapping[str, Handler] = {
    "/account": account.act,
    "/sign-out": sign_in.sign_out,
    "/sign-others-out": sign_in.sign_others_out,
}
#: Changes that viewers may not make.
OWNERS_ACT: Mapping[str, Handler] = {
    "/pause": today.pause,
    "/test-mode": checks.switch_test_mode,
    "/deliveries/{delivery_id}": deliveries.act,
    "/suppressions": suppressions.add,
    "/suppressions/lift": suppressions.lift,
}


def add_admin(app: FastAPI, context: WebContext) -> None:
    """Add the operator's pages."""
    for path, handle in _ANYBODY_LOOKS.items():
        app.api_route(f"/admin{path}", methods=["GET", "HEAD"], response_class=HTMLResponse)(
            open_to_all(context, handle)
        )
    for path, handle in _ANYBODY_ACTS.items():
        app.post(f"/admin{path}", response_class=HTMLResponse)(open_to_all(context, handle))
    for path, handle in _LOOKS.items():
        app.api_route(f"/admin{path}", methods=["GET", "HEAD"], response_class=HTMLResponse)(guarded(context, handle))
    for path, handle in _REDRAWN.items():
        redraw = guarded(context, handle, by_itself=True)
        app.api_route(f"/admin{path}", methods=["GET", "HEAD"], response_class=HTMLResponse)(redraw)
    for path, handle in _ON_ONES_OWN.items():
        app.post(f"/admin{path}", response_class=HTMLResponse)(guarded(context, handle))
    for path, handle in OWNERS_ACT.items():
        app.post(f"/admin{path}", response_class=HTMLResponse)(guarded(context, for_owners(handle)))
