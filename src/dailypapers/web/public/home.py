"""The front page: what this is, what one would get, and what is trending today; and whether we are well.

Without scripts “Preview” posts the form, so that the address in it gets into no log; nothing is changed.
"""

from collections.abc import Awaitable, Callable
from functools import lru_cache

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from dailypapers.digests.preview import Snapshot
from dailypapers.intake.status import sentence, standings
from dailypapers.store import editions
from dailypapers.store.database import reading
from dailypapers.web.http.page import WebContext
from dailypapers.web.public import subscribe
from dailypapers.web.readers import preview


def show(context: WebContext) -> Callable[[Request], HTMLResponse]:
    """Answer GET /: with `?topic=`, the digest one would get in place of what is trending."""

    @lru_cache(maxsize=1)
    def trending(snapshot: Snapshot) -> str:
        """Render what is the same for everybody, once for an edition."""
        return preview.fragment(context, preview.trending(snapshot))

    def show_home(request: Request) -> HTMLResponse:
        form = subscribe.blank(context, topics=preview.topics(request.query_params.getlist("topic")))
        snapshot = context.previews.snapshot(now=context.clock())
        if snapshot and not form.form.topics:
            return _page(context, request, form, trending(snapshot))
        return _with_digest(context, request, form)

    return show_home


def act(context: WebContext) -> Callable[[Request], Awaitable[HTMLResponse]]:
    """Answer POST /: the digest for the topics of the form, which comes back as it was filled in; changes nothing."""

    async def show_filled_in(request: Request) -> HTMLResponse:
        form = subscribe.filled_in(context, await subscribe.sent(request))
        return await run_in_threadpool(_with_digest, context, request, form)

    return show_filled_in


def _with_digest(context: WebContext, request: Request, form: subscribe.Shown) -> HTMLResponse:
    answer = preview.for_topics(context, form.form.topics)
    return _page(context, request, form, preview.fragment(context, answer), answer.status)


def _page(context: WebContext, request: Request, form: subscribe.Shown, papers: str, status: int = 200) -> HTMLResponse:
    edition = _newest(context, context.previews.snapshot(now=context.clock()))
    topics = form.form.topics
    return context.page(request, "home", status=status, subscribe=form, papers=papers, topics=topics, edition=edition)


def _newest(context: WebContext, snapshot: Snapshot | None) -> object:
    if snapshot:
        return snapshot.edition
    with reading(context.engine) as tx:
        return editions.newest(tx)


def health(context: WebContext) -> Callable[[], Response]:
    """Answer GET /healthz: 200 where the database answers, with a line for each source that needs a look.

    A source that is out is no reason to restart this process, or to send visitors elsewhere: hence 200.
    """

    def show_health() -> Response:
        with reading(context.engine) as tx:
            sentences = [said for each in standings(tx, now=context.clock()) if (said := sentence(each))]
        return PlainTextResponse("\n".join(["degraded" if sentences else "ok", *sentences, ""]))

    return show_health
