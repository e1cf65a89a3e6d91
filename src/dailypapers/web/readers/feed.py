"""A reader's picks as a private feed, Atom or JSON: its address is a secret of theirs, and opens nothing else."""

import datetime as dt
import hashlib
import hmac
from collections.abc import Callable, Sequence
from html import escape
from urllib.parse import quote

import sqlalchemy as sa
from fastapi import Request
from fastapi.responses import Response

from dailypapers.domain.link import Purpose
from dailypapers.domain.subscriber import Subscriber
from dailypapers.rendering.atom import FeedEntry, atom_feed
from dailypapers.rendering.json_feed import json_feed
from dailypapers.rendering.text import one_line
from dailypapers.store import papers
from dailypapers.store.database import reading
from dailypapers.store.picks import StoredPick, newest_of
from dailypapers.web.http.conditional import conditional
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.token import claim_of, reader_of

MOST = 50
ATOM, JSON = ".atom", ".json"
_TYPES = {ATOM: "application/atom+xml; charset=utf-8", JSON: "application/feed+json"}
#: A digest comes once a day; feed readers ask every few minutes.
_CACHE_CONTROL = "private, max-age=900"


def show(context: WebContext) -> Callable[[Request, str], Response]:
    """Answer GET: the newest picks; 304 where the reader's program has them already (RFC 9110, 13.1.2)."""

    def show_feed(request: Request, token: str) -> Response:
        form = JSON if token.endswith(JSON) else ATOM
        token = token.removesuffix(form)
        claim = claim_of(context, Purpose.FEED, token)
        with reading(context.engine) as tx:
            content = _feed(context, tx, reader_of(context, tx, claim), token, form).encode("utf-8", "replace")
        return conditional(request, content, _TYPES[form], cache_control=_CACHE_CONTROL)

    return show_feed


def _feed(context: WebContext, tx: sa.Connection, reader: Subscriber, token: str, form: str) -> str:
    chosen = newest_of(tx, reader.id, limit=MOST)
    title = context.templates.get_template("web/feed_title.txt").render(list_name=context.renderer.sender.name)
    entries, self_url = _entries(context, tx, chosen), f"{context.home}feed/{token}{form}"
    if form == JSON:
        return json_feed(title=title, url=context.home, self_url=self_url, entries=entries)
    # The feed's name outlives its address, and tells nobody how many readers there are.
    name = hmac.new(context.renderer.secret, f"feed {reader.id}{reader.link_key}".encode(), hashlib.sha256).hexdigest()[
        :16
    ]
    return atom_feed(
        id=f"{context.home}feed/{name}",
        title=title,
        url=context.home,
        self_url=self_url,
        updated=chosen[0][1] if chosen else reader.created_at,
        entries=entries,
    )


def _entries(
    context: WebContext, tx: sa.Connection, chosen: Sequence[tuple[StoredPick, dt.datetime]]
) -> list[FeedEntry]:
    paper_by_id = papers.by_id(tx, [pick.paper_id for pick, _ in chosen])
    entries = []
    for pick, at in chosen:
        paper = paper_by_id[pick.paper_id]
        paragraphs = (pick.reason.sentence(context.translate), paper.abstract)
        summary = "".join(f"<p>{escape(one_line(text))}</p>" for text in paragraphs if text)
        name = f"{context.home}paper/{quote(str(paper.id), safe=':/')}"
        entries.append(FeedEntry(name, paper.title, paper.url, at, at, paper.authors, summary))
    return entries
