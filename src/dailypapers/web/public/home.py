"""The front page: what this is, what one would get, and what is trending today; and whether we are well."""

from collections.abc import Callable
from functools import lru_cache

from fastapi import Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from dailypapers.digests.preview import Stock
from dailypapers.store import editions
from dailypapers.store.database import reading
from dailypapers.web.http.page import Site
from dailypapers.web.public.subscribe import blank
from dailypapers.web.readers import preview


def show(site: Site) -> Callable[[Request], HTMLResponse]:
    """GET /: with `?topic=`, the digest one would get in place of what is trending."""

    @lru_cache(maxsize=1)
    def trending(stock: Stock) -> str:
        """Render what is the same for everybody, once for an edition."""
        return preview.fragment(site, preview.trending(stock))

    def show_home(request: Request) -> HTMLResponse:
        written = request.query_params.getlist("topic")
        topics = preview.topics(written)
        stock = site.previews.stock(now=site.clock())
        if stock and not topics:
            shown, status = trending(stock), 200
        else:
            found = preview.for_topics(site, topics)
            shown, status = preview.fragment(site, found), found.status
        return site.page(
            request,
            "home",
            status=status,
            subscribe=blank(site, topics=topics),
            papers=shown,
            topics=topics,
            written=", ".join(topics),
            edition=_newest(site, stock),
        )

    return show_home


def _newest(site: Site, stock: Stock | None) -> object:
    if stock:
        return stock.edition
    with reading(site.engine) as tx:
        return editions.newest(tx)


def health(site: Site) -> Callable[[], Response]:
    """GET /healthz: 200 where the database answers."""

    def show_health() -> Response:
        with reading(site.engine) as tx:
            editions.last_fetch(tx)
        return PlainTextResponse("ok\n")

    return show_health
