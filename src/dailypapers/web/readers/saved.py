"""The papers a reader has saved: GET shows them, POST takes one out, or puts it back."""

from collections.abc import Callable
from typing import Annotated

import sqlalchemy as sa
from fastapi import Form, Request
from fastapi.responses import HTMLResponse, Response

from dailypapers.domain.digest import Entry
from dailypapers.domain.link import Purpose
from dailypapers.domain.vote import Vote
from dailypapers.store import papers, votes
from dailypapers.store.database import reading, writing
from dailypapers.web.http import download
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.token import claim_of, reader_of

#: So many are shown on the page; the files hold all.
MOST = 200


def show(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer GET: newest first."""

    def show_saved(request: Request, token: str) -> HTMLResponse:
        claim = claim_of(context, Purpose.SAVED, token)
        with reading(context.engine) as tx:
            paper_ids = _saved(tx, reader_of(context, tx, claim).id)
            return _page(context, request, tx, token, paper_ids)

    return show_saved


def act(context: WebContext) -> Callable[..., HTMLResponse]:
    """Answer POST: takes the paper out of the list; with `again`, back into it."""

    def act_saved(
        request: Request, token: str, paper: Annotated[str, Form()] = "", again: Annotated[str, Form()] = ""
    ) -> HTMLResponse:
        now = context.clock()
        claim = context.signer.claim(Purpose.SAVED, token, now=now)
        with writing(context.engine) as tx:
            subscriber = reader_of(context, tx, claim).id
            # PostgreSQL takes no zero bytes, not even to look for them.
            paper_id = papers.named(tx, paper) if paper.isprintable() else None
            if paper_id and again:
                votes.cast(tx, subscriber, paper_id, Vote.SAVE, now=now)
            elif paper_id:
                votes.withdraw(tx, subscriber, paper_id, Vote.SAVE)
            removed = paper_id if paper_id and not again else None
            return _page(context, request, tx, token, _saved(tx, subscriber), removed=removed)

    return act_saved


def file(context: WebContext) -> Callable[[str, str], Response]:
    """Answer GET: all saved papers as BibTeX or RIS."""

    def show_file(token: str, kind: str) -> Response:
        download.require_kind(kind)
        claim = claim_of(context, Purpose.SAVED, token)
        with reading(context.engine) as tx:
            paper_ids = _saved(tx, reader_of(context, tx, claim).id)
            paper_by_id = papers.by_id(tx, paper_ids)
        return download.as_file([paper_by_id[paper_id] for paper_id in paper_ids], "saved-papers", kind)

    return show_file


def _saved(tx: sa.Connection, subscriber: int) -> list[int]:
    """List a reader's saved papers."""
    return [cast.paper_id for cast in votes.of_subscriber(tx, subscriber, Vote.SAVE)]


def _page(
    context: WebContext,
    request: Request,
    tx: sa.Connection,
    token: str,
    paper_ids: list[int],
    *,
    removed: int | None = None,
) -> HTMLResponse:
    listed = papers.of_delivery(tx, paper_ids[:MOST])
    entries = [
        Entry(item.paper, "", item.sources, item.signals, (), item.paper_id, item.presentation)
        for item in listed.values()
    ]
    action = f"{context.root}saved/{token}"
    removed_paper = papers.by_id(tx, [removed])[removed] if removed else None
    return context.page(request, "saved", entries=entries, total=len(paper_ids), removed=removed_paper, action=action)
