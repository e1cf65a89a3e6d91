"""A reader's groups: GET shows them and a form, POST starts one."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, Response

from dailypapers.domain.group import Terms, checked_topics
from dailypapers.domain.link import Purpose
from dailypapers.domain.subscriber import Subscriber, parse_days
from dailypapers.errors import BadInput
from dailypapers.store import groups as stored
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import groups as membership
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.sent_on import sent_on
from dailypapers.web.http.token import claim_of, reader_of
from dailypapers.web.readers.group import languages_offered
from dailypapers.web.readers.group_forms import ReadingForm, TermsForm


def show(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer GET: changes nothing."""

    def show_groups(request: Request, token: str) -> HTMLResponse:
        with reading(context.engine) as tx:
            return _page(context, request, tx, token, read=ReadingForm(), terms=Terms())

    return show_groups


def act(context: WebContext) -> Callable[..., Response]:
    """Answer POST: start a group, with who asks as its organiser; then lead on to its page."""

    def act_groups(
        request: Request,
        token: str,
        read: Annotated[ReadingForm, Depends()],
        agreed: Annotated[TermsForm, Depends()],
    ) -> Response:
        now = context.clock()
        with writing(context.engine) as tx:
            reader = _reader(context, tx, token)
            try:
                rhythm = replace(reader.rhythm, days=_days(read.days))
                topics, terms = checked_topics(read.topics), agreed.terms()
                group_id = membership.found(
                    tx,
                    reader,
                    name=read.name(),
                    topics=topics,
                    rhythm=rhythm,
                    ballot_day=read.ballot_day,
                    look=read.look(context.renderer.languages),
                    terms=terms,
                    now=now,
                )
            except BadInput as error:
                trouble = context.translate(str(error))
                return _page(context, request, tx, token, read=read, terms=agreed.as_typed, trouble=trouble)
        group_token = context.signer.token(Purpose.GROUP, reader.bearer, issued=now, about=group_id)
        return sent_on(f"{context.root}group/{group_token}", done="started")

    return act_groups


def _days(text: str) -> frozenset[int]:
    return parse_days(text if text in {"daily", "weekdays", "mon"} else "daily")


def _reader(context: WebContext, tx: sa.Connection, token: str) -> Subscriber:
    return reader_of(context, tx, claim_of(context, Purpose.PREFERENCES, token))


def _page(
    context: WebContext,
    request: Request,
    tx: sa.Connection,
    token: str,
    *,
    read: ReadingForm,
    terms: Terms,
    trouble: str = "",
) -> HTMLResponse:
    reader, now = _reader(context, tx, token), context.clock()
    mine = [
        (group.name, context.signer.url(Purpose.GROUP, reader.bearer, issued=now, about=group.id))
        for group, member in stored.of_subscriber(tx, reader.id)
        if member.joined_at
    ]
    form = {"group": read.group[:200], "topics": read.topics[:4000].splitlines(), "days": read.days, "terms": terms}
    form |= {"ballot": read.ballot_day, "look": read.look(context.renderer.languages)}
    return context.page(
        request,
        "groups",
        status=422 if trouble else 200,
        groups=mine,
        form=form,
        languages=languages_offered(context),
        trouble=trouble,
        back=f"{context.root}preferences/{token}",
        provider=provider.name if (provider := context.readers_oidc) else "",
    )
