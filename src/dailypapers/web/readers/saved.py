"""The papers a reader has saved, with their notes and collections: GET shows and searches them, POST changes one.

One is taken out, put back, or given a note and a collection.
"""

import datetime as dt
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

import sqlalchemy as sa
from fastapi import Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from dailypapers.digests.book import with_reasons
from dailypapers.domain.graphemes import beginning
from dailypapers.domain.link import Purpose
from dailypapers.domain.paper import Paper
from dailypapers.domain.saved import MAX_NAME, MAX_NOTE, Remark
from dailypapers.domain.text import one_line, printable, unaccented
from dailypapers.domain.vote import Vote
from dailypapers.library.past_editions import entry_of
from dailypapers.store import papers, votes
from dailypapers.store import saved as store
from dailypapers.store.database import reading, writing
from dailypapers.store.saved import SavedPaper
from dailypapers.web.http import download
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.token import claim_of, reader_of

#: So many are shown on the page; the files hold all.
MOST = 200
_LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the saved papers are looked for: those in a collection, and with these words."""

    words: str = ""
    collection: str = ""

    @property
    def query(self) -> str:
        """The same as the query of an address."""
        named = {"q": self.words, "in": self.collection}
        return urlencode({name: value for name, value in named.items() if value})


@dataclass(frozen=True, slots=True)
class Done:
    """What was just done with a paper, for the page to say."""

    removed: Paper | None = None
    described: Paper | None = None


_NOTHING = Done()


@dataclass(frozen=True, slots=True)
class _Sent:
    """The form that was sent: a paper, and what to do with it."""

    paper: Annotated[str, Form()] = ""
    again: Annotated[str, Form()] = ""
    describe: Annotated[str, Form()] = ""
    collection: Annotated[str, Form()] = ""
    note: Annotated[str, Form()] = ""


def show(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer GET: newest first; with `?q=` those with these words, with `?in=` those of a collection."""

    def show_saved(request: Request, token: str) -> HTMLResponse:
        claim = claim_of(context, Purpose.SAVED, token)
        with reading(context.engine) as tx:
            return _page(context, request, tx, token, reader_of(context, tx, claim).id)

    return show_saved


def act(context: WebContext) -> Callable[..., HTMLResponse]:
    """Answer POST: takes the paper out of the list; with `again`, back into it; with `describe`, keeps its note."""

    def act_saved(request: Request, token: str, sent: Annotated[_Sent, Depends()]) -> HTMLResponse:
        claim = context.signer.claim(Purpose.SAVED, token, now=context.clock())
        with writing(context.engine) as tx:
            reader = reader_of(context, tx, claim).id
            # PostgreSQL takes no zero bytes, not even to look for them.
            paper_id = papers.named(tx, sent.paper) if sent.paper.isprintable() else None
            done = _change(tx, reader, paper_id, sent, now=context.clock()) if paper_id else _NOTHING
            return _page(context, request, tx, token, reader, done=done)

    return act_saved


def _change(tx: sa.Connection, reader: int, paper_id: int, sent: _Sent, *, now: dt.datetime) -> Done:
    paper = papers.by_id(tx, [paper_id])[paper_id]
    if sent.describe:
        is_saved = store.describe(tx, reader, paper_id, _remark(sent.collection, sent.note))
        return Done(described=paper if is_saved else None)
    if sent.again:
        votes.cast(tx, reader, paper_id, Vote.SAVE, now=now)
        return _NOTHING
    votes.withdraw(tx, reader, paper_id, Vote.SAVE)
    return Done(removed=paper)


def _remark(collection: str, note: str) -> Remark:
    """Return what was written as it can be kept; a note keeps its lines."""
    composed = unicodedata.normalize("NFC", note[: 2 * MAX_NOTE])
    lines = (printable(line).rstrip() for line in composed.splitlines())
    return Remark(
        beginning(one_line(printable(collection[: 2 * MAX_NAME], other=" ")), MAX_NAME).rstrip(),
        beginning("\n".join(lines).strip(), MAX_NOTE).rstrip(),
    )


def file(context: WebContext) -> Callable[[Request, str, str], Response]:
    """Answer GET: all saved papers as a file with their notes, or those that the same query shows."""

    def show_file(request: Request, token: str, kind: str) -> Response:
        download.require_kind(kind)
        claim = claim_of(context, Purpose.SAVED, token)
        with reading(context.engine) as tx:
            reader = reader_of(context, tx, claim).id
            saved_papers = store.of_readers(tx, [reader])
            paper_by_id = papers.by_id(tx, [one.paper_id for one in saved_papers])
            listed = _those(_wanted(request), saved_papers, paper_by_id)
            entries = with_reasons(tx, reader, [one.paper_id for one in listed])
        remarks = {paper_by_id[one.paper_id].id: one.remark for one in listed}
        return download.as_file(context.templates, entries, "saved-papers", kind, remarks)

    return show_file


def _wanted(request: Request) -> Wanted:
    words, name = (one_line(request.query_params.get(field, ""))[:_LONGEST_SEARCH] for field in ("q", "in"))
    return Wanted(words, name)


def _those(query: Wanted, saved_papers: Iterable[SavedPaper], paper_by_id: Mapping[int, Paper]) -> list[SavedPaper]:
    """Return the saved papers that are looked for, in their order: all words must occur, as parts of words too."""
    words = unaccented(query.words).split()
    in_it = [one for one in saved_papers if not query.collection or one.remark.collection == query.collection]
    return [one for one in in_it if not words or _holds(one.remark, paper_by_id[one.paper_id], words)]


def _holds(remark: Remark, paper: Paper, words: Sequence[str]) -> bool:
    texts = (paper.title, *paper.authors, paper.abstract, remark.collection, remark.note, str(paper.id))
    text = unaccented(" ".join(texts))
    return all(word in text for word in words)


def _page(
    context: WebContext, request: Request, tx: sa.Connection, token: str, reader: int, *, done: Done = _NOTHING
) -> HTMLResponse:
    saved_papers = store.of_readers(tx, [reader])
    wanted = _wanted(request)
    paper_by_id = papers.by_id(tx, [one.paper_id for one in saved_papers]) if wanted.words else {}
    matching = _those(wanted, saved_papers, paper_by_id)
    listed = papers.of_delivery(tx, [one.paper_id for one in matching[:MOST]])
    entries = [entry_of(item) for item in listed.values()]
    return context.page(
        request,
        "saved",
        entries=entries,
        remarks={one.paper_id: one.remark for one in matching[:MOST]},
        collections=sorted(Counter(one.remark.collection for one in saved_papers if one.remark.collection).items()),
        wanted=wanted,
        found=len(matching),
        total=len(saved_papers),
        done=done,
        bounds={"name": MAX_NAME, "note": MAX_NOTE},
        action=f"{context.root}saved/{token}",
    )
