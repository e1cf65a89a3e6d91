"""The front page: what this is, what one would get, and what is trending today; and whether we are well."""

from collections.abc import Callable
from functools import lru_cache

from fastapi import Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from dailypapers.digests.preview import Snapshot
from dailypapers.intake.status import sentence, standings
from dailypapers.store import editions
from dailypapers.store.database import reading
from dailypapers.web.http.page import WebContext
from dailypapers.web.public.subscribe import blank
from dailypapers.web.readers import preview


def show(context: WebContext) -> Callable[[Request], HTMLResponse]:
    """Answer GET /: with `?topic=`, the digest one would get in place of what is trending."""

    @lru_cache(maxsize=1)
    def trending(snapshot: Snapshot) -> str:
        """Render what is the same for everybody, once for an edition."""
        return preview.fragment(context, preview.trending(snapshot))

    def show_home(request: Request) -> HTMLResponse:
        written = request.query_params.getlist("topic")
        topics = preview.topics(written)
        snapshot = context.previews.snapshot(now=context.clock())
        if snapshot and not topics:
            shown, status = trending(snapshot), 200
        else:
            answer = preview.for_topics(context, topics)
            shown, status = preview.fragment(context, answer), answer.status
        return context.page(
            request,
            "home",
            status=status,
            subscribe=blank(context, topics=topics),
            papers=shown,
            topics=topics,
            written=", ".join(topics),
            edition=_newest(context, snapshot),
        )

    return show_home


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
