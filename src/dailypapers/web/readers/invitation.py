"""An invitation to a group: GET shows what it is about, POST joins it."""

from collections.abc import Callable
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, Response

from dailypapers.domain.group import Group, Terms
from dailypapers.domain.link import Purpose
from dailypapers.domain.subscriber import Subscriber, SubscriberState
from dailypapers.errors import BadInput
from dailypapers.store import groups
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import groups as membership
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.sent_on import sent_on
from dailypapers.web.http.token import claim_of, reader_of
from dailypapers.web.readers.group_forms import TermsForm


def show(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer GET: changes nothing."""

    def show_invitation(request: Request, token: str) -> HTMLResponse:
        with reading(context.engine) as tx:
            return _page(context, request, tx, token, Terms())

    return show_invitation


def act(context: WebContext) -> Callable[..., Response]:
    """Answer POST: join the group on the terms of the form; then lead back to the page, which says so."""

    def act_invitation(request: Request, token: str, agreed: Annotated[TermsForm, Depends()]) -> Response:
        claim, now = claim_of(context, Purpose.INVITATION, token), context.clock()
        with writing(context.engine) as tx:
            reader = reader_of(context, tx, claim)
            try:
                membership.accept(tx, claim.about, reader, agreed.terms(), now=now)
            except BadInput as error:
                trouble = context.translate(str(error))
                return _page(context, request, tx, token, agreed.as_typed, trouble=trouble)
        return sent_on(f"{context.root}invitation/{token}")

    return act_invitation


def _page(
    context: WebContext, request: Request, tx: sa.Connection, token: str, terms: Terms, *, trouble: str = ""
) -> HTMLResponse:
    claim = claim_of(context, Purpose.INVITATION, token)
    reader, group = reader_of(context, tx, claim), groups.one(tx, claim.about)
    if joined := membership.joined(tx, claim.about, reader):
        return _joined(context, request, reader, joined[0])
    if group is None or membership.invitation(tx, claim.about, reader, now=context.clock()) is None:
        return _said(context, request, state="gone")
    topics, status = context.translate.enumeration(group.topics), 422 if trouble else 200
    is_stranger = reader.state is SubscriberState.PENDING
    values = {"group": group, "topics": topics, "form": terms, "trouble": trouble, "is_stranger": is_stranger}
    return _said(context, request, state="ready", status=status, **values)


def _joined(context: WebContext, request: Request, reader: Subscriber, group: Group) -> HTMLResponse:
    """Say that somebody is in the group, or will be once they confirm."""
    if reader.state is SubscriberState.PENDING:
        return _said(context, request, state="confirm", group=group)
    link = context.signer.url(Purpose.GROUP, reader.bearer, issued=context.clock(), about=group.id)
    return _said(context, request, state="joined", group=group, page=link)


def _said(context: WebContext, request: Request, *, state: str, status: int = 200, **values: object) -> HTMLResponse:
    blank: dict[str, object] = {
        "group": None,
        "topics": "",
        "form": Terms(),
        "trouble": "",
        "page": "",
        "is_stranger": False,
    }
    return context.page(request, "group_invitation", status=status, state=state, **(blank | values))
