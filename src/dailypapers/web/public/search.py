"""Search over all papers: a field, and what it finds, most relevant first."""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import HTMLResponse

from dailypapers.library.search import Finder
from dailypapers.rendering.text import one_line
from dailypapers.web.http.page import Site
from dailypapers.web.http.paging import page_number


def show(site: Site) -> Callable[[Request], HTMLResponse]:
    """GET /search?q=…&page=…: changes nothing."""
    finder = site.finder or Finder(site.engine)

    def show_search(request: Request) -> HTMLResponse:
        text = one_line(request.query_params.get("q", ""))
        answer = finder.answer(text, page=page_number(request), now=site.clock())
        return site.page(request, "search", text=text, answer=answer)

    return show_search
