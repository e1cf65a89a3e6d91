"""The public archive: closed editions by month, each with all its papers, and a feed of them."""

import datetime as dt
from collections.abc import Callable, Sequence
from html import escape

import sqlalchemy as sa
from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from dailypapers.domain.edition import Edition, doubts
from dailypapers.domain.i18n import NN_, LazyString, Translator
from dailypapers.domain.paper import Paper
from dailypapers.library import past_editions as archive
from dailypapers.rendering.atom import FeedEntry, atom_feed
from dailypapers.rendering.text import one_line, safe_url
from dailypapers.store import editions
from dailypapers.store.database import reading
from dailypapers.web.http import download
from dailypapers.web.http.conditional import conditional
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.paging import bounded, page_number

#: Editions on a page of the archive, papers on a page of an edition.
DAYS, PAPERS = 60, 50
#: Editions in the feed, and papers in each of its entries.
FED, TOP = 20, 10
#: An edition comes once a day; feed readers ask every few minutes.
_CACHE_CONTROL = "public, max-age=900"


def show(context: WebContext) -> Callable[[Request], HTMLResponse]:
    """Answer GET /archive: the editions, newest first."""

    def show_archive(request: Request) -> HTMLResponse:
        with reading(context.engine) as tx:
            every = editions.every(tx)[::-1]
            page, last = bounded(page_number(request), len(every), DAYS)
            days = archive.days(tx, every[(page - 1) * DAYS : page * DAYS], many=TOP)
        return context.page(request, "archive", days=days, page=page, last=last)

    return show_archive


def show_edition(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer GET /archive/2026-04-20: one edition's papers, a page of them."""

    def show_day(request: Request, day: str) -> HTMLResponse:
        with reading(context.engine) as tx:
            edition = _edition(tx, day)
            before, after = editions.neighbours(tx, edition.day)
            listed = archive.ordered(tx, edition)
            page, last = bounded(page_number(request), len(listed), PAPERS)
            entries = archive.entries(tx, listed[(page - 1) * PAPERS : page * PAPERS])
        return context.page(
            request,
            "edition",
            edition=edition,
            entries=entries,
            total=len(listed),
            page=page,
            last=last,
            before=before,
            after=after,
            doubts=doubts(edition.sources, context.translate, is_past=True),
        )

    return show_day


def file(context: WebContext) -> Callable[[str, str], Response]:
    """Answer GET /archive/2026-04-20/papers.bib: an edition's papers as BibTeX or RIS."""

    def show_file(day: str, kind: str) -> Response:
        download.require_kind(kind)
        with reading(context.engine) as tx:
            edition = _edition(tx, day)
            entries = [archive.entry_of(item) for item in archive.ordered(tx, edition)]
        return download.as_file(context.templates, entries, f"papers-{edition.day}", kind)

    return show_file


def feed(context: WebContext) -> Callable[[Request], Response]:
    """Answer GET /archive/feed.atom: the newest editions; 304 where they are known already."""

    def show_feed(request: Request) -> Response:
        with reading(context.engine) as tx:
            days = archive.days(tx, editions.every(tx)[::-1][:FED], many=TOP)
        content = _feed(context, days).encode("utf-8", "replace")
        modified = days[0].edition.closed_at if days else None
        return conditional(
            request, content, "application/atom+xml; charset=utf-8", cache_control=_CACHE_CONTROL, modified=modified
        )

    return show_feed


def _feed(context: WebContext, days: Sequence[archive.Day]) -> str:
    address = f"{context.home}archive"
    # A feed needs a moment even before there is anything in it (RFC 4287, 4.1.1).
    updated = days[0].edition.closed_at if days else dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return atom_feed(
        id=address,
        title=context.renderer.sender.name,
        url=address,
        self_url=f"{address}/feed.atom",
        updated=updated,
        entries=[_entry(address, day, context.translate) for day in days],
    )


def _entry(address: str, day: archive.Day, translate: Translator) -> FeedEntry:
    edition = day.edition
    url, many = f"{address}/{edition.day.isoformat()}", LazyString(_MANY, count=edition.papers).sentence(translate)
    title = f"{edition.day.isoformat()}: {day.top or many}"
    papers = "".join(f"<li>{_linked(item.paper)}</li>" for item in day.first)
    summary = f"<p>{escape(LazyString(_ALL, count=edition.papers).sentence(translate))}</p>" + (
        f"<ol>{papers}</ol>" if papers else ""
    )
    return FeedEntry(url, title, url, edition.closed_at, edition.closed_at, (), summary)


_MANY = NN_("{count} new paper", "{count} new papers")
_ALL = NN_("{count} new paper.", "{count} new papers.")


def _linked(paper: Paper) -> str:
    title, url = escape(one_line(paper.title)), safe_url(paper.url)
    return f'<a href="{escape(url)}">{title}</a>' if url else title


def _edition(tx: sa.Connection, day: str) -> Edition:
    """Return the edition of a day. Raises 404 where there is none."""
    try:
        date = dt.date.fromisoformat(day)
    except ValueError:
        raise HTTPException(404) from None
    edition = editions.of_day(tx, date)
    # Every day has one address, though it can be written in several ways.
    if edition is None or date.isoformat() != day:
        raise HTTPException(404)
    return edition
