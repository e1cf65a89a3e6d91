"""The front page: what this is and what is trending today; and whether we are well."""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from dailypapers.store import editions
from dailypapers.store.database import reading
from dailypapers.web.page import Site


def show(site: Site) -> Callable[[Request], HTMLResponse]:
    """GET /: shows the newest edition."""

    def show_home(request: Request) -> HTMLResponse:
        with reading(site.engine) as tx:
            edition = editions.newest(tx)
        return site.page(request, "home", edition=edition)

    return show_home


def health(site: Site) -> Callable[[], Response]:
    """GET /healthz: 200 where the database answers."""

    def show_health() -> Response:
        with reading(site.engine) as tx:
            editions.last_fetch(tx)
        return PlainTextResponse("ok\n")

    return show_health
