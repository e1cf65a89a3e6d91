"""A group's weekly ballot: GET shows what stands on it and what was chosen before, POST votes.

Its members alone have links to it, and nobody sees how others vote; not even how many have, before it closes.
"""

from collections.abc import Callable
from typing import Annotated

import sqlalchemy as sa
from fastapi import Form, Request
from fastapi.responses import HTMLResponse, Response

from dailypapers.digests.ballots import choice_entries
from dailypapers.domain.group import Group
from dailypapers.domain.i18n import N_
from dailypapers.domain.link import Purpose
from dailypapers.domain.subscriber import Subscriber
from dailypapers.rendering.group_digest import chosen_items
from dailypapers.rendering.text import safe_url, shortened
from dailypapers.store import ballots, papers
from dailypapers.store.database import reading, writing
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.sent_on import sent_on, word
from dailypapers.web.http.token import claim_of, reader_of
from dailypapers.web.readers.group import group_and_member

_VOTED = N_("Your vote is in. You can change it until the ballot closes.")
_NOT_THERE = N_("This paper is no longer on the ballot. Please choose another one.")
#: Characters of a title.
_TITLE = 300


def show(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer GET: changes nothing."""

    def show_ballot(request: Request, token: str) -> HTMLResponse:
        with reading(context.engine) as tx:
            done = _VOTED if word(request, {"voted"}) else ""
            return _page(context, request, tx, *_mine(context, tx, token), done=done)

    return show_ballot


def act(context: WebContext) -> Callable[..., Response]:
    """Answer POST: votes for a paper that stands on the ballot, in place of one's vote before; then leads on."""

    def act_ballot(request: Request, token: str, *, paper: Annotated[str, Form()] = "") -> Response:
        now = context.clock()
        with writing(context.engine) as tx:
            reader, group = _mine(context, tx, token)
            is_open = group.ballot_closes_at is not None and now < group.ballot_closes_at
            nominated = {str(each): each for each in ballots.nominated(tx, group)} if is_open else {}
            if paper not in nominated:
                return _page(context, request, tx, reader, group, trouble=_NOT_THERE)
            ballots.cast(tx, group.id, reader.id, nominated[paper], now=now)
        return sent_on(f"{context.root}ballot/{token}", done="voted")

    return act_ballot


def _mine(context: WebContext, tx: sa.Connection, token: str) -> tuple[Subscriber, Group]:
    """Return who votes in which group. Raises `BadToken` for who is not in it."""
    claim = claim_of(context, Purpose.BALLOT, token)
    reader = reader_of(context, tx, claim)
    return reader, group_and_member(tx, reader, claim)[0]


def _page(
    context: WebContext,
    request: Request,
    tx: sa.Connection,
    reader: Subscriber,
    group: Group,
    *,
    done: str = "",
    trouble: str = "",
) -> HTMLResponse:
    nominated = ballots.nominated(tx, group)
    paper_by_id = papers.by_id(tx, nominated)
    mine = next((vote.paper_id for vote in ballots.votes_of(tx, group.id, {reader.id})), None)
    items = [(each, shortened(paper_by_id[each].title, _TITLE), safe_url(paper_by_id[each].url)) for each in nominated]
    closes_at = group.ballot_closes_at
    return context.page(
        request,
        "ballot",
        status=422 if trouble else 200,
        group=group.name,
        items=sorted(items, key=lambda item: (item[1].casefold(), item[0])),
        mine=mine,
        closes_on=group.rhythm.day_of(closes_at) if closes_at else None,
        hour=f"{group.rhythm.hour:02}:00",
        zone=group.rhythm.zone,
        choices=chosen_items(choice_entries(tx, group)),
        page=context.signer.url(Purpose.GROUP, reader.bearer, issued=context.clock(), about=group.id),
        done=context.translate(done) if done else "",
        trouble=context.translate(trouble) if trouble else "",
    )
