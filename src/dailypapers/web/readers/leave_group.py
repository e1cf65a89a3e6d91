"""Leaving a group (RFC 8058): GET shows a button, POST leaves the group at once, and nothing else.

The link stands in every mail of the group, and these may be passed on: it shows nothing of who is in the group.
"""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import HTMLResponse

from dailypapers.domain.link import Purpose
from dailypapers.store import groups
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions.links import bearer_of
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.token import claim_of


def show(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer GET: changes nothing."""

    def show_leave(request: Request, token: str) -> HTMLResponse:
        claim = claim_of(context, Purpose.LEAVE, token)
        with reading(context.engine) as tx:
            reader, group = bearer_of(tx, context.signer, claim), groups.one(tx, claim.about)
            member = groups.member(tx, claim.about, reader.id) if reader else None
            others = [each for each in groups.members(tx, claim.about) if each.joined_at and each != member]
        if group is None or member is None:
            return _page(context, request, "left")
        return _page(context, request, "ready", group=group.name, is_last=not others and not group.claim)

    return show_leave


def act(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer POST: leaves the group; idempotent, whatever the body says."""

    def act_leave(request: Request, token: str) -> HTMLResponse:
        claim = claim_of(context, Purpose.LEAVE, token)
        with writing(context.engine) as tx:
            if reader := bearer_of(tx, context.signer, claim):
                groups.leave(tx, claim.about, reader.id)
        return _page(context, request, "left")

    return act_leave


def _page(context: WebContext, request: Request, state: str, *, group: str = "", is_last: bool = False) -> HTMLResponse:
    return context.page(request, "leave_group", state=state, group=group, is_last=is_last)
