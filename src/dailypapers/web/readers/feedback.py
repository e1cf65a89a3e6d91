"""Votes: GET shows a page with one button for the vote, POST casts it, or takes it back; twice is as once.

The link stands in a mail that scanners read. `static/vote.js` may press the button for a person, never for a page load.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import sqlalchemy as sa
from fastapi import Form, Request
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from dailypapers.digests.stated import phrases_of
from dailypapers.domain.digest import Entry
from dailypapers.domain.link import Bearer, Purpose
from dailypapers.domain.vote import Vote
from dailypapers.errors import BadToken
from dailypapers.library.past_editions import entry_of
from dailypapers.store import papers, subscribers, votes
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import lifecycle
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.token import GONE, claim_of, reader_of

#: What an address may end with. “Less” is a vote against, and offers words to avoid besides.
VOTES = {"like": Vote.LIKE, "save": Vote.SAVE, "dislike": Vote.DISLIKE, "less": Vote.DISLIKE}


@dataclass(frozen=True, slots=True)
class _Case:
    """The paper a token is about, and what its reader thinks of it."""

    entry: Entry
    #: The votes the reader has cast on it.
    cast: frozenset[str]
    #: Words of its title that the reader does not avoid yet.
    offered: tuple[str, ...]


def addresses(context: WebContext, reader: Bearer, ids: Mapping[str, int], *, issued: dt.datetime) -> dict[str, str]:
    """Return where a reader votes on each paper, by the paper's id as text, by which `ids` give the internal ones."""
    tokens = {name: context.signer.token(Purpose.FEEDBACK, reader, issued=issued, about=n) for name, n in ids.items()}
    return {name: f"{context.root}feedback/{token}" for name, token in tokens.items()}


def show(context: WebContext) -> Callable[..., HTMLResponse]:
    """Answer GET: changes nothing. Without a vote in the address, the page offers all of them."""

    def show_feedback(request: Request, token: str, vote: str = "") -> HTMLResponse:
        _vote(vote, or_none=True)
        claim = claim_of(context, Purpose.FEEDBACK, token)
        with reading(context.engine) as tx:
            case = _case(tx, reader_of(context, tx, claim).id, claim.about)
        return _page(context, request, token, vote, case, state="ready")

    return show_feedback


def act(context: WebContext) -> Callable[..., HTMLResponse]:
    """Answer POST: cast the vote, or with `undo` withdraw it; the same with phrases of its title to `avoid`."""

    def act_feedback(
        request: Request,
        token: str,
        vote: str,
        undo: Annotated[str, Form()] = "",
        avoid: Annotated[list[str] | None, Form()] = None,
    ) -> HTMLResponse:
        chosen_vote, now = _vote(vote), context.clock()
        claim = context.signer.claim(Purpose.FEEDBACK, token, now=now)
        with writing(context.engine) as tx:
            reader = reader_of(context, tx, claim).id
            title = _case(tx, reader, claim.about).entry.paper.title
            avoided = [phrase for phrase in phrases_of(title) if vote == "less" and phrase in (avoid or ())]
            if undo:
                votes.withdraw(tx, reader, claim.about, chosen_vote)
                lifecycle.allow(tx, reader, avoided)
            else:
                votes.cast(tx, reader, claim.about, chosen_vote, now=now)
                lifecycle.avoid(tx, reader, avoided)
            case = _case(tx, reader, claim.about)
        return _page(context, request, token, vote, case, state="undone" if undo else "done", avoided=avoided)

    return act_feedback


def _vote(vote: str, *, or_none: bool = False) -> Vote:
    if vote not in VOTES and not (or_none and not vote):
        raise HTTPException(404)
    return VOTES.get(vote, Vote.LIKE)


def _case(tx: sa.Connection, reader: int, paper: int) -> _Case:
    """Look up what a token is about. Raises `BadToken` where the paper is no more."""
    if paper not in papers.by_id(tx, [paper]):
        raise BadToken(GONE)
    listed = papers.of_delivery(tx, [paper])[paper]
    cast = votes.of_paper(tx, reader, paper)
    topics = {one.text for one in subscribers.interests_of(tx, [reader])[reader]}
    return _Case(
        entry_of(listed),
        frozenset(vote.value for vote in cast),
        tuple(phrase for phrase in phrases_of(listed.paper.title) if phrase not in topics),
    )


def _page(
    context: WebContext,
    request: Request,
    token: str,
    vote: str,
    case: _Case,
    *,
    state: str,
    avoided: Sequence[str] = (),
) -> HTMLResponse:
    return context.page(
        request,
        "feedback",
        state=state,
        vote=vote,
        action=f"{context.root}feedback/{token}",
        entry=case.entry,
        cast=case.cast,
        offered=case.offered if vote == "less" else (),
        avoided=avoided,
    )
